package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;

/**
 * {@code (x - mean) / std} for each channel, with a mean and a standard deviation that were found
 * before: the tensors {@code mean} and {@code std}. What a pipeline calls its scaler, inside the
 * model, so that the two can't part.
 */
public record Standardise() implements Layer {
  @Override
  public String kind() {
    return "standardise";
  }

  @Override
  public Shape output(Shape input) {
    return input;
  }

  @Override
  public List<TensorSpec> tensors(Shape input) {
    return List.of(TensorSpec.of("mean", input.channels()), TensorSpec.of("std", input.channels()));
  }

  @Override
  public double multiplyAdds(Shape input) {
    return input.size();
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    int channels = input.channels();
    float[] scale = new float[channels];
    for (int channel = 0; channel < channels; channel++) {
      float std = weights.tensor("std")[channel];
      if (!(std > 0f)) {
        throw new IllegalArgumentException(
            "std must be positive, channel " + channel + " has " + std);
      }
      scale[channel] = (float) (1.0 / std);
    }
    return new ChannelScale(input, weights.tensor("mean").clone(), scale, new float[channels]);
  }
}
