package dev.eddy.layer;

import dev.eddy.kernel.Kernels;

/**
 * Several frames side by side become one: {@code [frames * values]}, the oldest first (in ONNX a
 * Reshape of time into time and frames). What is left at the end and fills no frame is dropped.
 *
 * @param frames that become one, 1..65536
 */
public record Stack(int frames) implements Layer {
  public Stack {
    Checks.inRange("frames", frames, 1, Checks.MAX_UNITS);
  }

  @Override
  public String kind() {
    return "stack";
  }

  @Override
  public Shape output(Shape input) {
    Checks.history("stack", frames, input);
    return Shape.of(Math.multiplyExact(frames, input.size()));
  }

  @Override
  public Rate rate(Shape input) {
    return new Rate(1, frames);
  }

  @Override
  public Reach reach(Shape input) {
    return new Reach(0, frames - 1);
  }

  @Override
  public Clock clock(Shape input) {
    return WindowClock.of(frames - 1, frames, 0);
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    return frames == 1 ? new CopyStep(input) : new StackStep(frames, input.size());
  }
}
