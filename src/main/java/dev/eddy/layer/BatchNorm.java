package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * Batch normalisation with the statistics of the training: {@code (x - running_mean) /
 * sqrt(running_var + epsilon) weight + bias} for each channel; PyTorch's BatchNorm1d and 2d in
 * evaluation, ONNX BatchNormalization.
 *
 * @param epsilon keeps a variance of 0 from a division by 0, positive
 * @param affine whether there are a weight and a bias
 */
public record BatchNorm(float epsilon, boolean affine) implements Layer {
  public BatchNorm {
    Checks.positive("eps", epsilon);
  }

  @Override
  public String kind() {
    return "batch-norm";
  }

  @Override
  public Shape output(Shape input) {
    return input;
  }

  @Override
  public List<TensorSpec> tensors(Shape input) {
    int channels = input.channels();
    List<TensorSpec> specs = new ArrayList<>();
    if (affine) {
      specs.add(TensorSpec.of("weight", channels));
      specs.add(TensorSpec.of("bias", channels));
    }
    specs.add(TensorSpec.of("running_mean", channels));
    specs.add(TensorSpec.of("running_var", channels));
    return specs;
  }

  @Override
  public double multiplyAdds(Shape input) {
    return input.size();
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    int channels = input.channels();
    double[] exact = scale(channels, weights);
    float[] scale = new float[channels];
    for (int channel = 0; channel < channels; channel++) {
      scale[channel] = (float) exact[channel];
    }
    float[] shift = affine ? weights.tensor("bias").clone() : new float[channels];
    return new ChannelScale(input, weights.tensor("running_mean").clone(), scale, shift);
  }

  /** What each channel is multiplied with. */
  double[] scale(int channels, Weights weights) {
    float[] variance = weights.tensor("running_var");
    double[] scale = new double[channels];
    for (int channel = 0; channel < channels; channel++) {
      if (!(variance[channel] >= 0f)) {
        throw new IllegalArgumentException(
            "running_var must not be negative, channel " + channel + " has " + variance[channel]);
      }
      double weight = affine ? weights.tensor("weight")[channel] : 1;
      scale[channel] = weight / Math.sqrt((double) variance[channel] + epsilon);
    }
    return scale;
  }
}
