package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.Matrix;
import java.util.ArrayList;
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
  private final RecurrentWeights[] stack;
  private final int units;
  private final CellFunctions functions;
  private final boolean standard;
  private final Split[] splits; // [layers] where the reset acts before, else null
  private final List<StatePart> parts;

  /** The recurrent weights by rows: those of the two gates, and those of the new state. */
  private record Split(Matrix gates, Matrix fresh) {}

  private GruStep(Gru gru, RecurrentWeights[] stack, Kernels kernels, Split[] splits) {
    this.kernels = kernels;
    this.stack = stack;
    this.units = gru.units();
    this.functions = gru.functions();
    this.standard = functions.standard();
    this.splits = splits;
    List<StatePart> list = new ArrayList<>();
    for (int layer = 0; layer < stack.length; layer++) {
      list.add(new StatePart("gru.h" + layer, units));
    }
    this.parts = List.copyOf(list);
  }

  static GruStep of(Gru gru, RecurrentWeights[] stack, Weights weights, Kernels kernels) {
    if (gru.reset() == Gru.Reset.AFTER) {
      return new GruStep(gru, stack, kernels, null);
    }
    int units = gru.units();
    Split[] splits = new Split[stack.length];
    for (int layer = 0; layer < stack.length; layer++) {
      float[] rows = weights.tensor("weight_hh_l" + layer);
      int border = 2 * units * units;
      splits[layer] =
          new Split(
              Matrix.ofRows(rows, 0, 2 * units, units), Matrix.ofRows(rows, border, units, units));
    }
    return new GruStep(gru, stack, kernels, splits);
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
      RecurrentWeights weights = stack[layer];
      kernels.affine(weights.input, weights.inputBias, x, xOffset, scratch, 0);
      if (splits == null) {
        kernels.affine(weights.recurrent, weights.recurrentBias, state, h, scratch, 3 * units);
        if (standard) {
          kernels.gruCell(scratch, 0, scratch, 3 * units, state, h, units);
        } else {
          resetAfter(state, h, scratch, 0, 3 * units);
        }
      } else {
        System.arraycopy(weights.recurrentBias, 0, scratch, 3 * units, 3 * units);
        resetBefore(splits[layer], state, h, scratch);
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
  private void resetBefore(Split split, float[] state, int h, float[] a) {
    int b = 3 * units; // recurrent half of the pre-activations
    int update = units;
    int fresh = 2 * units;
    kernels.multiplyAdd(split.gates, state, h, a, b);
    for (int i = 0; i < 2 * units; i++) {
      a[i] += a[b + i];
    }
    functions.clipInPlace(a, 0, 2 * units);
    kernels.activateInPlace(functions.gates(), a, 0, 2 * units);
    for (int i = 0; i < units; i++) {
      a[i] *= state[h + i]; // r h, in place of r
      a[fresh + i] += a[b + fresh + i];
    }
    kernels.multiplyAdd(split.fresh, a, 0, a, fresh);
    functions.clipInPlace(a, fresh, units);
    kernels.activateInPlace(functions.candidate(), a, fresh, units);
    for (int i = 0; i < units; i++) {
      state[h + i] = Math.fma(a[update + i], state[h + i] - a[fresh + i], a[fresh + i]);
    }
  }

  /** Where the reset acts before, keys go one by one: their products wait for each other. */
  @Override
  public int batchScratchLength(int count) {
    return splits != null ? scratchLength() : count * (6 * units + BatchProduct.widest(stack));
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
    if (splits != null) {
      Step.super.stepBatch(count, in, inOffsets, states, stateOffset, out, written, scratch);
      return;
    }
    int recurrent = count * 3 * units; // in scratch, behind the input halves of all
    int free = 2 * recurrent;
    for (int layer = 0; layer < stack.length; layer++) {
      RecurrentWeights weights = stack[layer];
      int h = stateOffset + layer * units;
      BatchProduct.start(weights.inputBias, count, scratch, 0);
      if (layer == 0) {
        BatchProduct.add(kernels, weights.input, count, in, inOffsets, scratch, 0, free);
      } else {
        BatchProduct.add(kernels, weights.input, count, states, h - units, scratch, 0, free);
      }
      BatchProduct.start(weights.recurrentBias, count, scratch, recurrent);
      BatchProduct.add(kernels, weights.recurrent, count, states, h, scratch, recurrent, free);
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
