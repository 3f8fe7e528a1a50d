package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The largest or the mean value of a window, channel by channel (PyTorch's MaxPool and AvgPool,
 * ONNX MaxPool and AveragePool), over time, over time and the frame's own axes, or within each
 * frame.
 *
 * @param how largest or mean
 * @param axes as {@link Conv} has them
 * @param countPadding whether a mean counts padding as zeros; otherwise it is of the values that
 *     there are
 */
public record Pool(How how, List<Axis> axes, boolean countPadding) implements Layer {

  /** What is taken of a window. */
  public enum How {
    MAX,
    AVERAGE;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Pool {
    Objects.requireNonNull(how, "how");
    axes = List.copyOf(axes);
    Checks.inRange("axes", axes.size(), 1, 3);
  }

  @Override
  public String kind() {
    return how.word() + "-pool";
  }

  Space space(Shape input) {
    return Space.of(kind(), axes, input);
  }

  @Override
  public Shape output(Shape input) {
    Space space = space(input);
    Checks.history("history", space.time().extent() - 1, input);
    return Space.shape(
        input,
        input.channels(),
        space.height().windows(Space.heightOf(input)),
        space.width().windows(Space.widthOf(input)));
  }

  @Override
  public Rate rate(Shape input) {
    return new Rate(1, space(input).time().stride());
  }

  @Override
  public int delayFrames(Shape input) {
    return space(input).time().after();
  }

  @Override
  public Reach reach(Shape input) {
    return space(input).time().reach();
  }

  @Override
  public Clock clock(Shape input) {
    return WindowClock.of(space(input).time());
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    return new PoolStep(this, input, kernels);
  }
}
