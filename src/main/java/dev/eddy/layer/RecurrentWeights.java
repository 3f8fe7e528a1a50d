package dev.eddy.layer;

import dev.eddy.kernel.Matrix;
import java.util.ArrayList;
import java.util.List;

/** The weights of recurrent stacks, whatever their gates: names, sizes, packing. */
final class RecurrentWeights {
  private RecurrentWeights() {}

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

  /**
   * The weights of a stack by layer, where cells only ever add what input and hidden state give:
   * {@code [gates * units][inputs + hidden]}.
   *
   * @param gates of PyTorch's rows, in the order that they are to have
   */
  static Matrix[] joined(
      int[] gates, int units, int hidden, int layers, boolean bias, int inputs, Weights weights) {
    Matrix[] stack = new Matrix[layers];
    int rows = gates.length * units;
    for (int layer = 0; layer < layers; layer++) {
      stack[layer] =
          joined(
              gates,
              units,
              layer == 0 ? inputs : hidden,
              hidden,
              weights.tensor("weight_ih_l" + layer),
              weights.tensor("weight_hh_l" + layer),
              bias("bias_ih_l" + layer, bias, rows, weights),
              bias("bias_hh_l" + layer, bias, rows, weights),
              weights);
    }
    return stack;
  }

  /** The rows of some gates of both weights and biases as one matrix, biases summed. */
  static Matrix joined(
      int[] gates,
      int units,
      int inputs,
      int hidden,
      float[] wx,
      float[] wh,
      float[] bx,
      float[] bh,
      Weights weights) {
    int columns = inputs + hidden;
    float[] biases = new float[gates.length * units];
    for (int row = 0; row < biases.length; row++) {
      int from = gates[row / units] * units + row % units;
      biases[row] = bx[from] + bh[from];
    }
    return weights.matrix(
        (row, to) -> {
          int from = gates[row / units] * units + row % units;
          System.arraycopy(wx, from * inputs, to, 0, inputs);
          System.arraycopy(wh, from * hidden, to, inputs, hidden);
        },
        biases,
        columns);
  }

  /** A bias, or zeros where there is none. */
  static float[] bias(String name, boolean bias, int rows, Weights weights) {
    return bias ? weights.tensor(name) : new float[rows];
  }
}
