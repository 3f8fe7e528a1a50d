package dev.eddy.streams;

import dev.eddy.avro.Score;
import java.util.List;
import org.apache.kafka.streams.processor.api.ProcessingContext;

/** Scores with a model that stays. */
final class ModelScorer<K> implements TaskScorer<K> {
  private final ScoringPlan plan;
  private final int frameSize;
  private SharedScale shared; // null where scaling shares nothing
  private KeyScorer scorer;

  ModelScorer(ScoringPlan plan) {
    this.plan = plan;
    this.frameSize = plan.network.input().size();
  }

  @Override
  public void open(ProcessingContext context, String entity) {
    this.shared = SharedScale.of(plan, context, plan.scoring.scaleStoreName());
    this.scorer = new KeyScorer(plan, shared);
  }

  @Override
  public boolean scoresAt(long timeMs) {
    return true;
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
    List<Score> scores = List.of();
    for (int i = 0; i < count; i++) {
      scores = scorer.consume(frames, i * frameSize, timeMs);
    }
    return scores;
  }

  @Override
  public List<Score> end(long timeMs) {
    List<Score> scores = scorer.end(timeMs);
    SharedScale.save(shared);
    return scores;
  }

  @Override
  public byte[] save() {
    SharedScale.save(shared);
    return scorer.save();
  }

  @Override
  public void close() {
    // holds nothing
  }
}
