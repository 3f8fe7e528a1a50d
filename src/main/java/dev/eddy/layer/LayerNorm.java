package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;
import java.util.Objects;

/**
 * Layer normalisation (Ba et al. 2016) of each frame: mean 0 and variance 1, then a learnt weight
 * and bias; PyTorch's LayerNorm, ONNX LayerNormalization.
 *
 * @param over which values share a mean and a variance
 * @param epsilon keeps a variance of 0 from a division by 0, positive
 * @param affine whether there are a weight and a bias
 */
public record LayerNorm(Over over, float epsilon, boolean affine) implements Layer {

  /** Which values share a mean and a variance. */
  public enum Over {
    /** All values of a frame: PyTorch's {@code normalized_shape} is the frame's shape. */
    FRAME,
    /** The channels of one position: {@code normalized_shape} is the number of channels. */
    CHANNELS
  }

  public LayerNorm {
    Objects.requireNonNull(over, "over");
    Checks.positive("eps", epsilon);
  }

  @Override
  public String kind() {
    return "layer-norm";
  }

  @Override
  public Shape output(Shape input) {
    return input;
  }

  @Override
  public List<TensorSpec> tensors(Shape input) {
    if (!affine) {
      return List.of();
    }
    List<Integer> dimensions = over == Over.FRAME ? input.dimensions() : List.of(input.channels());
    return List.of(new TensorSpec("weight", dimensions), new TensorSpec("bias", dimensions));
  }

  @Override
  public double multiplyAdds(Shape input) {
    return 2.0 * input.size();
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    if (over == Over.FRAME) {
      NormStep.Affine ofValues = affine ? NormStep.Affine.ofValues(weights) : null;
      return new NormStep(input, new NormStep.Blocks(1, 0, input.size(), 1), epsilon, ofValues);
    }
    int positions = input.positions();
    NormStep.Affine ofChannels = affine ? NormStep.Affine.ofChannels(weights, input) : null;
    return new NormStep(
        input, new NormStep.Blocks(positions, 1, input.channels(), positions), epsilon, ofChannels);
  }
}
