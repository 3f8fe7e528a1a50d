package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Gated recurrent unit (Cho et al. 2014), gates stored in the order reset, update, new; the output
 * is the hidden state. PyTorch's GRU, ONNX GRU (whose own order is update, reset, new).
 *
 * @param units hidden units, 1..65536
 * @param layers stacked layers, each reading the one below, 1..64
 * @param reset on which side of the recurrent product the reset gate acts
 * @param bias whether there are biases
 * @param initialState whether a sequence starts from a learnt state, the tensor {@code h0}, {@code
 *     [layers, units]}; else from zeros
 * @param functions in the place of sigmoid and tanh
 */
public record Gru(
    int units, int layers, Reset reset, boolean bias, boolean initialState, CellFunctions functions)
    implements Layer {

  /** Where the reset gate acts. */
  public enum Reset {
    /**
     * {@code n = tanh(W x + b_i + r (U h + b_h))}: PyTorch, ONNX {@code linear_before_reset = 1}.
     */
    AFTER,
    /**
     * {@code n = tanh(W x + b_i + U (r h) + b_h)}: the paper, ONNX {@code linear_before_reset = 0}.
     */
    BEFORE;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Gru {
    Checks.inRange("units", units, 1, Checks.MAX_UNITS);
    Checks.inRange("layers", layers, 1, 64);
    Objects.requireNonNull(reset, "reset");
    if (!functions.output().equals(CellFunctions.STANDARD.output())) {
      throw new IllegalArgumentException(
          "a gru has functions of its gates and of what comes in, and none of its output");
    }
  }

  /** Of sigmoid and tanh. */
  public Gru(int units, int layers, Reset reset, boolean bias, boolean initialState) {
    this(units, layers, reset, bias, initialState, CellFunctions.STANDARD);
  }

  /** From zeros. */
  public Gru(int units, int layers, Reset reset, boolean bias) {
    this(units, layers, reset, bias, false);
  }

  @Override
  public String kind() {
    return "gru";
  }

  @Override
  public Shape output(Shape input) {
    Checks.channelsOnly(kind(), input);
    return Shape.of(units);
  }

  @Override
  public Reach reach(Shape input) {
    return Reach.ALL;
  }

  @Override
  public List<TensorSpec> tensors(Shape input) {
    List<TensorSpec> specs =
        new ArrayList<>(RecurrentWeights.tensors(3, units, layers, bias, input.channels()));
    if (initialState) {
      specs.add(TensorSpec.of("h0", layers, units));
    }
    return specs;
  }

  @Override
  public double multiplyAdds(Shape input) {
    return RecurrentWeights.multiplyAdds(3, units, layers, input.channels());
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    Step step = new GruStep(this, input.channels(), weights, kernels);
    return initialState ? RestingStep.of(step, weights.tensor("h0")) : step;
  }
}
