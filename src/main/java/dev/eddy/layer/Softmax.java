package dev.eddy.layer;

import dev.eddy.kernel.Kernels;

/** Softmax over the channels of each frame, at every position; over time it can't stream. */
public record Softmax() implements Layer {
  @Override
  public String kind() {
    return "softmax";
  }

  @Override
  public Shape output(Shape input) {
    return input;
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    return new ChannelMap(input) {
      @Override
      void mapChannelsInPlace(float[] values, int offset, float[] scratch) {
        kernels.softmaxInPlace(values, offset, channels);
      }
    };
  }
}
