package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Convolution over time (cross-correlation, as PyTorch's Conv1d and ONNX Conv have it).
 *
 * @param filters output channels, 1..65536
 * @param kernel taps, 1..65536
 * @param stride input frames from one output frame to the next, 1..1024
 * @param dilation input frames from one tap to the next, 1..65536
 * @param groups blocks of channels that don't see each other; divides the input channels and the
 *     filters
 * @param padding what stands before the first frame
 * @param bias whether a bias is added
 */
public record Conv(
    int filters, int kernel, int stride, int dilation, int groups, Padding padding, boolean bias)
    implements Layer {

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

  static final int MAX_HISTORY_FRAMES = 1 << 20;
  private static final int MAX_HISTORY = 1 << 28; // values, as many as a state may hold

  public Conv {
    Checks.inRange("filters", filters, 1, Checks.MAX_UNITS);
    Checks.inRange("kernel", kernel, 1, 65536);
    Checks.inRange("stride", stride, 1, 1024);
    Checks.inRange("dilation", dilation, 1, 65536);
    Checks.inRange("groups", groups, 1, filters);
    Objects.requireNonNull(padding, "padding");
    if (filters % groups != 0) {
      throw new IllegalArgumentException(
          "groups must divide filters, got " + groups + " groups and " + filters + " filters");
    }
    if ((kernel - 1L) * dilation > MAX_HISTORY_FRAMES) {
      throw new IllegalArgumentException(
          "(kernel - 1) * dilation must be at most "
              + MAX_HISTORY_FRAMES
              + ", got "
              + (kernel - 1L) * dilation);
    }
  }

  @Override
  public String kind() {
    return "conv";
  }

  /** Past frames that an output depends on, besides the present one. */
  int historyFrames() {
    return (kernel - 1) * dilation;
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
    if ((long) historyFrames() * channels > MAX_HISTORY) {
      throw new IllegalArgumentException(
          "a history of "
              + historyFrames()
              + " frames of "
              + channels
              + " channels holds more than "
              + MAX_HISTORY
              + " values");
    }
    return Shape.of(filters);
  }

  @Override
  public Rate rate() {
    return new Rate(1, stride);
  }

  @Override
  public OptionalInt receptiveField() {
    return OptionalInt.of(historyFrames() + 1);
  }

  @Override
  public List<TensorSpec> tensors(Shape input) {
    TensorSpec weight = TensorSpec.of("weight", filters, input.channels() / groups, kernel);
    return bias ? List.of(weight, TensorSpec.of("bias", filters)) : List.of(weight);
  }

  @Override
  public double multiplyAdds(Shape input) {
    return (double) filters * (input.channels() / groups) * kernel / stride;
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    return new ConvStep(this, input.channels(), weights, kernels);
  }
}
