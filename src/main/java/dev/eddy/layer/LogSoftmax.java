package dev.eddy.layer;

import dev.eddy.kernel.Kernels;

/** The logarithm of the {@link Softmax} over the channels of each frame, at every position. */
public record LogSoftmax() implements Layer {
  @Override
  public String kind() {
    return "log-softmax";
  }

  @Override
  public Shape output(Shape input) {
    return input;
  }

  /**
   * {@code x - max - ln sum e^(x - max)}. The softmax of the largest value is one over that sum, so
   * it gives the logarithm, and no exponential of a small value is ever taken back.
   */
  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    return new ChannelMap(input) {
      @Override
      void mapChannelsInPlace(float[] values, int offset, float[] scratch) {
        int largest = 0;
        for (int i = 1; i < channels; i++) {
          if (values[offset + i] > values[offset + largest]) {
            largest = i;
          }
        }
        float max = values[offset + largest];
        System.arraycopy(values, offset, scratch, channels, channels);
        kernels.softmaxInPlace(scratch, channels, channels);
        float log = (float) StrictMath.log(scratch[channels + largest]);
        for (int i = 0; i < channels; i++) {
          values[offset + i] = values[offset + i] - max + log;
        }
      }
    };
  }
}
