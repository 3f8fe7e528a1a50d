package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;

/** The first frame of a sequence, emitted as soon as it comes, and nothing after it. */
public record First() implements Layer {
  @Override
  public String kind() {
    return "first";
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
    return new StartedClock(1, 0, 0);
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    int size = input.size();
    List<StatePart> parts = List.of(new StatePart("started", 1));
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
        if (state[stateOffset] != 0f) {
          return 0;
        }
        state[stateOffset] = 1f;
        System.arraycopy(in, inOffset, out, outOffset, size);
        return 1;
      }
    };
  }
}
