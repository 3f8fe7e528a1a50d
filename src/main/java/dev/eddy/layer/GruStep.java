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
              Matrix.ofRows(Arrays.copyOf(rows, border), 2 * units, units),
              Matrix.ofRows(Arrays.copyOfRange(rows, border, rows.length), units, units));
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
          resetAfter(state, h, scratch);
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

  /** {@link Kernels#gruCell} with other functions. */
  private void resetAfter(float[] state, int h, float[] a) {
    int b = 3 * units;
    int update = units;
    int fresh = 2 * units;
    for (int i = 0; i < 2 * units; i++) {
      a[i] += a[b + i];
    }
    functions.clipInPlace(a, 0, 2 * units);
    kernels.activateInPlace(functions.gates(), a, 0, 2 * units);
    for (int i = 0; i < units; i++) {
      a[fresh + i] = Math.fma(a[i], a[b + fresh + i], a[fresh + i]);
    }
    functions.clipInPlace(a, fresh, units);
    kernels.activateInPlace(functions.candidate(), a, fresh, units);
    for (int i = 0; i < units; i++) {
      state[h + i] = Math.fma(a[update + i], state[h + i] - a[fresh + i], a[fresh + i]);
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
}
