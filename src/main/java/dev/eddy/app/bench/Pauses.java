package dev.eddy.app.bench;

import dev.eddy.avro.Score;
import org.apache.kafka.common.serialization.Serializer;

/** How long there was no score, at most. Thread-safe. */
final class Pauses {
  private long lastNs;
  private long longestNs;
  private long scores;
  private String lastModel = "";

  /**
   * What came since it was asked last.
   *
   * @param longestNs between two scores that followed each other
   */
  record Stretch(long scores, long longestNs) {}

  /** Looks at scores on their way out. */
  Serializer<Score> around(Serializer<Score> serializer) {
    return (topic, score) -> {
      byte[] bytes = serializer.serialize(topic, score);
      scored(score.model(), System.nanoTime());
      return bytes;
    };
  }

  private synchronized void scored(String model, long nowNs) {
    if (scores > 0) {
      longestNs = Math.max(longestNs, nowNs - lastNs);
    }
    lastNs = nowNs;
    scores++;
    lastModel = model;
  }

  synchronized String lastModel() {
    return lastModel;
  }

  /** The pause that goes on just now counts for the next stretch, too. */
  synchronized Stretch take() {
    Stretch stretch =
        new Stretch(scores, Math.max(longestNs, scores == 0 ? 0 : System.nanoTime() - lastNs));
    longestNs = 0;
    scores = Math.min(scores, 1);
    return stretch;
  }
}
