package dev.eddy.layer;

import java.util.List;

/**
 * Keeps a mean and a variance for each value (West 1979; Welford's recursion with a weight that
 * stops falling at {@code 1 / window}): with {@code d = x - mean}, {@code mean += a d} and {@code
 * variance = (1 - a) (variance + a d^2)}, which equals the weighted mean square around the new mean
 * and never gets negative.
 *
 * <p>Both are doubles, since the update of a mean by {@code d / window} falls below half an ulp of
 * a float long before a window is full; each is kept as two floats, see {@link SplitDouble}.
 */
final class RunningStandardiseStep implements Step {
  private static final int COUNT = 0;
  private static final int VALUES = 1; // [size] of mean and variance, two floats each

  private final int size;
  private final int window;
  private final float epsilon;
  private final List<StatePart> parts;

  RunningStandardiseStep(RunningStandardise layer, int size) {
    this.size = size;
    this.window = layer.window();
    this.epsilon = layer.epsilon();
    this.parts =
        List.of(
            new StatePart("count.w" + window, 1),
            new StatePart("mean-and-variance", 2 * SplitDouble.FLOATS * size));
  }

  @Override
  public List<StatePart> stateParts() {
    return parts;
  }

  @Override
  public int step(
      float[] in,
      int inOffset,
      float[] state,
      int stateOffset,
      float[] out,
      int outOffset,
      float[] scratch) {
    float count = Math.min(state[stateOffset + COUNT] + 1f, window);
    state[stateOffset + COUNT] = count;
    double share = 1.0 / count;
    for (int i = 0; i < size; i++) {
      int at = stateOffset + VALUES + 2 * SplitDouble.FLOATS * i;
      double mean = SplitDouble.get(state, at);
      double variance = SplitDouble.get(state, at + SplitDouble.FLOATS);
      double distance = in[inOffset + i] - mean;
      mean += share * distance;
      variance = (1 - share) * (variance + share * distance * distance);
      SplitDouble.set(state, at, mean);
      SplitDouble.set(state, at + SplitDouble.FLOATS, variance);
      out[outOffset + i] = (float) ((in[inOffset + i] - mean) / Math.sqrt(variance + epsilon));
    }
    return 1;
  }
}
