package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Long short-term memory with forget gate (Gers et al. 2000), gates stored in the order input,
 * forget, cell, output; the output is the hidden state. PyTorch's LSTM, ONNX LSTM (whose own order
 * is input, output, forget, cell).
 *
 * @param units cells, 1..65536
 * @param layers stacked layers, each reading the one below, 1..64
 * @param bias whether there are biases
 * @param peepholes whether the gates see the cells (Gers and Schmidhuber 2000): tensors {@code
 *     weight_peephole_l0} and so on, {@code [3 * units]} in the order input, forget, output (ONNX's
 *     {@code P} has input, output, forget; PyTorch has none)
 * @param projection values of the hidden state, projected from the units (Sak et al. 2014,
 *     PyTorch's {@code proj_size}), below the units: tensors {@code weight_hr_l0} and so on; 0 for
 *     none
 * @param initialState whether a sequence starts from a learnt state, the tensors {@code h0}, {@code
 *     [layers, hidden values]}, and {@code c0}, {@code [layers, units]}; else from zeros
 * @param functions in the place of sigmoid and tanh
 * @param coupled whether the forget gate is 1 less the input gate (ONNX's {@code input_forget}):
 *     the rows of weights of its own, and its peephole, are there and not used
 * @param cellOut whether the cell state goes out, too: a frame is the hidden state and behind it
 *     the cell state, of the last layer of the stack
 */
public record Lstm(
    int units,
    int layers,
    boolean bias,
    boolean peepholes,
    int projection,
    boolean initialState,
    CellFunctions functions,
    boolean coupled,
    boolean cellOut)
    implements Layer {
  /** Input, forget, output, cell of PyTorch's rows: input, forget, cell, output. */
  private static final int[] GATES = {0, 1, 3, 2};

  public Lstm {
    Objects.requireNonNull(functions, "functions");
    Checks.inRange("units", units, 1, Checks.MAX_UNITS);
    Checks.inRange("layers", layers, 1, 64);
    Checks.inRange("projection", projection, 0, units - 1);
  }

  /** Of sigmoid and tanh, with a forget gate of its own; the hidden state goes out. */
  public Lstm(
      int units,
      int layers,
      boolean bias,
      boolean peepholes,
      int projection,
      boolean initialState) {
    this(
        units,
        layers,
        bias,
        peepholes,
        projection,
        initialState,
        CellFunctions.STANDARD,
        false,
        false);
  }

  /** Without peepholes and projection, from zeros. */
  public Lstm(int units, int layers, boolean bias) {
    this(units, layers, bias, false, 0, false);
  }

  @Override
  public String kind() {
    return "lstm";
  }

  /** Values of a hidden state. */
  int hidden() {
    return projection > 0 ? projection : units;
  }

  /** Values of an output frame. */
  int outputSize() {
    return hidden() + (cellOut ? units : 0);
  }

  @Override
  public Shape output(Shape input) {
    Checks.channelsOnly(kind(), input);
    return Shape.of(outputSize());
  }

  @Override
  public Reach reach(Shape input) {
    return Reach.ALL;
  }

  @Override
  public List<TensorSpec> tensors(Shape input) {
    List<TensorSpec> specs =
        new ArrayList<>(
            RecurrentWeights.tensors(4, units, hidden(), layers, bias, input.channels()));
    for (int layer = 0; layer < layers; layer++) {
      if (projection > 0) {
        specs.add(TensorSpec.of("weight_hr_l" + layer, projection, units));
      }
      if (peepholes) {
        specs.add(TensorSpec.of("weight_peephole_l" + layer, 3 * units));
      }
    }
    if (initialState) {
      specs.add(TensorSpec.of("h0", layers, hidden()));
      specs.add(TensorSpec.of("c0", layers, units));
    }
    return specs;
  }

  @Override
  public double multiplyAdds(Shape input) {
    long products = RecurrentWeights.multiplyAdds(4, units, hidden(), layers, input.channels());
    return products + (double) layers * units * (projection + (peepholes ? 3 : 0));
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    Matrix[] stack =
        RecurrentWeights.joined(GATES, units, hidden(), layers, bias, input.channels(), weights);
    Step step =
        peepholes || projection > 0 || coupled || !functions.standard()
            ? new LstmVariantStep(this, stack, weights, kernels)
            : new LstmStep(this, stack, kernels);
    return initialState
        ? RestingStep.of(step, weights.tensor("h0"), weights.tensor("c0"), layers)
        : step;
  }
}
