package dev.eddy.layer;

import java.util.List;

/**
 * Keeps the largest values or the sums of a sequence so far and gives them at its end.
 *
 * <p>Sums and the count of frames are doubles, kept as two floats each ({@link SplitDouble}): a sum
 * of floats would lose a digit with every tenfold of frames, and a count would stand still at 2^24.
 */
final class PoolTimeStep implements Step {
  private static final int COUNT = 0;
  private static final int VALUES = SplitDouble.FLOATS;

  private final GlobalPool.How how;
  private final int size;
  private final List<StatePart> parts;

  PoolTimeStep(GlobalPool.How how, int size) {
    this.how = how;
    this.size = size;
    this.parts =
        List.of(
            new StatePart("count", SplitDouble.FLOATS),
            how == GlobalPool.How.MAX
                ? new StatePart("max", size)
                : new StatePart("sum", SplitDouble.FLOATS * size));
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
    double count = SplitDouble.get(state, stateOffset + COUNT);
    SplitDouble.set(state, stateOffset + COUNT, count + 1);
    int at = stateOffset + VALUES;
    switch (how) {
      case MAX -> {
        for (int i = 0; i < size; i++) {
          float value = in[inOffset + i];
          state[at + i] = count == 0 ? value : Math.max(state[at + i], value);
        }
      }
      case AVERAGE, SUM -> {
        for (int i = 0; i < size; i++, at += SplitDouble.FLOATS) {
          SplitDouble.set(state, at, SplitDouble.get(state, at) + in[inOffset + i]);
        }
      }
    }
    return 0;
  }

  @Override
  public int flushCalls() {
    return 1;
  }

  @Override
  public int flush(
      int call, float[] state, int stateOffset, float[] out, int outOffset, float[] scratch) {
    double count = SplitDouble.get(state, stateOffset + COUNT);
    if (count == 0) {
      return 0;
    }
    int at = stateOffset + VALUES;
    for (int i = 0; i < size; i++) {
      out[outOffset + i] =
          switch (how) {
            case MAX -> state[at + i];
            case AVERAGE -> (float) (SplitDouble.get(state, at + SplitDouble.FLOATS * i) / count);
            case SUM -> (float) SplitDouble.get(state, at + SplitDouble.FLOATS * i);
          };
    }
    return 1;
  }
}
