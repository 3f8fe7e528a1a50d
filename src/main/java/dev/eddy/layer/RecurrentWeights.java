package dev.eddy.layer;

import dev.eddy.kernel.Matrix;
import java.util.ArrayList;
import java.util.List;

/** The packed weights of one layer of a recurrent stack, whatever its gates; immutable. */
final class RecurrentWeights {
  final Matrix input; // [gates * units][inputs]
  final Matrix recurrent; // [gates * units][hidden]
  final float[] inputBias; // [gates * units]
  final float[] recurrentBias; // [gates * units]

  private RecurrentWeights(
      Matrix input, Matrix recurrent, float[] inputBias, float[] recurrentBias) {
    this.input = input;
    this.recurrent = recurrent;
    this.inputBias = inputBias;
    this.recurrentBias = recurrentBias;
  }

  /** As {@link #tensors(int, int, int, int, boolean, int)}, {@code units} hidden values. */
  static List<TensorSpec> tensors(int gates, int units, int layers, boolean bias, int inputs) {
    return tensors(gates, units, units, layers, bias, inputs);
  }

  /**
   * PyTorch's names, {@code weight_ih_l0} and so on, with {@code gates * units} rows.
   *
   * @param hidden values of a hidden state, which the recurrent weights and the next layer read
   */
  static List<TensorSpec> tensors(
      int gates, int units, int hidden, int layers, boolean bias, int inputs) {
    List<TensorSpec> specs = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      specs.add(TensorSpec.of("weight_ih_l" + layer, gates * units, layer == 0 ? inputs : hidden));
      specs.add(TensorSpec.of("weight_hh_l" + layer, gates * units, hidden));
      if (bias) {
        specs.add(TensorSpec.of("bias_ih_l" + layer, gates * units));
        specs.add(TensorSpec.of("bias_hh_l" + layer, gates * units));
      }
    }
    return specs;
  }

  static long multiplyAdds(int gates, int units, int layers, int inputs) {
    return multiplyAdds(gates, units, units, layers, inputs);
  }

  static long multiplyAdds(int gates, int units, int hidden, int layers, int inputs) {
    return (long) gates * units * (inputs + hidden) + (layers - 1L) * gates * units * 2L * hidden;
  }

  static RecurrentWeights[] stack(
      int gates, int units, int layers, boolean bias, int inputs, Weights weights) {
    return stack(gates, units, units, layers, bias, inputs, weights);
  }

  static RecurrentWeights[] stack(
      int gates, int units, int hidden, int layers, boolean bias, int inputs, Weights weights) {
    RecurrentWeights[] stack = new RecurrentWeights[layers];
    int rows = gates * units;
    for (int layer = 0; layer < layers; layer++) {
      int columns = layer == 0 ? inputs : hidden;
      stack[layer] =
          new RecurrentWeights(
              Matrix.ofRows(weights.tensor("weight_ih_l" + layer), rows, columns),
              Matrix.ofRows(weights.tensor("weight_hh_l" + layer), rows, hidden),
              bias ? weights.tensor("bias_ih_l" + layer).clone() : new float[rows],
              bias ? weights.tensor("bias_hh_l" + layer).clone() : new float[rows]);
    }
    return stack;
  }

  /** Input and recurrent bias as one, for cells that only ever add them. */
  float[] summedBias() {
    float[] sum = inputBias.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += recurrentBias[i];
    }
    return sum;
  }
}
