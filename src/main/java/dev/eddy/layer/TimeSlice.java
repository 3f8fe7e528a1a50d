package dev.eddy.layer;

import dev.eddy.kernel.Kernels;

/**
 * A part of a sequence (ONNX Slice along time, {@code x[start : T - end : step]} of {@code T}
 * frames): the first {@code start} frames and the last {@code end} are dropped, and of what is left
 * every {@code step}-th frame is kept, the first one included. Only when {@code end} frames more
 * have come is a frame known not to be one of the last.
 *
 * @param start frames dropped at the beginning, 0..1048576
 * @param end frames dropped at the end, 0..1048576
 * @param step from one frame that is kept to the next, 1..1024
 */
public record TimeSlice(int start, int end, int step) implements Layer {
  public TimeSlice {
    Checks.inRange("start", start, 0, Checks.MAX_FRAMES);
    Checks.inRange("end", end, 0, Checks.MAX_FRAMES);
    Checks.inRange("step", step, 1, 1024);
  }

  @Override
  public String kind() {
    return "time-slice";
  }

  @Override
  public Shape output(Shape input) {
    Checks.history("delay", TimeSliceStep.capacity(this), input);
    return input;
  }

  @Override
  public Rate rate(Shape input) {
    return new Rate(1, step);
  }

  @Override
  public int delayFrames(Shape input) {
    return end;
  }

  @Override
  public Reach reach(Shape input) {
    return new Reach(-start, start);
  }

  @Override
  public Clock clock(Shape input) {
    return WindowClock.of(start + end, step, 0);
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    return start == 0 && end == 0 && step == 1
        ? new CopyStep(input)
        : new TimeSliceStep(this, input.size());
  }
}
