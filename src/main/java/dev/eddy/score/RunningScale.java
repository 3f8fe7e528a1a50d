package dev.eddy.score;

import static java.util.stream.Collectors.joining;

import dev.eddy.layer.StatePart;
import java.util.Arrays;
import java.util.List;

/**
 * Mean and standard deviation of each channel over the frames so far, by Welford's update in
 * double. A channel's positions count as values of their own. Where all values were equal, the
 * deviation is 1. Immutable, shared by all threads.
 *
 * <p>Welford, B. P. (1962): Note on a method for calculating corrected sums of squares and
 * products. The stored numbers have 48 bits, so the mean of values around 1e6 with a deviation of 1
 * keeps eight digits of it.
 */
public final class RunningScale {
  private static final int SEEN = 0; // frames
  private static final int FIRST = Numbers.DOUBLE;
  private static final int MEAN = 0;
  private static final int VARIANCE = Numbers.DOUBLE;
  private static final int LENGTH = 2 * Numbers.DOUBLE;
  private static final double LEAST = 1e-9; // of the mean: what rounding alone may give

  private final long freezeAfter;
  private final int[] channels; // [scaled channel] number of the channel
  private final int positions;

  /**
   * @param freezeAfter frames; 0 for never
   * @param channels numbers of those that are scaled; not copied
   * @param positions values of each channel
   */
  public RunningScale(long freezeAfter, int[] channels, int positions) {
    this.freezeAfter = freezeAfter;
    this.channels = channels;
    this.positions = positions;
  }

  /** Its values; fresh ones are all zeros. The part's name says of which channels. */
  public List<StatePart> stateParts() {
    String names = Arrays.stream(channels).mapToObj(Integer::toString).collect(joining("-"));
    return List.of(new StatePart("learnt.f" + freezeAfter + ".c" + names, stateLength()));
  }

  /** How many values they are. */
  public int stateLength() {
    return FIRST + LENGTH * channels.length;
  }

  /** Whether nothing more is learnt. */
  public boolean isFrozen(float[] state, int at) {
    return freezeAfter > 0 && Numbers.getDouble(state, at + SEEN) >= freezeAfter;
  }

  /** Takes in a frame, unless it is frozen. */
  public void learn(float[] frame, float[] state, int at) {
    if (isFrozen(state, at)) {
      return;
    }
    double seen = Numbers.getDouble(state, at + SEEN);
    for (int i = 0; i < channels.length; i++) {
      int here = at + FIRST + i * LENGTH;
      double mean = Numbers.getDouble(state, here + MEAN);
      double variance = Numbers.getDouble(state, here + VARIANCE);
      double count = seen * positions;
      for (int p = 0; p < positions; p++) {
        double distance = frame[channels[i] * positions + p] - mean;
        count++;
        mean += distance / count;
        variance += (distance * distance * (count - 1) / count - variance) / count;
      }
      Numbers.putDouble(mean, state, here + MEAN);
      Numbers.putDouble(variance, state, here + VARIANCE);
    }
    Numbers.putDouble(seen + 1, state, at + SEEN);
  }

  /**
   * Reads mean and deviation of the input values that are scaled.
   *
   * @param means receives one for each input value
   * @param deviations likewise
   */
  public void read(float[] state, int at, double[] means, double[] deviations) {
    for (int i = 0; i < channels.length; i++) {
      int here = at + FIRST + i * LENGTH;
      double mean = Numbers.getDouble(state, here + MEAN);
      double deviation = Math.sqrt(Numbers.getDouble(state, here + VARIANCE));
      for (int p = 0; p < positions; p++) {
        means[channels[i] * positions + p] = mean;
        deviations[channels[i] * positions + p] =
            deviation > LEAST * Math.abs(mean) ? deviation : 1;
      }
    }
  }
}
