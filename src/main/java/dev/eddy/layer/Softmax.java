package dev.eddy.layer;

import dev.eddy.kernel.Kernels;

/** Softmax over the channels of each frame; over time it can't stream. */
public record Softmax() implements Layer {
  @Override
  public String kind() {
    return "softmax";
  }

  @Override
  public Shape output(Shape input) {
    Checks.channelsOnly(kind(), input);
    return input;
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    return new FrameMap(input) {
      @Override
      void mapInPlace(float[] values, int offset) {
        kernels.softmaxInPlace(values, offset, size);
      }
    };
  }
}
