package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;

/**
 * One frame becomes several, each of {@code [values / frames]}: what {@link Stack} has put side by
 * side.
 *
 * @param frames that one becomes, 1..65536; divides its values
 */
public record Unstack(int frames) implements Layer {
  public Unstack {
    Checks.inRange("frames", frames, 1, Checks.MAX_UNITS);
  }

  @Override
  public String kind() {
    return "unstack";
  }

  @Override
  public Shape output(Shape input) {
    if (input.size() % frames != 0) {
      throw new IllegalArgumentException(
          "a frame of " + input + " can't become " + frames + " frames of equal size");
    }
    return Shape.of(input.size() / frames);
  }

  @Override
  public Rate rate(Shape input) {
    return new Rate(frames, 1);
  }

  @Override
  public Reach reach(Shape input) {
    return new Reach(1 - 1.0 / frames, 0);
  }

  @Override
  public Clock clock(Shape input) {
    return new StartedClock(frames, frames, 0);
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    int size = input.size();
    return new Step() {
      @Override
      public List<StatePart> stateParts() {
        return List.of();
      }

      @Override
      public int maxFrames() {
        return frames;
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
        System.arraycopy(in, inOffset, out, outOffset, size); // one behind the other already
        return frames;
      }
    };
  }
}
