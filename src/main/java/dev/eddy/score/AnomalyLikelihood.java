package dev.eddy.score;

import dev.eddy.layer.StatePart;
import java.util.List;
import org.apache.commons.numbers.gamma.Erfc;

/**
 * How unusual the recent errors of a forecast are, 0..1, against all errors that the same key has
 * shown.
 *
 * <p>The anomaly likelihood of Lavin and Ahmad (2015, "Evaluating real-time anomaly detection
 * algorithms: the Numenta Anomaly Benchmark") and Ahmad et al. (2017): the errors' long-term
 * distribution is taken as normal with a running mean and variance; the mean of the last few errors
 * is compared with it, and the likelihood is one minus the upper tail of the normal distribution,
 * {@code 1 - Q((short - mean) / std)}. One-sided: only larger errors than usual are unusual. The
 * long-term statistics are those of single errors, not of their short-term means, which keeps the
 * tails of real errors in the deviation; they weigh the last {@code longTerm} errors most, so that
 * a slow change of the process becomes the new usual. An error is scored before it enters the
 * statistics.
 *
 * <p>The state is a range of a key's state: the ring of recent errors and what sums up the others.
 * Arithmetic is in double, stored values are float32; a step costs {@code shortTerm} additions and
 * allocates nothing. Immutable, shared by all threads.
 */
public final class AnomalyLikelihood {
  private static final int MEAN = 0; // two values, see put
  private static final int VARIANCE = 2; // two values
  private static final int SEEN = 4; // stops at max(longTerm, warmUp), where it no longer matters
  private static final int POSITION = 5;
  private static final int RING = 6;

  /**
   * Keeps rounding from deciding where all errors are equal; in units of the standardised inputs.
   */
  private static final double MIN_STD = 1e-3;

  /** What is returned while too few errors were seen. */
  public static final double UNKNOWN = 0.5;

  private final int shortTerm;
  private final int longTerm;
  private final int warmUp;

  /**
   * @param shortTerm errors averaged into the recent one, 1..1000
   * @param longTerm errors that the long-term statistics weigh most, from {@code shortTerm} to
   *     10,000,000
   * @param warmUp errors of a key before the first likelihood other than {@link #UNKNOWN}, from
   *     {@code shortTerm} to 10,000,000
   */
  public AnomalyLikelihood(int shortTerm, int longTerm, int warmUp) {
    if (shortTerm < 1 || shortTerm > 1000) {
      throw new IllegalArgumentException("shortTerm must be 1..1000, got " + shortTerm);
    }
    if (longTerm < shortTerm || longTerm > 10_000_000) {
      throw new IllegalArgumentException(
          "longTerm must be shortTerm (" + shortTerm + ")..10000000, got " + longTerm);
    }
    if (warmUp < shortTerm || warmUp > 10_000_000) {
      throw new IllegalArgumentException(
          "warmUp must be shortTerm (" + shortTerm + ")..10000000, got " + warmUp);
    }
    this.shortTerm = shortTerm;
    this.longTerm = longTerm;
    this.warmUp = warmUp;
  }

  /** The parts of the state; a fresh state is all zeros. */
  public List<StatePart> stateParts() {
    String window = "s" + shortTerm + ".l" + longTerm + ".w" + warmUp;
    return List.of(
        new StatePart("statistics." + window, RING), new StatePart("errors." + window, shortTerm));
  }

  /** Values of state. */
  public int stateLength() {
    return RING + shortTerm;
  }

  /**
   * Scores an error and takes it in.
   *
   * @param error at least 0, in units of the standardised inputs
   * @param state the state from {@code offset}; becomes the state after this error
   * @return the likelihood that the recent errors are unusual, 0..1; {@link #UNKNOWN} during
   *     warm-up
   */
  public double score(float error, float[] state, int offset) {
    int position = (int) state[offset + POSITION];
    int seen = (int) state[offset + SEEN];
    double mean = get(state, offset + MEAN);
    double variance = get(state, offset + VARIANCE);

    state[offset + RING + position] = error;
    double likelihood = UNKNOWN;
    if (seen >= warmUp) {
      double sum = 0;
      for (int i = 0; i < shortTerm; i++) {
        sum += state[offset + RING + i];
      }
      double z = (sum / shortTerm - mean) / Math.max(Math.sqrt(variance), MIN_STD);
      likelihood = 1 - 0.5 * Erfc.value(z / Math.sqrt(2));
    }

    double weight = Math.max(1.0 / (seen + 1), 1.0 / longTerm);
    double distance = error - mean;
    put(mean + weight * distance, state, offset + MEAN);
    put((1 - weight) * (variance + weight * distance * distance), state, offset + VARIANCE);
    state[offset + SEEN] = Math.min(seen + 1, Math.max(longTerm, warmUp));
    state[offset + POSITION] = position + 1 == shortTerm ? 0 : position + 1;
    return likelihood;
  }

  private static double get(float[] state, int at) {
    return (double) state[at] + state[at + 1];
  }

  /** As a float and what it lacks: updates by a millionth must not be rounded away. */
  private static void put(double value, float[] state, int at) {
    state[at] = (float) value;
    state[at + 1] = (float) (value - state[at]);
  }
}
