package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Steps a GRU stack; the state of each layer is its hidden state.
 *
 * <p>The two gates are one product of input and hidden state. What the new state takes from either
 * are products of their own: with the reset after the product, {@code r} scales one of them, with
 * the reset before it, that one has to wait for {@code r h}.
 *
 * <p>With few units, and the reset after, all are one product, with zeros for what does not meet:
 * half again as many multiply-adds cost less there than two more calls. (Where the input is
 * infinite, 0 times it is NaN, and so is the state.)
 */
final class GruStep implements Step {
  private static final int[] GATES = {0, 1}; // reset, update
  private static final int FEW = 32; // units: four times as many rows are one panel of a matrix

  private final Kernels kernels;
  private final Packed[] stack;
  private final int units;
  private final CellFunctions functions;
  private final boolean standard;
  private final boolean before; // where the reset acts
  private final List<StatePart> parts;

  /**
   * The weights of one layer: one matrix, or three.
   *
   * @param whole {@code [4 * units][inputs + units]}: reset, update, and the two parts of the new
   *     state; or null, and the others are null if it is not
   * @param gates {@code [2 * units][inputs + units]}, reset and update
   * @param input {@code [units][inputs]} of the new state
   * @param recurrent {@code [units][units]} of the new state
   */
  private record Packed(int inputs, Matrix whole, Matrix gates, Matrix input, Matrix recurrent) {
    static Packed whole(
        int units, int inputs, float[] wx, float[] wh, float[] bx, float[] bh, Weights weights) {
      int two = 2 * units;
      float[] biases = new float[4 * units];
      for (int row = 0; row < units; row++) {
        biases[row] = bx[row] + bh[row];
        biases[units + row] = bx[units + row] + bh[units + row];
        biases[two + row] = bx[two + row];
        biases[two + units + row] = bh[two + row];
      }
      Matrix whole =
          weights.matrix(
              (row, to) -> {
                int h = row < two + units ? row : row - units; // of the recurrent weights
                Arrays.fill(to, 0f);
                if (row < two + units) {
                  System.arraycopy(wx, row * inputs, to, 0, inputs);
                }
                if (row < two || row >= two + units) {
                  System.arraycopy(wh, h * units, to, inputs, units);
                }
              },
              biases,
              inputs + units);
      return new Packed(inputs, whole, null, null, null);
    }

    static Packed parts(
        int units, int inputs, float[] wx, float[] wh, float[] bx, float[] bh, Weights weights) {
      int two = 2 * units;
      return new Packed(
          inputs,
          null,
          RecurrentWeights.joined(GATES, units, inputs, units, wx, wh, bx, bh, weights),
          weights.matrix(wx, two * inputs, Arrays.copyOfRange(bx, two, bx.length), inputs),
          weights.matrix(wh, two * units, Arrays.copyOfRange(bh, two, bh.length), units));
    }
  }

  GruStep(Gru gru, int inputs, Weights weights, Kernels kernels) {
    this.kernels = kernels;
    this.stack = new Packed[gru.layers()];
    this.units = gru.units();
    this.functions = gru.functions();
    this.standard = functions.standard();
    this.before = gru.reset() == Gru.Reset.BEFORE;
    List<StatePart> list = new ArrayList<>();
    for (int layer = 0; layer < stack.length; layer++) {
      int from = layer == 0 ? inputs : units;
      float[] wx = weights.tensor("weight_ih_l" + layer);
      float[] wh = weights.tensor("weight_hh_l" + layer);
      float[] bx = RecurrentWeights.bias("bias_ih_l" + layer, gru.bias(), 3 * units, weights);
      float[] bh = RecurrentWeights.bias("bias_hh_l" + layer, gru.bias(), 3 * units, weights);
      stack[layer] =
          units <= FEW && !before
              ? Packed.whole(units, from, wx, wh, bx, bh, weights)
              : Packed.parts(units, from, wx, wh, bx, bh, weights);
      list.add(new StatePart("gru.h" + layer, units));
    }
    this.parts = List.copyOf(list);
  }

  @Override
  public List<StatePart> stateParts() {
    return parts;
  }

  @Override
  public int frameInState() {
    return (stack.length - 1) * units;
  }

  @Override
  public int scratchLength() {
    return batchScratchLength(1);
  }

