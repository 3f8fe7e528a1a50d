package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/** Steps an LSTM stack; the state of each layer is its hidden state and then its cell state. */
final class LstmStep implements Step {
  private final Kernels kernels;
  private final RecurrentWeights[] stack;
  private final float[][] biases; // [layers][4 * units]
  private final int units;
  private final int outputSize;
  private final List<StatePart> parts;

  LstmStep(Lstm lstm, RecurrentWeights[] stack, Kernels kernels) {
    this.kernels = kernels;
    this.stack = stack;
    this.units = lstm.units();
    this.outputSize = lstm.outputSize();
    this.biases = new float[stack.length][];
    List<StatePart> list = new ArrayList<>();
    for (int layer = 0; layer < stack.length; layer++) {
      biases[layer] = stack[layer].summedBias();
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
  public int scratchLength() {
    return 4 * units;
  }

  @Override
  public int step(
      float[] in,
      int inOffset,
      float[] state,
      int stateOffset,
      float[] out,
      int outOffset,
      float[] gates) {
    float[] x = in;
    int xOffset = inOffset;
    for (int layer = 0; layer < stack.length; layer++) {
      int h = stateOffset + 2 * layer * units;

      kernels.affine(stack[layer].input, biases[layer], x, xOffset, gates, 0);
      kernels.multiplyAdd(stack[layer].recurrent, state, h, gates, 0);
      kernels.lstmCell(gates, 0, state, h + units, state, h, units);
      x = state;
      xOffset = h;
    }
    System.arraycopy(x, xOffset, out, outOffset, outputSize);
    return 1;
  }

  @Override
  public int batchScratchLength(int count) {
    return count * (4 * units + BatchProduct.widest(stack));
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
    int free = count * 4 * units;
    for (int layer = 0; layer < stack.length; layer++) {
      RecurrentWeights weights = stack[layer];
      int h = stateOffset + 2 * layer * units;
      BatchProduct.start(biases[layer], count, scratch, 0);
      if (layer == 0) {
        BatchProduct.add(kernels, weights.input, count, in, inOffsets, scratch, 0, free);
      } else {
        BatchProduct.add(kernels, weights.input, count, states, h - 2 * units, scratch, 0, free);
      }
      BatchProduct.add(kernels, weights.recurrent, count, states, h, scratch, 0, free);
      for (int k = 0; k < count; k++) {
        kernels.lstmCell(scratch, 4 * k * units, states[k], h + units, states[k], h, units);
      }
    }
    int last = stateOffset + 2 * (stack.length - 1) * units;
    for (int k = 0; k < count; k++) {
      System.arraycopy(states[k], last, out[k], 0, outputSize);
      written[k] = 1;
    }
  }
}
