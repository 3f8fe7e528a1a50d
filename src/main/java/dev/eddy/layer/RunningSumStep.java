package dev.eddy.layer;

import java.util.List;

/**
 * Keeps a sum for each value: a double in two floats, see {@link SplitDouble}, since a float sum
 * stops growing where what is added falls below half of its ulp.
 */
final class RunningSumStep implements Step {
  private final boolean exclusive;
  private final int size;
  private final List<StatePart> parts;

  RunningSumStep(boolean exclusive, int size) {
    this.exclusive = exclusive;
    this.size = size;
    this.parts = List.of(new StatePart("sum", Math.multiplyExact(SplitDouble.FLOATS, size)));
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
    for (int i = 0; i < size; i++) {
      int at = stateOffset + SplitDouble.FLOATS * i;
      double before = SplitDouble.get(state, at);
      double sum = before + in[inOffset + i];
      SplitDouble.set(state, at, sum);
      out[outOffset + i] = (float) (exclusive ? before : sum);
    }
    return 1;
  }
}
