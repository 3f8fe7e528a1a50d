package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;

/**
 * Instance normalisation (Ulyanov et al. 2016) of each frame: every channel gets mean 0 and
 * variance 1 over its width and height, then its weight and bias; PyTorch's InstanceNorm1d and 2d,
 * ONNX InstanceNormalization. Within one frame: over time it can't stream.
 *
 * @param epsilon keeps a variance of 0 from a division by 0, positive
 * @param affine whether there are a weight and a bias
 */
public record InstanceNorm(float epsilon, boolean affine) implements Layer {
  public InstanceNorm {
    Checks.positive("eps", epsilon);
  }

  @Override
  public String kind() {
    return "instance-norm";
  }

  @Override
  public Shape output(Shape input) {
    if (input.rank() == 1) {
      throw new IllegalArgumentException(
          "instance-norm takes frames of shape [channels, width] or [channels, height, width], got "
              + input
              + ": one value has no variance; running-standardise looks back over time");
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
    int positions = input.positions();
    return new NormStep(
        input,
        new NormStep.Blocks(input.channels(), positions, positions, 1),
        epsilon,
        affine ? NormStep.Affine.ofChannels(weights, input) : null);
  }
}
