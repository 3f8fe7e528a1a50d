package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;

/**
 * The last frame of a sequence, emitted once, at its end: what a classifier of whole sequences
 * reads of a recurrent layer. A sequence without frames gives none.
 */
public record Last() implements Layer {
  @Override
  public String kind() {
    return "last";
  }

  @Override
  public Shape output(Shape input) {
    return input;
  }

  @Override
  public Rate rate(Shape input) {
    return Rate.END;
  }

  @Override
  public Reach reach(Shape input) {
    return Reach.ALL;
  }

  @Override
  public Clock clock(Shape input) {
    return new StartedClock(0, 0, 1);
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    int size = input.size();
    List<StatePart> parts = List.of(new StatePart("started", 1), new StatePart("last", size));
    return new Step() {
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
        state[stateOffset] = 1f;
        System.arraycopy(in, inOffset, state, stateOffset + 1, size);
        return 0;
      }

      @Override
      public int flushCalls() {
        return 1;
      }

      @Override
      public int flush(
          int call, float[] state, int stateOffset, float[] out, int outOffset, float[] scratch) {
        if (state[stateOffset] == 0f) {
          return 0;
        }
        System.arraycopy(state, stateOffset + 1, out, outOffset, size);
        return 1;
      }
    };
  }
}
