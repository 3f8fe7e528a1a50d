package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;
import java.util.OptionalInt;

/**
 * Transposed convolution over time by overlap-add (PyTorch's ConvTranspose1d, ONNX ConvTranspose,
 * without padding): an input frame adds {@code kernel} frames, starting {@code stride} frames after
 * those of the one before, so that every step finishes {@code stride} frames. The end of the
 * sequence finishes the rest.
 *
 * @param filters output channels, 1..65536
 * @param kernel taps, 1..65536
 * @param stride output frames from one input frame to the next, 1..1024
 * @param groups blocks of channels that don't see each other; divides the input channels and the
 *     filters
 * @param bias whether a bias is added
 */
public record Deconv(int filters, int kernel, int stride, int groups, boolean bias)
    implements Layer {
  public Deconv {
    Checks.inRange("filters", filters, 1, Checks.MAX_UNITS);
    Checks.inRange("kernel", kernel, 1, 65536);
    Checks.inRange("stride", stride, 1, 1024);
    Checks.inRange("groups", groups, 1, filters);
    if (filters % groups != 0) {
      throw new IllegalArgumentException(
          "groups must divide filters, got " + groups + " groups and " + filters + " filters");
    }
  }

  @Override
  public String kind() {
    return "deconv";
  }

  @Override
  public Shape output(Shape input) {
    int channels = Checks.channelsOnly(kind(), input);
    if (channels % groups != 0) {
      throw new IllegalArgumentException(
          "groups must divide the input channels, got "
              + groups
              + " groups and "
              + channels
              + " channels");
    }
    return Shape.of(filters);
  }

  @Override
  public Rate rate() {
    return new Rate(stride, 1);
  }

  @Override
  public OptionalInt receptiveField() {
    return OptionalInt.of((kernel + stride - 1) / stride);
  }

  @Override
  public List<TensorSpec> tensors(Shape input) {
    TensorSpec weight = TensorSpec.of("weight", input.channels(), filters / groups, kernel);
    return bias ? List.of(weight, TensorSpec.of("bias", filters)) : List.of(weight);
  }

  @Override
  public double multiplyAdds(Shape input) {
    return (long) input.channels() * (filters / groups) * kernel;
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    return new DeconvStep(this, input.channels(), weights, kernels);
  }
}
