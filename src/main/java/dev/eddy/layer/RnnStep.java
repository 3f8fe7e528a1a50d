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
}
