package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.Matrix;
import java.util.List;

/**
 * {@code y = W x + b} on every frame; PyTorch's Linear, ONNX Gemm with {@code transB = 1}.
 *
 * @param units output channels, 1..65536
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
    Checks.channelsOnly(kind(), input);
    return Shape.of(units);
  }

  @Override
  public List<TensorSpec> tensors(Shape input) {
    TensorSpec weight = TensorSpec.of("weight", units, input.channels());
    return bias ? List.of(weight, TensorSpec.of("bias", units)) : List.of(weight);
  }

  @Override
  public double multiplyAdds(Shape input) {
    return (long) units * input.channels();
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    Matrix weight = Matrix.ofRows(weights.tensor("weight"), units, input.channels());
    float[] offset = bias ? weights.tensor("bias").clone() : new float[units];
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
        System.arraycopy(offset, 0, out, outOffset, units);
        kernels.multiplyAdd(weight, in, inOffset, out, outOffset);
        return 1;
      }
    };
  }
}
