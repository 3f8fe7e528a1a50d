package dev.eddy.streams;

import dev.eddy.avro.BadRecordException;
import dev.eddy.avro.Observation;
import dev.eddy.avro.Score;
import dev.eddy.network.StateMismatchException;
import dev.eddy.streams.time.Arrivals;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.streams.StreamsMetrics;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.KeyValueStore;

/** One task's scoring: state out of the store, one step, state back, scores forward. */
final class ScoringProcessor<K> implements FixedKeyProcessor<K, Observation, Score> {
  private final ScoringPlan plan;
  private final KeyScorer scorer;
  private final long lateToleranceMs;
  private FixedKeyProcessorContext<K, Score> context;
  private KeyValueStore<K, byte[]> store;
  private Sensor late;
  private Sensor resets;

  ScoringProcessor(ScoringPlan plan) {
    this.plan = plan;
    this.scorer = new KeyScorer(plan);
    this.lateToleranceMs = plan.scoring.lateTolerance().toMillis();
  }

  @Override
  public void init(FixedKeyProcessorContext<K, Score> context) {
    this.context = context;
    this.store = context.getStateStore(plan.scoring.storeName());
    StreamsMetrics metrics = context.metrics();
    String entity = context.taskId() + "-" + plan.scoring.name();
    this.late =
        metrics.addRateTotalSensor("eddy", entity, "late-records", Sensor.RecordingLevel.INFO);
    this.resets =
        metrics.addRateTotalSensor("eddy", entity, "state-resets", Sensor.RecordingLevel.INFO);
  }

  @Override
  public void process(FixedKeyRecord<K, Observation> record) {
    K key = record.key();
    Observation observation = record.value();
    Arrivals.check(key, observation, record.headers());
    begin(key);
    boolean ends =
        observation == null; // however late: it is what sets right a key with a wrong time
    if (!ends && !scorer.isFresh() && record.timestamp() < scorer.lastTimeMs() - lateToleranceMs) {
      late.record();
      throw BadRecordException.late(
          scorer.lastTimeMs() - record.timestamp(),
          "the record is of "
              + Instant.ofEpochMilli(record.timestamp())
              + ", its key has been scored up to "
              + Instant.ofEpochMilli(scorer.lastTimeMs()));
    }
    List<Score> scores;
    if (ends) {
      scores = Arrivals.isRestart(record.headers()) ? List.of() : scorer.end(record.timestamp());
      store.delete(key);
    } else {
      scores = scorer.consume(observation.frame(), record.timestamp());
      store.put(key, scorer.save());
    }
    for (int i = 0; i < scores.size(); i++) {
      context.forward(record.withValue(scores.get(i)));
    }
  }

  @Override
  public void close() {
    context.metrics().removeSensor(late);
    context.metrics().removeSensor(resets);
  }

  private void begin(K key) {
    byte[] stored = store.get(key);
    try {
      scorer.begin(stored);
    } catch (StateMismatchException e) {
      switch (plan.scoring.store().otherLayout()) {
        case FAIL ->
            throw new StateMismatchException(
                "task "
                    + context.taskId()
                    + ", store \""
                    + plan.scoring.storeName()
                    + "\", key "
                    + shown(key)
                    + ": "
                    + e.getMessage());
        case RESET -> {
          resets.record();
          scorer.begin(null);
        }
      }
    }
  }

  static String shown(Object key) {
    return key instanceof byte[] bytes ? "0x" + HexFormat.of().formatHex(bytes) : key.toString();
  }
}
