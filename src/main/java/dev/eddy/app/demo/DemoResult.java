package dev.eddy.app.demo;

import java.time.Duration;

/**
 * What came of a run.
 *
 * @param readings that the broker had
 * @param scores that were committed
 * @param outOfSequence scores that were not the next of their pump
 * @param deadLetters readings that could not be used
 * @param scoring from the first score that was read to the last
 * @param findings the scores against the injected faults
 */
public record DemoResult(
    long readings,
    long scores,
    long outOfSequence,
    long deadLetters,
    Duration scoring,
    Findings findings) {

  /** Whether each reading has its one score. */
  public boolean isExact() {
    return scores == readings && outOfSequence == 0 && deadLetters == 0;
  }

  /** Scores a second, while they came. */
  public double scoresPerSecond() {
    return scores / Math.max(scoring.toNanos() / 1e9, 1e-3);
  }
}
