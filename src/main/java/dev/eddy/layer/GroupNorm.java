package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;

/**
 * Group normalisation (Wu and He 2018) of each frame: the channels of one group, at all positions,
 * get mean 0 and variance 1, then each channel its weight and bias; PyTorch's GroupNorm, ONNX
 * GroupNormalization.
 *
 * <p>Within one frame. PyTorch's GroupNorm over {@code [batch, channels, time]} takes its mean over
 * all of time, which can't stream; this is what it gives with time as part of the batch.
 *
 * @param groups blocks of neighbouring channels; divides the channels
 * @param epsilon keeps a variance of 0 from a division by 0, positive
 * @param affine whether there are a weight and a bias
 */
public record GroupNorm(int groups, float epsilon, boolean affine) implements Layer {
  public GroupNorm {
    Checks.inRange("groups", groups, 1, Checks.MAX_UNITS);
    Checks.positive("eps", epsilon);
  }

  @Override
  public String kind() {
    return "group-norm";
  }

  @Override
  public Shape output(Shape input) {
    if (input.channels() % groups != 0) {
      throw new IllegalArgumentException(
          "groups must divide the channels, got "
              + groups
              + " groups and "
              + input.channels()
              + " channels");
    }
    return input;
  }

  @Override
  public List<TensorSpec> tensors(Shape input) {
    return affine ? NormStep.Affine.tensors(input) : List.of();
  }

  @Override
  public double multiplyAdds(Shape input) {
    return 2.0 * input.size();
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    int length = input.size() / groups;
    return new NormStep(
        input,
        new NormStep.Blocks(groups, length, length, 1),
        epsilon,
        affine ? NormStep.Affine.ofChannels(weights, input) : null);
  }
}
