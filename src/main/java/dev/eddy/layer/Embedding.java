package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;

/**
 * A learnt vector in the place of each token, a whole number from 0; PyTorch's Embedding, ONNX
 * Gather. Every channel holds a token, and their vectors stand side by side: {@code [n]} becomes
 * {@code [n * size]}. Where other channels hold numbers, slice the tokens out first.
 *
 * <p>Its step throws {@link BadFrameException} for a value that is no token.
 *
 * @param tokens how many there are, 1..2^24: as many whole numbers as a float32 tells apart
 * @param size values of a vector, 1..65536
 */
public record Embedding(int tokens, int size) implements Layer {
  public Embedding {
    Checks.inRange("tokens", tokens, 1, 1 << 24);
    Checks.inRange("size", size, 1, Checks.MAX_UNITS);
    if ((long) tokens * size > 1 << 28) {
      throw new IllegalArgumentException(
          "tokens times size must be at most " + (1 << 28) + ", got " + (long) tokens * size);
    }
  }

  @Override
  public String kind() {
    return "embedding";
  }

  @Override
  public Shape output(Shape input) {
    return Shape.of(Math.multiplyExact(Checks.channelsOnly(kind(), input), size));
  }

  @Override
  public List<TensorSpec> tensors(Shape input) {
    return List.of(TensorSpec.of("weight", tokens, size));
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    float[] vectors = weights.tensor("weight"); // [tokens][size]
    int channels = input.channels();
    return new Step() {
      @Override
      public List<StatePart> stateParts() {
        return List.of();
      }

      @Override
      public int step(
          float[] in,
          int inOffset,
          float[] state,
          int stateOffset,
          float[] out,
          int outOffset,
          float[] scratch) {
        for (int channel = 0; channel < channels; channel++) {
          float value = in[inOffset + channel];
          int token = (int) value;
          if (token != value || token < 0 || token >= tokens) {
            throw new BadFrameException(channel, value, "a token, a whole number below " + tokens);
          }
          System.arraycopy(vectors, token * size, out, outOffset + channel * size, size);
        }
        return 1;
      }
    };
  }
}
