package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * Transposed convolution by overlap-add (PyTorch's ConvTranspose1d to 3d, ONNX ConvTranspose): an
 * input frame adds {@code extent} frames, starting {@code stride} frames after those of the one
 * before, so that every step finishes {@code stride} frames. The end of the sequence finishes the
 * rest.
 *
 * @param filters output channels, 1..65536
 * @param axes time first, then the frame's own, as {@link Conv} has them; {@code before} and {@code
 *     after} are what is cropped off the output
 * @param outputPadding values added behind the output along each axis, less than the stride
 * @param groups blocks of channels that don't see each other; divides the input channels and the
 *     filters
 * @param bias whether a bias is added
 */
public record Deconv(
    int filters, List<Axis> axes, List<Integer> outputPadding, int groups, boolean bias)
    implements Layer {
  public Deconv {
    Checks.inRange("filters", filters, 1, Checks.MAX_UNITS);
    axes = List.copyOf(axes);
    outputPadding = List.copyOf(outputPadding);
    Checks.inRange("axes", axes.size(), 1, 3);
    Checks.inRange("groups", groups, 1, filters);
    if (filters % groups != 0) {
      throw new IllegalArgumentException(
          "groups must divide filters, got " + groups + " groups and " + filters + " filters");
    }
    if (outputPadding.size() != axes.size()) {
      throw new IllegalArgumentException(
          "output padding is one number for each axis, got " + outputPadding);
    }
    for (int i = 0; i < axes.size(); i++) {
      int most = Math.max(axes.get(i).stride(), axes.get(i).dilation()) - 1;
      Checks.inRange("output padding", outputPadding.get(i), 0, most);
    }
  }

  /** A deconvolution over time, nothing cropped. */
  public static Deconv overTime(int filters, int kernel, int stride, int groups, boolean bias) {
    return new Deconv(
        filters, List.of(new Axis(kernel, stride, 1, 0, 0)), List.of(0), groups, bias);
  }

  @Override
  public String kind() {
    return "deconv";
  }

  Space space(Shape input) {
    return Space.of(kind(), axes, input);
  }

  int timeOutputPadding(Shape input) {
    return axes.size() == input.rank() ? outputPadding.get(0) : 0;
  }

  @Override
  public Shape output(Shape input) {
    Space space = space(input);
    Checks.divides(groups, input.channels());
    int count = axes.size();
    int padHeight = input.rank() == 3 ? outputPadding.get(count - 2) : 0;
    int padWidth = input.rank() >= 2 ? outputPadding.get(count - 1) : 0;
    Shape output =
        Space.shape(
            input,
            filters,
            length(space.height(), Space.heightOf(input), padHeight),
            length(space.width(), Space.widthOf(input), padWidth));
    Checks.history("tail", space.time().extent() - 1, output);
    return output;
  }

  private static int length(Axis axis, int values, int padding) {
    int length =
        (values - 1) * axis.stride() + axis.extent() + padding - axis.before() - axis.after();
    if (length < 1) {
      throw new IllegalArgumentException(
          "nothing is left of "
              + values
              + " values after cropping "
              + axis.before()
              + " and "
              + axis.after());
    }
    return length;
  }

  @Override
  public Rate rate(Shape input) {
    return new Rate(space(input).time().stride(), 1);
  }

  @Override
  public int delayFrames(Shape input) {
    Axis time = space(input).time();
    int lag = time.before() + DeconvClock.held(time, timeOutputPadding(input));
    return (lag + time.stride() - 1) / time.stride();
  }

  @Override
  public Reach reach(Shape input) {
    Axis time = space(input).time();
    double stride = time.stride();
    return new Reach((time.extent() - 1 - time.before()) / stride, time.before() / stride);
  }

  @Override
  public Clock clock(Shape input) {
    return new DeconvClock(space(input).time(), timeOutputPadding(input));
  }

  @Override
  public List<TensorSpec> tensors(Shape input) {
    List<Integer> dimensions = new ArrayList<>(List.of(input.channels(), filters / groups));
    axes.forEach(axis -> dimensions.add(axis.kernel()));
    TensorSpec weight = new TensorSpec("weight", dimensions);
    return bias ? List.of(weight, TensorSpec.of("bias", filters)) : List.of(weight);
  }

  @Override
  public double multiplyAdds(Shape input) {
    return (double) input.size() * (filters / groups) * space(input).taps();
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    return new DeconvStep(this, input, weights, kernels);
  }
}
