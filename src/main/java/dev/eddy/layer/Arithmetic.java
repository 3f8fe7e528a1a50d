package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;
import java.util.Objects;

/**
 * What a {@link Merge} makes of two frames, made of a frame and a learnt or constant one: the
 * tensor {@code operand}.
 *
 * @param how an element-wise operation of two
 * @param operand the shape of the tensor
 * @param operandFirst whether the frame is what is subtracted, divided by, ... : {@code operand -
 *     x} in the place of {@code x - operand}
 */
public record Arithmetic(Merge.How how, Operand operand, boolean operandFirst) implements Layer {
  public Arithmetic {
    Objects.requireNonNull(how, "how");
    Objects.requireNonNull(operand, "operand");
    if (!how.elementWise()) {
      throw new IllegalArgumentException(
          "how must be an operation on two values, got " + how.word());
    }
  }

  @Override
  public String kind() {
    return "arithmetic";
  }

  @Override
  public Shape output(Shape input) {
    return input;
  }

  @Override
  public List<TensorSpec> tensors(Shape input) {
    return List.of(new TensorSpec("operand", operand.dimensions(input)));
  }

  @Override
  public double multiplyAdds(Shape input) {
    return input.size();
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    float[] other = operand.spread(weights.tensor("operand"), input);
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
        if (operandFirst) {
          ElementWise.apply(how, other, 0, in, inOffset, out, outOffset, other.length);
        } else {
          ElementWise.apply(how, in, inOffset, other, 0, out, outOffset, other.length);
        }
        return 1;
      }
    };
  }
}
