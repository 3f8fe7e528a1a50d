package dev.eddy.streams;

import dev.eddy.avro.BadRecordException;
import dev.eddy.avro.Observation;
import dev.eddy.avro.Score;
import dev.eddy.network.StateMismatchException;
import dev.eddy.streams.time.Arrivals;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.streams.StreamsMetrics;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task's scoring: state out of the store, a step for each frame, state back, scores forward;
 * and the ends of sequences.
 *
 * <p>In the shadow it scores what the live one scores, with states of its own, and leaves out
 * without a word what that makes dead letters of.
 */
final class SequenceTask<K> {
  private static final Logger LOG = LoggerFactory.getLogger(SequenceTask.class);

  /** Takes scores. */
  interface Sink<K> {
    /**
     * @param timeMs of the record that the score is written as
     */
    void forward(K key, Score score, long timeMs, Headers headers);
  }

  private final ScoringPlan plan;
  private final TaskScorer<K> scorer;
  private final SequenceAges<K> ages;
  private final boolean shadow;
  private final boolean perRecord;
  private final int frameSize;
  private final long lateToleranceMs;
  private ProcessingContext context;
  private Sink<K> sink;
  private KeyValueStore<K, byte[]> store;
  private KeyValueStore<K, byte[]> live; // in the shadow: of what scores; else null
  private Sensor late;
  private Sensor resets;

  SequenceTask(ScoringPlan plan, TaskScorer<K> scorer, SequenceAges<K> ages, boolean shadow) {
    this.plan = plan;
    this.scorer = scorer;
    this.ages = ages;
    this.shadow = shadow;
    this.perRecord = plan.scoring.sequences().perRecord();
    this.frameSize = plan.network.input().size();
    this.lateToleranceMs = plan.scoring.lateTolerance().toMillis();
  }

  void open(ProcessingContext context, Sink<K> sink) {
    this.context = context;
    this.sink = sink;
    this.store =
        context.getStateStore(shadow ? plan.scoring.shadowStoreName() : plan.scoring.storeName());
    this.live = shadow ? context.getStateStore(plan.scoring.storeName()) : null;
    StreamsMetrics metrics = context.metrics();
    String entity = context.taskId() + "-" + plan.scoring.name() + (shadow ? "-shadow" : "");
    this.late =
        metrics.addRateTotalSensor("eddy", entity, "late-records", Sensor.RecordingLevel.INFO);
    this.resets =
        metrics.addRateTotalSensor("eddy", entity, "state-resets", Sensor.RecordingLevel.INFO);
    scorer.open(context, entity);
    ages.open(context, entity, store, this::endIdle);
  }

  /**
   * Scores a record.
   *
   * @param observation null for the end of the key's sequence
   * @throws BadRecordException if it can't be used; nothing of the key has changed then, but that
   *     an idle sequence has ended, or the one that it was to end
   */
  void process(K key, Observation observation, long timeMs, Headers headers) {
    if (!shadow) {
      score(key, observation, timeMs, headers);
      return;
    }
    try {
      score(key, observation, timeMs, headers);
    } catch (BadRecordException e) {
      LOG.debug("left out in the shadow: {}", e.getMessage());
    }
  }

  private void score(K key, Observation observation, long timeMs, Headers headers) {
    Arrivals.check(key, observation, headers);
    if (Arrivals.isRestart(headers)) { // whatever is stored: nothing of it comes out
      forget(key);
      return;
    }
    ages.arrived(timeMs);
    boolean ends = observation == null || observation.ends() || perRecord;
    int count = observation == null ? 0 : observation.count();
    if (!scorer.scoresAt(timeMs)) {
      long lastMs =
          ends && count > 0 ? Math.max(lastTimeMs(live.get(key)), lastTimeMs(store.get(key))) : 0;
      if (ends && !isLate(timeMs, lastMs)) {
        forget(key);
      }
      return;
    }
    begin(key, perRecord ? null : store.get(key));
    if (ages.isActive() && !scorer.isFresh()) {
      leaveOld(key);
    }
    if (count == 0 && !ends) {
      return;
    }
    boolean isNew = scorer.isFresh();
    if (count > 0) { // an end alone counts however late: it sets right a key with a wrong time
      checkSize(observation);
      checkNotLate(key, timeMs);
      List<Score> scores = consume(key, observation, timeMs);
      if (scores == null) {
        if (ends) {
          forget(key);
        }
        return;
      }
      if (!ends) {
        store.put(key, scorer.save());
        if (isNew) {
          ages.began(key, timeMs);
        }
        forward(key, scores, timeMs, headers);
        return;
      }
    }
    List<Score> scores;
    try {
      scores = scorer.end(timeMs);
    } catch (BadRecordException e) {
      if (count == 0) { // the sequence is over, whatever becomes of what was held back
        store.delete(key);
      }
      throw e;
    }
    if (!perRecord) {
      store.delete(key);
    }
    forward(key, scores, timeMs, headers);
  }

