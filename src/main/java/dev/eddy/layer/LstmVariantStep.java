package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.Matrix;
import java.util.ArrayList;
import java.util.List;

/**
 * Steps an LSTM stack with peepholes, a projection, other functions, or several of these; the state
 * of each layer is its hidden state (projected, where there is a projection) and then its cell
 * state.
 *
 * <p>Peepholes let the gates see the cell: input and forget gate the old one, the output gate the
 * new one, so the cell is computed between the two. Scratch holds the gates, then the hidden state
 * before its projection, then what is multiplied.
 */
final class LstmVariantStep implements Step {
  private final Kernels kernels;
  private final Matrix[] stack; // [layers] of [4 * units][inputs + hidden]
  private final float[][] peepholes; // [layers][3 * units]: input, forget, output; or null
  private final Matrix[] projections; // [layers] of [hidden][units], or null
  private final CellFunctions functions;
  private final boolean coupled;
  private final boolean plainCell;
  private final int units;
  private final int hidden;
  private final List<StatePart> parts;

  LstmVariantStep(Lstm lstm, Matrix[] stack, Weights weights, Kernels kernels) {
    this.kernels = kernels;
    this.stack = stack;
    this.units = lstm.units();
    this.hidden = lstm.hidden();
    this.functions = lstm.functions();
    this.coupled = lstm.coupled();
    this.plainCell = !lstm.peepholes() && !coupled && functions.standard();
    this.peepholes = lstm.peepholes() ? new float[stack.length][] : null;
    this.projections = lstm.projection() > 0 ? new Matrix[stack.length] : null;
    List<StatePart> list = new ArrayList<>();
    for (int layer = 0; layer < stack.length; layer++) {
      if (peepholes != null) {
        peepholes[layer] = weights.tensor("weight_peephole_l" + layer).clone();
      }
      if (projections != null) {
        projections[layer] =
            weights.matrix(weights.tensor("weight_hr_l" + layer), 0, new float[hidden], units);
      }
      list.add(new StatePart("lstm.h" + layer, hidden));
      list.add(new StatePart("lstm.c" + layer, units));
    }
    this.parts = List.copyOf(list);
  }

  @Override
  public List<StatePart> stateParts() {
    return parts;
  }

  @Override
  public int frameInState() {
    return (stack.length - 1) * (hidden + units);
  }

  @Override
  public int scratchLength() {
    return units + BatchProduct.scratchLength(1, stack);
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
    int unprojected = 4 * units;
    for (int layer = 0; layer < stack.length; layer++) {
      int h = stateOffset + layer * (hidden + units);
      int c = h + hidden;
      Matrix w = stack[layer];
      int joined = unprojected + units;
      int inputs = w.columns() - hidden;
      boolean backwards = Turn.isBackwards(scratch);
      kernels.affineJoined(w, x, xOffset, inputs, state, h, scratch, 0, backwards, scratch, joined);
      if (plainCell) {
        kernels.lstmCell(scratch, 0, state, c, scratch, unprojected, units);
      } else {
        cell(layer, scratch, state, c, unprojected);
      }
      if (projections == null) {
        System.arraycopy(scratch, unprojected, state, h, units);
      } else {
        kernels.affine(projections[layer], scratch, unprojected, state, h);
      }
      x = state;
      xOffset = h;
    }
    return 1;
  }

  private void cell(int layer, float[] gates, float[] state, int c, int h) {
    int forget = units;
    int output = 2 * units;
    int cell = 3 * units;
    float[] peephole = peepholes == null ? null : peepholes[layer];
    if (peephole != null) {
      kernels.multiplyAdd(peephole, 0, state, c, gates, 0, units);
      kernels.multiplyAdd(peephole, units, state, c, gates, forget, units);
    }
    functions.clipInPlace(gates, 0, 2 * units);
    functions.clipInPlace(gates, cell, units);
    kernels.activateInPlace(functions.gates(), gates, 0, 2 * units);
    kernels.activateInPlace(functions.candidate(), gates, cell, units);
    for (int i = 0; i < units; i++) {
      float kept = coupled ? 1f - gates[i] : gates[forget + i];
      state[c + i] = Math.fma(kept, state[c + i], gates[i] * gates[cell + i]);
    }
    if (peephole != null) {
      kernels.multiplyAdd(peephole, 2 * units, state, c, gates, output, units);
    }
    functions.clipInPlace(gates, output, units);
    kernels.activateInPlace(functions.gates(), gates, output, units);
    System.arraycopy(state, c, gates, h, units);
    kernels.activateInPlace(functions.output(), gates, h, units);
    for (int i = 0; i < units; i++) {
      gates[h + i] *= gates[output + i];
    }
  }
}
