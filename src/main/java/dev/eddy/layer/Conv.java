package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Convolution (cross-correlation, as PyTorch's Conv1d to Conv3d and ONNX Conv have it) over time,
 * over time and the frame's own axes, or within each frame.
 *
 * @param filters output channels, 1..65536
 * @param axes time first, then the frame's own (height, width), as many as the frame has axes;
 *     without the one of time each frame is convolved for itself
 * @param groups blocks of channels that don't see each other; divides the input channels and the
 *     filters
 * @param bias whether a bias is added
 */
public record Conv(int filters, List<Axis> axes, int groups, boolean bias) implements Layer {

  /** What stands before the first frame of a sequence. */
  public enum Padding {
    /** {@code (kernel - 1) * dilation} zeros: the first frame already gives an output. */
    CAUSAL,
    /** Nothing: the first output comes when the window is full. */
    VALID;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Conv {
    Checks.inRange("filters", filters, 1, Checks.MAX_UNITS);
    axes = List.copyOf(axes);
    Checks.inRange("axes", axes.size(), 1, 3);
    Checks.inRange("groups", groups, 1, filters);
    if (filters % groups != 0) {
      throw new IllegalArgumentException(
          "groups must divide filters, got " + groups + " groups and " + filters + " filters");
    }
  }

  /** A convolution over time. */
  public static Conv overTime(
      int filters,
      int kernel,
      int stride,
      int dilation,
      int groups,
      Padding padding,
      boolean bias) {
    Axis time =
        switch (padding) {
          case CAUSAL -> Axis.causal(kernel, stride, dilation);
          case VALID -> new Axis(kernel, stride, dilation, 0, 0);
        };
    return new Conv(filters, List.of(time), groups, bias);
  }

  @Override
  public String kind() {
    return "conv";
  }

  Space space(Shape input) {
    return Space.of(kind(), axes, input);
  }

  @Override
  public Shape output(Shape input) {
    Space space = space(input);
    Checks.divides(groups, input.channels());
    Checks.history("history", space.time().extent() - 1, input);
    return Space.shape(
        input,
        filters,
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
  public List<TensorSpec> tensors(Shape input) {
    List<Integer> dimensions = new ArrayList<>(List.of(filters, input.channels() / groups));
    axes.forEach(axis -> dimensions.add(axis.kernel()));
    TensorSpec weight = new TensorSpec("weight", dimensions);
    return bias ? List.of(weight, TensorSpec.of("bias", filters)) : List.of(weight);
  }

  @Override
  public double multiplyAdds(Shape input) {
    Space space = space(input);
    Shape output = output(input);
    return (double) output.size()
        * (input.channels() / groups)
        * space.taps()
        / space.time().stride();
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    return new ConvStep(this, input, weights, kernels);
  }
}
