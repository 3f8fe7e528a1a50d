package dev.eddy.layer;

import java.util.Arrays;
import java.util.List;

/**
 * Gives blocks of a frame's values mean 0 and variance 1, then each value its weight and bias.
 *
 * <p>Mean and variance are summed in double precision, in two passes: the variance of values far
 * from zero stays right, and the order of the values costs no digits.
 */
final class NormStep extends FrameMap {
  private final Blocks blocks;
  private final float epsilon;
  private final Affine affine; // or null

  /**
   * Where the blocks lie in a frame.
   *
   * @param count blocks
   * @param apart values from the start of one to the start of the next
   * @param length values in a block
   * @param stride values from one of a block to the next
   */
  record Blocks(int count, int apart, int length, int stride) {}

  /** A weight and a bias for each value of a frame. */
  static final class Affine {
    private final float[] weight; // [size]
    private final float[] bias; // [size]

    private Affine(float[] weight, float[] bias) {
      this.weight = weight;
      this.bias = bias;
    }

    /** The tensors of {@link #ofChannels}. */
    static List<TensorSpec> tensors(Shape shape) {
      return List.of(
          TensorSpec.of("weight", shape.channels()), TensorSpec.of("bias", shape.channels()));
    }

    static Affine ofChannels(Weights weights, Shape shape) {
      return new Affine(
          spread(weights.tensor("weight"), shape), spread(weights.tensor("bias"), shape));
    }

    static Affine ofValues(Weights weights) {
      return new Affine(weights.tensor("weight").clone(), weights.tensor("bias").clone());
    }

    private static float[] spread(float[] channels, Shape shape) {
      float[] values = new float[shape.size()];
      int positions = shape.positions();
      for (int channel = 0; channel < channels.length; channel++) {
        int at = channel * positions;
        Arrays.fill(values, at, at + positions, channels[channel]);
      }
      return values;
    }
  }

  NormStep(Shape shape, Blocks blocks, float epsilon, Affine affine) {
    super(shape);
    this.blocks = blocks;
    this.epsilon = epsilon;
    this.affine = affine;
  }

  @Override
  void mapInPlace(float[] values, int offset, float[] scratch) {
    for (int block = 0; block < blocks.count; block++) {
      normaliseInPlace(values, offset + block * blocks.apart);
    }
    if (affine != null) {
      for (int i = 0; i < size; i++) {
        values[offset + i] = Math.fma(values[offset + i], affine.weight[i], affine.bias[i]);
      }
    }
  }

  private void normaliseInPlace(float[] values, int start) {
    int end = start + blocks.length * blocks.stride;
    double sum = 0;
    for (int at = start; at < end; at += blocks.stride) {
      sum += values[at];
    }
    double mean = sum / blocks.length;
    double squares = 0;
    for (int at = start; at < end; at += blocks.stride) {
      double distance = values[at] - mean;
      squares += distance * distance;
    }
    double scale = 1 / Math.sqrt(squares / blocks.length + epsilon);
    for (int at = start; at < end; at += blocks.stride) {
      values[at] = (float) ((values[at] - mean) * scale);
    }
  }
}
