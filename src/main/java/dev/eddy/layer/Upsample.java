package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.Objects;

/**
 * More frames, or larger ones, out of those there are: PyTorch's Upsample, ONNX Resize with half
 * pixel coordinates.
 *
 * @param time frames out per frame in, 1..1024
 * @param height by how much the height grows, 1..1024
 * @param width by how much the width grows, 1..1024
 * @param mode what stands between
 */
public record Upsample(int time, int height, int width, Mode mode) implements Layer {

  /** What stands between two values. */
  public enum Mode {
    /** Each value again and again. */
    NEAREST,
    /**
     * A straight line from one frame to the next (PyTorch's {@code mode='linear'} with {@code
     * align_corners=False}): a value of an input frame stands in the middle of the frames it
     * becomes, and the first and last one hold up to the edges. Over time only. Looks one frame
     * ahead.
     */
    LINEAR,
    /**
     * As {@link #LINEAR}, but a value of an input frame stands at the first of the frames it
     * becomes (ONNX Resize with asymmetric coordinates), and the last one holds behind it.
     */
    LINEAR_ASYMMETRIC
  }

  public Upsample {
    Checks.inRange("time", time, 1, 1024);
    Checks.inRange("height", height, 1, 1024);
    Checks.inRange("width", width, 1, 1024);
    Objects.requireNonNull(mode, "mode");
    if (mode != Mode.NEAREST && (height > 1 || width > 1)) {
      throw new IllegalArgumentException(
          "linear is over time only, got height " + height + " and width " + width);
    }
  }

  @Override
  public String kind() {
    return "upsample";
  }

  @Override
  public Shape output(Shape input) {
    if (height > 1 && input.rank() < 3 || width > 1 && input.rank() < 2) {
      throw new IllegalArgumentException(
          "frames of " + input + " have no " + (input.rank() < 2 ? "width" : "height"));
    }
    Shape output = input;
    if (input.rank() > 1) {
      output = output.withDimension(input.rank() - 1, inner(input) * width);
    }
    if (input.rank() > 2) {
      output = output.withDimension(1, input.dimension(1) * height);
    }
    return output;
  }

  private static int inner(Shape input) {
    return input.rank() > 1 ? input.dimension(input.rank() - 1) : 1;
  }

  @Override
  public Rate rate(Shape input) {
    return new Rate(time, 1);
  }

  @Override
  public int delayFrames(Shape input) {
    return mode != Mode.NEAREST && time > 1 ? 1 : 0;
  }

  @Override
  public Reach reach(Shape input) {
    if (mode == Mode.LINEAR_ASYMMETRIC && time > 1) {
      return new Reach(1, 1 - 1.0 / time);
    }
    return mode == Mode.LINEAR && time > 1
        ? new Reach(1.5 - 1.0 / time, 0.5 + 0.5 / time) // of places that lie half a frame apart
        : new Reach(1 - 1.0 / time, 0);
  }

  @Override
  public Clock clock(Shape input) {
    if (mode == Mode.NEAREST) {
      return new StartedClock(time, time, 0);
    }
    int edge = UpsampleLinearStep.edge(time, mode);
    return new StartedClock(edge, time, time - edge);
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    if (mode != Mode.NEAREST) {
      return new UpsampleLinearStep(time, mode, input.size());
    }
    int inWidth = inner(input);
    int outWidth = inWidth * width;
    int[] from = new int[output(input).size()];
    for (int i = 0; i < from.length; i++) {
      int row = i / outWidth / height; // of all channels, one below the other
      from[i] = row * inWidth + i % outWidth / width;
    }
    return new UpsampleNearestStep(time, from);
  }
}
