package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;

/**
 * {@code x} where it is positive, else {@code weight x} with a learnt slope; PyTorch's PReLU, ONNX
 * PRelu.
 *
 * @param perChannel a slope for each channel, else one for all
 */
public record Prelu(boolean perChannel) implements Layer {
  @Override
  public String kind() {
    return "prelu";
  }

  @Override
  public Shape output(Shape input) {
    return input;
  }

  @Override
  public List<TensorSpec> tensors(Shape input) {
    return List.of(TensorSpec.of("weight", perChannel ? input.channels() : 1));
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    float[] slopes = weights.tensor("weight").clone();
    int stretch = perChannel ? input.positions() : input.size(); // values that share a slope
    return new FrameMap(input) {
      @Override
      void mapInPlace(float[] values, int offset, float[] scratch) {
        int at = offset;
        for (float slope : slopes) {
          for (int end = at + stretch; at < end; at++) {
            values[at] = values[at] >= 0f ? values[at] : slope * values[at];
          }
        }
      }
    };
  }
}
