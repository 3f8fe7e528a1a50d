package dev.eddy.streams;

import dev.eddy.avro.Score;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsMetrics;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores where the model changes: each record by the version whose activation covers its event
 * time, or its key's last one where that is later, so that no key ever goes back.
 */
final class VersionsScorer<K> implements TaskScorer<K> {
  private static final Logger LOG = LoggerFactory.getLogger(VersionsScorer.class);

  private final ScoringPlan base;
  private final VersionsSource source;
  private final Serializer<K> keys;
  private final boolean shadow;
  private final int frameSize;
  private final Map<ChangeOver, Sensor> changes = new EnumMap<>(ChangeOver.class);
  private VersionView<K> view;
  private SharedScale shared; // null where scaling shares nothing
  private VersionedScorer scorer;
  private StreamsMetrics metrics;
  private TaskId task;
  private Sensor lateActivations;
  private ScoringPlan told;
  private ScoringPlan plan; // of the record at hand

  VersionsScorer(ScoringPlan base, VersionsSource source, Serializer<K> keys, boolean shadow) {
    this.base = base;
    this.source = source;
    this.keys = keys;
    this.shadow = shadow;
    this.frameSize = base.network.input().size();
  }

  @Override
  public void open(ProcessingContext context, String entity) {
    this.metrics = context.metrics();
    this.task = context.taskId();
    this.lateActivations = sensor(entity, "late-activations");
    for (ChangeOver change : ChangeOver.values()) {
      changes.put(change, sensor(entity, "states-" + change.word));
    }
    ModelCatalogue catalogue = source.acquire(context.appConfigs());
    this.view = new VersionView<>(catalogue, keys, shadow);
    ModelUpdates updates = base.scoring.updates().orElseThrow();
    this.shared =
        SharedScale.of(
            base,
            context,
            shadow ? base.scoring.shadowScaleStoreName() : base.scoring.scaleStoreName());
    this.scorer =
        new VersionedScorer(
            base,
            shadow
                ? updates.onChange(StatePolicy.RESET).warmUpFrames(0).keepStatesFor(Duration.ZERO)
                : updates,
            catalogue,
            shared);
  }

  private Sensor sensor(String entity, String name) {
    return metrics.addRateTotalSensor("eddy", entity, name, Sensor.RecordingLevel.INFO);
  }

  @Override
  public boolean scoresAt(long timeMs) {
    return !shadow || view.hasSome(timeMs);
  }

  @Override
  public void begin(K key, byte[] stored) {
    scorer.begin(stored);
    SharedScale.begin(shared);
  }

  @Override
  public boolean isFresh() {
    return scorer.isFresh();
  }

  @Override
  public long lastTimeMs() {
    return scorer.lastTimeMs();
  }

  @Override
  public List<Score> consume(K key, float[] frames, int count, long timeMs) {
    long lastMs = scorer.isFresh() ? timeMs : Math.max(timeMs, scorer.lastTimeMs());
    plan = view.at(lastMs, key);
    tellLate(view.takeLate());
    if (plan == null) {
      return null; // nothing in the shadow
    }
    scorer.expect(view.versions());
    if (shadow && !scorer.isFresh() && view.hasChangedSince(scorer.lastTimeMs())) {
      scorer.missedFrames();
    }
    List<Score> scores = List.of();
    for (int i = 0; i < count; i++) {
      scores = scorer.consume(frames, i * frameSize, timeMs, plan);
    }
    return scores;
  }

  @Override
  public List<Score> end(long timeMs) {
    List<Score> scores = scorer.end(timeMs);
    SharedScale.save(shared);
    return scores;
  }

  /** Counts what became of the state too: only what is stored has become so. */
  @Override
  public byte[] save() {
    if (scorer.change() != null) {
      changes.get(scorer.change()).record();
      tell();
    }
    SharedScale.save(shared);
    return scorer.save();
  }

  /** Each task tells once of a version that it meets. */
  private void tell() {
    if (told == null || plan.version != told.version) {
      told = plan;
      LOG.info(
          "task {}: {} scores{}; the first key's state was {}",
          task,
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
          task,
          count,
          base.scoring.model().name());
    }
  }

  @Override
  public void close() {
    if (view != null) {
      view.close();
      source.release();
    }
    if (metrics != null) {
      metrics.removeSensor(lateActivations);
      changes.values().forEach(metrics::removeSensor);
    }
  }
}
