package dev.eddy.layer;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/** Steps a stack of plain recurrent layers; the state of each is its hidden state. */
final class RnnStep implements Step {
  private final Kernels kernels;
  private final Activation activation;
  private final float clip;
  private final RecurrentWeights[] stack;
  private final float[][] biases; // [layers][units]
  private final int units;
  private final List<StatePart> parts;

  RnnStep(Rnn rnn, RecurrentWeights[] stack, Kernels kernels) {
    this.kernels = kernels;
    this.activation = rnn.activation();
    this.clip = rnn.clip();
    this.stack = stack;
    this.units = rnn.units();
    this.biases = new float[stack.length][];
    List<StatePart> list = new ArrayList<>();
    for (int layer = 0; layer < stack.length; layer++) {
      biases[layer] = stack[layer].summedBias();
      list.add(new StatePart("rnn.h" + layer, units));
    }
    this.parts = List.copyOf(list);
  }

  @Override
  public List<StatePart> stateParts() {
    return parts;
  }

  @Override
  public int scratchLength() {
    return units;
  }

  @Override
  public int step(
      float[] in,
      int inOffset,
      float[] state,
      int stateOffset,
      float[] out,
      int outOffset,
      float[] next) {
    float[] x = in;
    int xOffset = inOffset;
    for (int layer = 0; layer < stack.length; layer++) {
      int h = stateOffset + layer * units;

      kernels.affine(stack[layer].input, biases[layer], x, xOffset, next, 0);
      kernels.multiplyAdd(stack[layer].recurrent, state, h, next, 0);
      CellFunctions.clipInPlace(clip, next, 0, units);
      kernels.activateInPlace(activation, next, 0, units);
      System.arraycopy(next, 0, state, h, units);
      x = state;
      xOffset = h;
    }
    System.arraycopy(x, xOffset, out, outOffset, units);
    return 1;
  }

  @Override
  public int batchScratchLength(int count) {
    return count * (units + BatchProduct.widest(stack));
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
    int free = count * units;
    for (int layer = 0; layer < stack.length; layer++) {
      RecurrentWeights weights = stack[layer];
      int h = stateOffset + layer * units;
      BatchProduct.start(biases[layer], count, scratch, 0);
      if (layer == 0) {
        BatchProduct.add(kernels, weights.input, count, in, inOffsets, scratch, 0, free);
      } else {
        BatchProduct.add(kernels, weights.input, count, states, h - units, scratch, 0, free);
      }
      BatchProduct.add(kernels, weights.recurrent, count, states, h, scratch, 0, free);
      CellFunctions.clipInPlace(clip, scratch, 0, count * units);
      kernels.activateInPlace(activation, scratch, 0, count * units);
      for (int k = 0; k < count; k++) {
        System.arraycopy(scratch, k * units, states[k], h, units);
      }
    }
    int last = stateOffset + (stack.length - 1) * units;
    for (int k = 0; k < count; k++) {
      System.arraycopy(states[k], last, out[k], 0, units);
      written[k] = 1;
    }
  }
}
