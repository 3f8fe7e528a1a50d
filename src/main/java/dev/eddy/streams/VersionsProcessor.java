package dev.eddy.streams;

import dev.eddy.avro.BadRecordException;
import dev.eddy.avro.Observation;
import dev.eddy.avro.Score;
import dev.eddy.network.StateMismatchException;
import dev.eddy.streams.time.Arrivals;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsMetrics;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task's scoring where the model changes: each record by the version whose activation covers
 * its event time, or its key's last one where that is later, so that no key ever goes back.
 *
 * <p>In the shadow it scores what the live processor scores, with states of its own, and leaves out
 * without a word what that makes dead letters of.
 */
final class VersionsProcessor<K> implements FixedKeyProcessor<K, Observation, Score> {
  private static final Logger LOG = LoggerFactory.getLogger(VersionsProcessor.class);

  private final ScoringPlan base;
  private final VersionsSource source;
  private final Serializer<K> keys;
  private final boolean shadow;
  private final long lateToleranceMs;
  private FixedKeyProcessorContext<K, Score> context;
  private KeyValueStore<K, byte[]> store;
  private VersionView<K> view;
  private VersionedScorer scorer;
  private String entity;
  private Sensor late;
  private Sensor resets;
  private Sensor lateActivations;
  private final Map<ChangeOver, Sensor> changes = new EnumMap<>(ChangeOver.class);
  private long toldVersion;

  VersionsProcessor(ScoringPlan base, VersionsSource source, Serializer<K> keys, boolean shadow) {
    this.base = base;
    this.source = source;
    this.keys = keys;
    this.shadow = shadow;
    this.lateToleranceMs = base.scoring.lateTolerance().toMillis();
  }

  @Override
  public void init(FixedKeyProcessorContext<K, Score> context) {
    this.context = context;
    this.store =
        context.getStateStore(shadow ? base.scoring.shadowStoreName() : base.scoring.storeName());
    StreamsMetrics metrics = context.metrics();
    this.entity = context.taskId() + "-" + base.scoring.name() + (shadow ? "-shadow" : "");
    this.late = sensor(metrics, "late-records");
    this.resets = sensor(metrics, "state-resets");
    this.lateActivations = sensor(metrics, "late-activations");
    for (ChangeOver change : ChangeOver.values()) {
      changes.put(change, sensor(metrics, "states-" + change.word));
    }
    ModelCatalogue catalogue = source.acquire(context.appConfigs());
    this.view = new VersionView<>(catalogue, keys, shadow);
    ModelUpdates updates = base.scoring.updates().orElseThrow();
    this.scorer =
        new VersionedScorer(
            base,
            shadow
                ? updates.onChange(StatePolicy.RESET).warmUpFrames(0).keepStatesFor(Duration.ZERO)
                : updates,
            catalogue::find);
  }

  private Sensor sensor(StreamsMetrics metrics, String name) {
    return metrics.addRateTotalSensor("eddy", entity, name, Sensor.RecordingLevel.INFO);
  }

  @Override
  public void process(FixedKeyRecord<K, Observation> record) {
    if (!shadow) {
      score(record);
      return;
    }
    try {
      score(record);
    } catch (BadRecordException e) {
      LOG.debug("left out in the shadow: {}", e.getMessage());
    }
  }

  private void score(FixedKeyRecord<K, Observation> record) {
    K key = record.key();
    Observation observation = record.value();
    Arrivals.check(key, observation, record.headers());
    if (shadow && !view.hasSome(record.timestamp())) {
      return;
    }
    begin(key);
    if (observation == null) { // however late: it is what sets right a key with a wrong time
      List<Score> scores =
          Arrivals.isRestart(record.headers()) ? List.of() : scorer.end(record.timestamp());
      store.delete(key);
      forward(record, scores);
      return;
    }
    checkNotLate(record);
    long timeMs =
        scorer.isFresh() ? record.timestamp() : Math.max(record.timestamp(), scorer.lastTimeMs());
    ScoringPlan plan = view.at(timeMs, key);
    tellLate(view.takeLate());
    if (plan == null) {
      return; // nothing in the shadow
    }
    List<Score> scores = consume(key, observation, record.timestamp(), plan);
    store.put(key, scorer.save());
    if (scorer.change() != null) {
      changes.get(scorer.change()).record();
      tell(plan);
    }
    forward(record, scores);
  }

  private void checkNotLate(FixedKeyRecord<K, Observation> record) {
    if (!scorer.isFresh() && record.timestamp() < scorer.lastTimeMs() - lateToleranceMs) {
      late.record();
      throw BadRecordException.late(
          scorer.lastTimeMs() - record.timestamp(),
          "the record is of "
              + Instant.ofEpochMilli(record.timestamp())
              + ", its key has been scored up to "
              + Instant.ofEpochMilli(scorer.lastTimeMs()));
    }
  }

  private void forward(FixedKeyRecord<K, Observation> record, List<Score> scores) {
    for (int i = 0; i < scores.size(); i++) {
      context.forward(record.withValue(scores.get(i)));
    }
  }

  /** Each task tells once of a version that it meets. */
  private void tell(ScoringPlan plan) {
    if (plan.version != toldVersion) {
      toldVersion = plan.version;
      LOG.info(
          "task {}: {} scores{}; the first key's state was {}",
          context.taskId(),
          plan.scoring.model().id(),
          shadow ? " in the shadow" : "",
          scorer.change().word);
    }
  }

  private void tellLate(int count) {
    if (count > 0) {
      lateActivations.record(count);
      LOG.warn(
          "task {}: {} activation(s) of model \"{}\" came too late for records that were scored"
              + " already; they take effect now, and a replay would give other scores for those",
          context.taskId(),
          count,
          base.scoring.model().name());
    }
  }

  private void begin(K key) {
    byte[] stored = store.get(key);
    try {
      scorer.begin(stored);
    } catch (StateMismatchException e) {
      otherLayout(key, e);
      scorer.begin(null);
    }
  }

  private List<Score> consume(K key, Observation observation, long timeMs, ScoringPlan plan) {
    try {
      return scorer.consume(observation.frame(), timeMs, plan);
    } catch (StateMismatchException e) {
      otherLayout(key, e);
      scorer.begin(null);
      return scorer.consume(observation.frame(), timeMs, plan);
    }
  }

  private void otherLayout(K key, StateMismatchException e) {
    switch (base.scoring.store().otherLayout()) {
      case FAIL ->
          throw new StateMismatchException(
              "task "
                  + context.taskId()
                  + ", store \""
                  + store.name()
                  + "\", key "
                  + ScoringProcessor.shown(key)
                  + ": "
                  + e.getMessage());
      case RESET -> resets.record();
    }
  }

  @Override
  public void close() {
    if (view != null) {
      source.release();
    }
    StreamsMetrics metrics = context.metrics();
    metrics.removeSensor(late);
    metrics.removeSensor(resets);
    metrics.removeSensor(lateActivations);
    changes.values().forEach(metrics::removeSensor);
  }
}
