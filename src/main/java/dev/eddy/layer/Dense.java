package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.Matrix;
import java.util.List;

/**
 * {@code y = W x + b} on every frame, along its last axis: {@code [channels]} becomes {@code
 * [units]}, {@code [channels, height, width]} becomes {@code [channels, height, units]}; PyTorch's
 * Linear, for frames of channels only ONNX Gemm with {@code transB = 1}.
 *
 * @param units the last axis of the output, 1..65536
 * @param bias whether there is a {@code b}
 */
public record Dense(int units, boolean bias) implements Layer {
  public Dense {
    Checks.inRange("units", units, 1, Checks.MAX_UNITS);
  }

  @Override
  public String kind() {
    return "dense";
  }

  @Override
  public Shape output(Shape input) {
    return input.withDimension(input.rank() - 1, units);
  }

  @Override
  public List<TensorSpec> tensors(Shape input) {
    TensorSpec weight = TensorSpec.of("weight", units, inputs(input));
    return bias ? List.of(weight, TensorSpec.of("bias", units)) : List.of(weight);
  }

  private static int inputs(Shape input) {
    return input.dimension(input.rank() - 1);
  }

  @Override
  public double multiplyAdds(Shape input) {
    return (double) units * input.size();
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    float[] offset = bias ? weights.tensor("bias") : new float[units];
    Matrix weight = weights.matrix(weights.tensor("weight"), 0, offset, inputs(input));
    int rows = input.size() / inputs(input);
    return rows > 1 ? ofRows(weight, rows, kernels) : ofOne(weight, kernels);
  }

  private static Step ofOne(Matrix weight, Kernels kernels) {
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
        kernels.affine(weight, in, inOffset, out, outOffset, Turn.isBackwards(scratch));
        return 1;
      }

      @Override
      public int batchScratchLength(int count) {
        return BatchProduct.scratchLength(count, weight);
      }

      @Override
      public void stepBatch(
          int count,
          float[][] in,
          int[] inOffsets,
          float[][] states,
          int stateOffset,
          float[][] out,
          int[] written,
          float[] scratch) {
        int units = weight.rows();
        BatchProduct.affine(kernels, weight, count, in, inOffsets, scratch);
        for (int k = 0; k < count; k++) {
          System.arraycopy(scratch, k * units, out[k], 0, units);
          written[k] = 1;
        }
      }
    };
  }

  /** A weight is read once for several rows; each has the bytes that it has alone. */
  private static Step ofRows(Matrix weight, int rows, Kernels kernels) {
    int units = weight.rows();
    int inputs = weight.columns();
    return new Step() {
      @Override
      public List<StatePart> stateParts() {
        return List.of();
      }

      @Override
      public int scratchLength() {
        return Kernels.scratchOfAll(inputs, rows);
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
        kernels.affineAll(weight, in, inOffset, inputs, out, outOffset, units, rows, scratch, 0);
        return 1;
      }
    };
  }
}
