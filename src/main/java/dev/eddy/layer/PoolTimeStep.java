package dev.eddy.layer;

import java.util.List;

/**
 * Keeps the largest values, the sums or the means and squares of a sequence so far and gives what
 * is asked of them at its end. A variance is kept as Welford has it: the mean, and the sum of the
 * squares of the distances from it, so that nothing cancels.
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
            switch (how) {
              case MAX -> new StatePart("max", size);
              case AVERAGE, SUM -> new StatePart("sum", SplitDouble.FLOATS * size);
              case VARIANCE -> new StatePart("mean-and-squares", 2 * SplitDouble.FLOATS * size);
            });
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
      case VARIANCE -> spread(in, inOffset, state, at, count + 1);
      case AVERAGE, SUM -> {
        for (int i = 0; i < size; i++, at += SplitDouble.FLOATS) {
          SplitDouble.set(state, at, SplitDouble.get(state, at) + in[inOffset + i]);
        }
      }
    }
    return 0;
  }

  private void spread(float[] in, int inOffset, float[] state, int at, double count) {
    for (int i = 0; i < size; i++) {
      int of = at + 2 * SplitDouble.FLOATS * i;
      double mean = SplitDouble.get(state, of);
      double squares = SplitDouble.get(state, of + SplitDouble.FLOATS);
      double distance = in[inOffset + i] - mean;
      mean += distance / count;
      squares += distance * (in[inOffset + i] - mean);
      SplitDouble.set(state, of, mean);
      SplitDouble.set(state, of + SplitDouble.FLOATS, squares);
    }
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
            case VARIANCE ->
                (float) (SplitDouble.get(state, at + SplitDouble.FLOATS * (2 * i + 1)) / count);
          };
    }
    return 1;
  }
}
