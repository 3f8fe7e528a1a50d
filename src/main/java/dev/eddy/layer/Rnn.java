package dev.eddy.layer;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Elman's recurrent layer (1990): {@code h' = f(W x + b_ih + U h + b_hh)}; the output is {@code
 * h'}. PyTorch's RNN, ONNX RNN.
 *
 * @param units hidden units, 1..65536
 * @param layers stacked layers, each reading the one below, 1..64
 * @param activation {@code f}
 * @param bias whether there are biases
 * @param initialState whether a sequence starts from a learnt state, the tensor {@code h0}, {@code
 *     [layers, units]}; else from zeros
 * @param clip bound of what goes into {@code f}; 0 for none
 */
public record Rnn(
    int units, int layers, Activation activation, boolean bias, boolean initialState, float clip)
    implements Layer {
  public Rnn {
    Checks.inRange("units", units, 1, Checks.MAX_UNITS);
    Checks.inRange("layers", layers, 1, 64);
    Objects.requireNonNull(activation, "activation");
    CellFunctions.checkClip(clip);
  }

  /** Nothing clipped. */
  public Rnn(int units, int layers, Activation activation, boolean bias, boolean initialState) {
    this(units, layers, activation, bias, initialState, 0f);
  }

  /** From zeros. */
  public Rnn(int units, int layers, Activation activation, boolean bias) {
    this(units, layers, activation, bias, false);
  }

  @Override
  public String kind() {
    return "rnn";
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
        new ArrayList<>(RecurrentWeights.tensors(1, units, layers, bias, input.channels()));
    if (initialState) {
      specs.add(TensorSpec.of("h0", layers, units));
    }
    return specs;
  }

  @Override
  public double multiplyAdds(Shape input) {
    return RecurrentWeights.multiplyAdds(1, units, layers, input.channels());
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    Matrix[] stack =
        RecurrentWeights.joined(
            new int[] {0}, units, units, layers, bias, input.channels(), weights);
    Step step = new RnnStep(this, stack, kernels);
    return initialState ? RestingStep.of(step, weights.tensor("h0")) : step;
  }
}
