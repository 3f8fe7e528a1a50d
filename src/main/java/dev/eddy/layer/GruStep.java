package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Steps a GRU stack; the state of each layer is its hidden state.
 *
 * <p>With the reset after the product, one recurrent product serves all gates. With the reset
 * before it, the product of the new gate has to wait for {@code r h}, so its rows are a matrix of
 * their own.
 */
final class GruStep implements Step {
  private final Kernels kernels;
  private final Packed[] stack;
  private final int units;
  private final CellFunctions functions;
  private final boolean standard;
  private final boolean before; // where the reset acts
  private final List<StatePart> parts;

  /**
   * The weights of one layer.
   *
   * @param recurrent of the two gates, and where the reset acts after it, of the new state too
   * @param fresh the recurrent ones of the new state, or null
   */
  private record Packed(Matrix input, Matrix recurrent, Matrix fresh) {}

  GruStep(Gru gru, int inputs, Weights weights, Kernels kernels) {
    this.kernels = kernels;
    this.stack = new Packed[gru.layers()];
    this.units = gru.units();
    this.functions = gru.functions();
    this.standard = functions.standard();
    this.before = gru.reset() == Gru.Reset.BEFORE;
    List<StatePart> list = new ArrayList<>();
    for (int layer = 0; layer < stack.length; layer++) {
      stack[layer] = packed(gru, layer, layer == 0 ? inputs : units, weights);
      list.add(new StatePart("gru.h" + layer, units));
    }
    this.parts = List.copyOf(list);
  }

  private Packed packed(Gru gru, int layer, int inputs, Weights weights) {
    int rows = 3 * units;
    float[] inputBias = RecurrentWeights.bias("bias_ih_l" + layer, gru.bias(), rows, weights);
    float[] bias = RecurrentWeights.bias("bias_hh_l" + layer, gru.bias(), rows, weights);
    Matrix input = weights.matrix(weights.tensor("weight_ih_l" + layer), inputBias, inputs);
    float[] recurrent = weights.tensor("weight_hh_l" + layer);
    if (!before) {
      return new Packed(input, weights.matrix(recurrent, bias, units), null);
    }
    int gates = 2 * units;
    int border = gates * units;
    return new Packed(
        input,
        weights.matrix(Arrays.copyOf(recurrent, border), Arrays.copyOf(bias, gates), units),
        weights.matrix(
            Arrays.copyOfRange(recurrent, border, recurrent.length),
            Arrays.copyOfRange(bias, gates, rows),
            units));
  }

  @Override
  public List<StatePart> stateParts() {
    return parts;
  }

  @Override
  public int scratchLength() {
    return 6 * units;
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
    float[] x = in;
    int xOffset = inOffset;
    for (int layer = 0; layer < stack.length; layer++) {
      int h = stateOffset + layer * units;
      kernels.affine(stack[layer].input, x, xOffset, scratch, 0);
      kernels.affine(stack[layer].recurrent, state, h, scratch, 3 * units);
      if (!before) {
        if (standard) {
          kernels.gruCell(scratch, 0, scratch, 3 * units, state, h, units);
        } else {
          resetAfter(state, h, scratch, 0, 3 * units);
        }
      } else {
        resetBefore(stack[layer].fresh, state, h, scratch);
      }
      x = state;
      xOffset = h;
    }
    System.arraycopy(x, xOffset, out, outOffset, units);
    return 1;
  }

  /**
   * {@link Kernels#gruCell} with other functions.
   *
   * @param a where the input half of the pre-activations is in scratch
   * @param b where the recurrent half is
   */
  private void resetAfter(float[] state, int h, float[] scratch, int a, int b) {
    int update = a + units;
    int fresh = a + 2 * units;
    for (int i = 0; i < 2 * units; i++) {
      scratch[a + i] += scratch[b + i];
    }
    functions.clipInPlace(scratch, a, 2 * units);
    kernels.activateInPlace(functions.gates(), scratch, a, 2 * units);
    for (int i = 0; i < units; i++) {
      scratch[fresh + i] = Math.fma(scratch[a + i], scratch[b + 2 * units + i], scratch[fresh + i]);
    }
    functions.clipInPlace(scratch, fresh, units);
    kernels.activateInPlace(functions.candidate(), scratch, fresh, units);
    for (int i = 0; i < units; i++) {
      float next = scratch[fresh + i];
      state[h + i] = Math.fma(scratch[update + i], state[h + i] - next, next);
    }
  }

  /** {@code n = tanh(a_n + b_n + U_n (r h))}, then {@code h' = n + z (h - n)}. */
  private void resetBefore(Matrix w, float[] state, int h, float[] a) {
    int b = 3 * units; // recurrent half of the pre-activations
    int update = units;
    int fresh = 2 * units;
    for (int i = 0; i < 2 * units; i++) {
      a[i] += a[b + i];
    }
    functions.clipInPlace(a, 0, 2 * units);
    kernels.activateInPlace(functions.gates(), a, 0, 2 * units);
    for (int i = 0; i < units; i++) {
      a[i] *= state[h + i]; // r h, in place of r
    }
    kernels.affine(w, a, 0, a, b);
    for (int i = 0; i < units; i++) {
      a[fresh + i] += a[b + i];
    }
    functions.clipInPlace(a, fresh, units);
    kernels.activateInPlace(functions.candidate(), a, fresh, units);
    for (int i = 0; i < units; i++) {
      state[h + i] = Math.fma(a[update + i], state[h + i] - a[fresh + i], a[fresh + i]);
    }
  }

  /** Where the reset acts before, keys go one by one: their products wait for each other. */
  @Override
  public int batchScratchLength(int count) {
    int widest = Math.max(stack[0].input.columns(), units);
    return before ? scratchLength() : count * (6 * units + widest);
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
    if (before) {
      Step.super.stepBatch(count, in, inOffsets, states, stateOffset, out, written, scratch);
      return;
    }
    int recurrent = count * 3 * units; // in scratch, behind the input halves of all
    int free = 2 * recurrent;
    for (int layer = 0; layer < stack.length; layer++) {
      Packed w = stack[layer];
      int h = stateOffset + layer * units;
      if (layer == 0) {
        BatchProduct.affine(kernels, w.input, count, in, inOffsets, scratch, 0, free);
      } else {
        BatchProduct.affine(kernels, w.input, count, states, h - units, scratch, 0, free);
      }
      BatchProduct.affine(kernels, w.recurrent, count, states, h, scratch, recurrent, free);
      for (int k = 0; k < count; k++) {
        int a = k * 3 * units;
        if (standard) {
          kernels.gruCell(scratch, a, scratch, recurrent + a, states[k], h, units);
        } else {
          resetAfter(states[k], h, scratch, a, recurrent + a);
        }
      }
    }
    int last = stateOffset + (stack.length - 1) * units;
    for (int k = 0; k < count; k++) {
      System.arraycopy(states[k], last, out[k], 0, units);
      written[k] = 1;
    }
  }
}
