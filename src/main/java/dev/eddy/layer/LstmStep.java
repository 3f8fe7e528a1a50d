package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Steps an LSTM stack; the state of each layer is its hidden state and then its cell state. */
final class LstmStep implements Step {
  private final Kernels kernels;
  private final Matrix[] stack; // [layers] of [4 * units][inputs + units]
  private final int units;
  private final List<StatePart> parts;

  LstmStep(Lstm lstm, Matrix[] stack, Kernels kernels) {
    this.kernels = kernels;
    this.stack = stack;
    this.units = lstm.units();
    List<StatePart> list = new ArrayList<>();
    for (int layer = 0; layer < stack.length; layer++) {
      list.add(new StatePart("lstm.h" + layer, units));
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
    return 2 * (stack.length - 1) * units;
  }

  @Override
  public int scratchLength() {
    return BatchProduct.scratchLength(1, stack);
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
      int h = stateOffset + 2 * layer * units;
      Matrix w = stack[layer];
      boolean backwards = Turn.isBackwards(scratch);
      int inputs = w.columns() - units;
      kernels.affineJoined(
          w, x, xOffset, inputs, state, h, scratch, 0, backwards, scratch, 4 * units);
      kernels.lstmCell(scratch, 0, state, h + units, state, h, units);
      x = state;
      xOffset = h;
    }
    return 1;
  }

  @Override
  public int batchScratchLength(int count) {
    return BatchProduct.scratchLength(count, stack);
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
    for (int layer = 0; layer < stack.length; layer++) {
      Matrix w = stack[layer];
      int h = stateOffset + 2 * layer * units;
      float[][] x = layer == 0 ? in : null;
      int below = h - 2 * units;
      BatchProduct.joined(kernels, w, count, x, inOffsets, states, below, h, units, scratch);
      for (int k = 0; k < count; k++) {
        kernels.lstmCell(scratch, 4 * k * units, states[k], h + units, states[k], h, units);
      }
    }
    Arrays.fill(written, 0, count, 1);
  }
}