  /** A sequence is over at a time when nothing scores; what comes later is another. */
  private void forget(K key) {
    if (!perRecord && store.get(key) != null) {
      store.delete(key);
    }
  }

  /**
   * Ends or forgets the sequence of a state in hand that is too old by stream time, as a look at
   * all keys does sooner or later: a late record finds the same, however far that has come.
   */
  private void leaveOld(K key) {
    long timeMs = ages.timeMs();
    long lastMs = scorer.lastTimeMs();
    if (ages.isIdle(lastMs, timeMs)) {
      end(key, lastMs);
      begin(key, null);
    } else if (ages.isExpired(lastMs, timeMs)) {
      ages.countExpired();
      begin(key, null);
    }
  }

  /** Ends the sequence of a key that is idle; its last event time is that of what comes out. */
  private void endIdle(K key, byte[] stored, long lastMs) {
    begin(key, stored);
    if (scorer.isFresh()) { // of another layout, and reset
      store.delete(key);
    } else {
      end(key, lastMs);
    }
  }

  private void end(K key, long lastMs) {
    List<Score> scores;
    try {
      scores = scorer.end(lastMs);
    } catch (BadRecordException e) { // of no record; what was held back is lost
      LOG.warn("task {}: key {}: at its idle end {}", context.taskId(), shown(key), e.getMessage());
      scores = List.of();
    }
    store.delete(key);
    forward(key, scores, lastMs, new RecordHeaders());
  }

  private void checkSize(Observation observation) {
    int size = observation.frame().length / observation.count();
    if (size != frameSize) {
      throw new BadRecordException(
          "the frame has " + size + " values, the model takes " + frameSize);
    }
  }

  private void checkNotLate(K key, long timeMs) {
    long lastMs = scorer.isFresh() ? Long.MIN_VALUE : scorer.lastTimeMs();
    lastMs = live == null ? lastMs : Math.max(lastMs, lastTimeMs(live.get(key)));
    if (isLate(timeMs, lastMs)) {
      late.record();
      throw BadRecordException.late(
          lastMs - timeMs,
          "the record is of "
              + Instant.ofEpochMilli(timeMs)
              + ", its key has been scored up to "
              + Instant.ofEpochMilli(lastMs));
    }
  }

  private boolean isLate(long timeMs, long lastMs) {
    return lastMs > timeMs && lastMs - timeMs > lateToleranceMs;
  }

  /**
   * Of the shadow, which may have missed some of what its key was scored up to: time of the last
   * record of a stored state, unless that is too long ago for another to find it; {@link
   * Long#MIN_VALUE} for none.
   */
  private long lastTimeMs(byte[] stored) {
    if (stored == null) {
      return Long.MIN_VALUE;
    }
    try {
      long lastMs = KeyState.lastTimeMsOf(stored);
      boolean old = ages.isIdle(lastMs, ages.timeMs()) || ages.isExpired(lastMs, ages.timeMs());
      return old ? Long.MIN_VALUE : lastMs;
    } catch (StateMismatchException e) {
      return Long.MIN_VALUE; // whoever scores says what is wrong with it
    }
  }

  private void begin(K key, byte[] stored) {
    try {
      scorer.begin(key, stored);
    } catch (StateMismatchException e) {
      otherLayout(key, e);
      scorer.begin(key, null);
    }
  }

  private List<Score> consume(K key, Observation observation, long timeMs) {
    try {
      return scorer.consume(key, observation.frame(), observation.count(), timeMs);
    } catch (StateMismatchException e) {
      otherLayout(key, e);
      scorer.begin(key, null);
      return scorer.consume(key, observation.frame(), observation.count(), timeMs);
    }
  }

  private void otherLayout(K key, StateMismatchException e) {
    switch (plan.scoring.store().otherLayout()) {
      case FAIL ->
          throw new StateMismatchException(
              "task "
                  + context.taskId()
                  + ", store \""
                  + store.name()
                  + "\", key "
                  + shown(key)
                  + ": "
                  + e.getMessage());
      case RESET -> resets.record();
    }
  }

  private static String shown(Object key) {
    return key instanceof byte[] bytes ? "0x" + HexFormat.of().formatHex(bytes) : key.toString();
  }

  /**
   * Hands scores on. Their records are of the time that they speak of, but none later than the
   * record that made them: a broker refuses what is far ahead of its clock.
   */
  private void forward(K key, List<Score> scores, long timeMs, Headers headers) {
    for (int i = 0; i < scores.size(); i++) {
      Score score = scores.get(i);
      sink.forward(key, score, Math.min(timeMs, score.timeMs()), headers);
    }
  }

  void close() {
    scorer.close();
    ages.close();
    context.metrics().removeSensor(late);
    context.metrics().removeSensor(resets);
  }
}
