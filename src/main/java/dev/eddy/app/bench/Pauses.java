package dev.eddy.app.bench;

import dev.eddy.avro.Score;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.serialization.Serializer;

/**
 * How long each thread that scores gave no score between one and the next: what holds up one of
 * them is seen though the others go on. Thread-safe.
 */
final class Pauses {
  private static final long STEP_NS = TimeUnit.MICROSECONDS.toNanos(100);
  private static final int STEPS = 20_000; // 2 s; what is longer is in the last one

  private final LongSupplier clockNs;
  private final Map<Thread, Long> lastNs = new HashMap<>(); // of threads that have scored
  private final int[] counts = new int[STEPS];
  private long longestNs;
  private long scores;
  private String lastModel = "";

  Pauses() {
    this(System::nanoTime);
  }

  /**
   * @param clockNs as {@link System#nanoTime}
   */
  Pauses(LongSupplier clockNs) {
    this.clockNs = clockNs;
  }

  /** Looks at scores on their way out. */
  Serializer<Score> around(Serializer<Score> serializer) {
    return (topic, score) -> {
      byte[] bytes = serializer.serialize(topic, score);
      scored(Thread.currentThread(), score.model());
      return bytes;
    };
  }

  synchronized void scored(Thread thread, String model) {
    long nowNs = clockNs.getAsLong();
    Long beforeNs = lastNs.put(thread, nowNs);
    if (beforeNs != null) {
      count(nowNs - beforeNs);
    }
    scores++;
    lastModel = model;
  }

  private void count(long pauseNs) {
    longestNs = Math.max(longestNs, pauseNs);
    counts[(int) Math.min(pauseNs / STEP_NS, STEPS - 1)]++;
  }

  synchronized String lastModel() {
    return lastModel;
  }

  /** What came since it was asked last; the pauses that go on just now count for both. */
  synchronized ModelBench.Stretch take() {
    long nowNs = clockNs.getAsLong();
    lastNs.values().forEach(beforeNs -> count(nowNs - beforeNs));
    ModelBench.Stretch stretch =
        new ModelBench.Stretch(
            scores,
            share(0.5),
            share(0.99),
            longestNs / 1e6,
            longer(TimeUnit.MILLISECONDS.toNanos(100)));
    Arrays.fill(counts, 0);
    longestNs = 0;
    scores = 0;
    return stretch;
  }

  /** The pause, in milliseconds, that such a share of them is not longer than. */
  private double share(double share) {
    long all = 0;
    for (int count : counts) {
      all += count;
    }
    long passed = 0;
    for (int i = 0; i < STEPS && all > 0; i++) {
      passed += counts[i];
      if (passed >= share * all) {
        return Math.min((i + 1) * STEP_NS, longestNs) / 1e6;
      }
    }
    return 0;
  }

  private int longer(long limitNs) {
    int found = 0;
    for (int i = (int) (limitNs / STEP_NS); i < STEPS; i++) {
      found += counts[i];
    }
    return found;
  }
}
