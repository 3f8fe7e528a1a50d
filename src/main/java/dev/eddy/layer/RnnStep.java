package dev.eddy.layer;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Steps a stack of plain recurrent layers; the state of each is its hidden state. */
final class RnnStep implements Step {
  private final Kernels kernels;
  private final Activation activation;
  private final float clip;
  private final Matrix[] stack; // [layers] of [units][inputs + units]
  private final int units;
  private final List<StatePart> parts;

  RnnStep(Rnn rnn, Matrix[] stack, Kernels kernels) {
    this.kernels = kernels;
    this.activation = rnn.activation();
    this.clip = rnn.clip();
    this.stack = stack;
    this.units = rnn.units();
    List<StatePart> list = new ArrayList<>();
    for (int layer = 0; layer < stack.length; layer++) {
      list.add(new StatePart("rnn.h" + layer, units));
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
      int h = stateOffset + layer * units;
      Matrix w = stack[layer];
      // a copy, as the product takes the place of the hidden state that it reads
      kernels.join(x, xOffset, w.columns() - units, state, h, units, scratch, units);
      kernels.affine(w, scratch, units, state, h, Turn.isBackwards(scratch));
      CellFunctions.clipInPlace(clip, state, h, units);
      kernels.activateInPlace(activation, state, h, units);
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
      int h = stateOffset + layer * units;
      float[][] x = layer == 0 ? in : null;
      int below = h - units;
      BatchProduct.joined(kernels, w, count, x, inOffsets, states, below, h, units, scratch);
      CellFunctions.clipInPlace(clip, scratch, 0, count * units);
      kernels.activateInPlace(activation, scratch, 0, count * units);
      for (int k = 0; k < count; k++) {
        System.arraycopy(scratch, k * units, states[k], h, units);
      }
    }
    Arrays.fill(written, 0, count, 1);
  }
}