  /** Scratch: gates and the two parts of the new state, then input and hidden state. */
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
    int joined = 4 * units;
    for (int layer = 0; layer < stack.length; layer++) {
      int h = stateOffset + layer * units;
      Packed w = stack[layer];
      boolean backwards = Turn.isBackwards(scratch);
      if (w.whole != null) {
        kernels.affineJoined(
            w.whole, x, xOffset, w.inputs, state, h, scratch, 0, backwards, scratch, joined);
        resetAfter(scratch, 0, state, h);
      } else if (before) {
        kernels.affineJoined(
            w.gates, x, xOffset, w.inputs, state, h, scratch, 0, backwards, scratch, joined);
        kernels.affine(w.input, x, xOffset, scratch, 2 * units, backwards);
        resetBefore(w.recurrent, state, h, scratch, backwards);
      } else {
        multiplyParts(w, x, xOffset, state, h, scratch, backwards);
        resetAfter(scratch, 0, state, h);
      }
      x = state;
      xOffset = h;
    }
    return 1;
  }

  private void multiplyParts(
      Packed w, float[] x, int xOffset, float[] state, int h, float[] scratch, boolean backwards) {
    int joined = 4 * units;
    if (backwards) {
      kernels.affine(w.recurrent, state, h, scratch, 3 * units, true);
      kernels.affine(w.input, x, xOffset, scratch, 2 * units, true);
    }
    kernels.affineJoined(
        w.gates, x, xOffset, w.inputs, state, h, scratch, 0, backwards, scratch, joined);
    if (!backwards) {
      kernels.affine(w.input, x, xOffset, scratch, 2 * units, false);
      kernels.affine(w.recurrent, state, h, scratch, 3 * units, false);
    }
  }

  /** The cell, as {@link Kernels#gruCell} has it or with other functions. */
  private void resetAfter(float[] gates, int at, float[] state, int h) {
    if (standard) {
      kernels.gruCell(gates, at, state, h, units);
      return;
    }
    int update = at + units;
    int fresh = at + 2 * units;
    functions.clipInPlace(gates, at, 2 * units);
    kernels.activateInPlace(functions.gates(), gates, at, 2 * units);
    for (int i = 0; i < units; i++) {
      gates[fresh + i] = Math.fma(gates[at + i], gates[fresh + units + i], gates[fresh + i]);
    }
    functions.clipInPlace(gates, fresh, units);
    kernels.activateInPlace(functions.candidate(), gates, fresh, units);
    for (int i = 0; i < units; i++) {
      float next = gates[fresh + i];
      state[h + i] = Math.fma(gates[update + i], state[h + i] - next, next);
    }
  }

  /** {@code n = tanh(a_n + b_n + U_n (r h))}, then {@code h' = n + z (h - n)}. */
  private void resetBefore(
      Matrix recurrent, float[] state, int h, float[] gates, boolean backwards) {
    int update = units;
    int fresh = 2 * units;
    int product = 3 * units;
    functions.clipInPlace(gates, 0, 2 * units);
    kernels.activateInPlace(functions.gates(), gates, 0, 2 * units);
    for (int i = 0; i < units; i++) {
      gates[i] *= state[h + i]; // r h, in place of r
    }
    kernels.affine(recurrent, gates, 0, gates, product, backwards);
    for (int i = 0; i < units; i++) {
      gates[fresh + i] += gates[product + i];
    }
    functions.clipInPlace(gates, fresh, units);
    kernels.activateInPlace(functions.candidate(), gates, fresh, units);
    for (int i = 0; i < units; i++) {
      state[h + i] = Math.fma(gates[update + i], state[h + i] - gates[fresh + i], gates[fresh + i]);
    }
  }

  @Override
  public int batchScratchLength(int count) {
    int most = Math.max(stack[0].inputs, units) + units;
    return count * (4 * units + most) + Kernels.scratchOfAll(most, count);
  }

  /** Where the reset acts before, keys go one by one: their products wait for each other. */
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
    int four = 4 * units;
    int free = count * four;
    for (int layer = 0; layer < stack.length; layer++) {
      Packed w = stack[layer];
      int h = stateOffset + layer * units;
      int inputs = w.inputs;
      int stride = inputs + units;
      int side = free + count * stride;
      for (int k = 0; k < count; k++) {
        float[] x = layer == 0 ? in[k] : states[k];
        int at = layer == 0 ? inOffsets[k] : h - units;
        kernels.join(x, at, inputs, states[k], h, units, scratch, free + k * stride);
      }
      if (w.whole != null) {
        kernels.affineAll(w.whole, scratch, free, stride, scratch, 0, four, count, scratch, side);
      } else {
        int fresh = 2 * units;
        kernels.affineAll(w.gates, scratch, free, stride, scratch, 0, four, count, scratch, side);
        kernels.affineAll(
            w.input, scratch, free, stride, scratch, fresh, four, count, scratch, side);
        kernels.affineAll(
            w.recurrent,
            scratch,
            free + inputs,
            stride,
            scratch,
            fresh + units,
            four,
            count,
            scratch,
            side);
      }
      for (int k = 0; k < count; k++) {
        resetAfter(scratch, k * four, states[k], h);
      }
    }
    Arrays.fill(written, 0, count, 1);
  }
}
