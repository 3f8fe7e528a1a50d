package dev.eddy.layer;

import java.util.List;

/** A step whose fresh state is not zeros but one that was learnt. */
final class RestingStep implements Step {
  private final Step step;
  private final float[] rest; // [state length]

  private RestingStep(Step step, float[] rest) {
    this.step = step;
    this.rest = rest;
  }

  /** A hidden state of each layer of a stack, {@code h0}, {@code [layers, hidden]}. */
  static Step of(Step step, float[] h0) {
    return new RestingStep(step, h0.clone());
  }

  /**
   * A hidden and a cell state, {@code h0} and {@code c0}, {@code [layers, hidden]} and {@code
   * [layers, units]}; the state holds the two of each layer side by side.
   */
  static Step of(Step step, float[] h0, float[] c0, int layers) {
    int hidden = h0.length / layers;
    int units = c0.length / layers;
    float[] rest = new float[h0.length + c0.length];
    for (int layer = 0; layer < layers; layer++) {
      int at = layer * (hidden + units);
      System.arraycopy(h0, layer * hidden, rest, at, hidden);
      System.arraycopy(c0, layer * units, rest, at + hidden, units);
    }
    return new RestingStep(step, rest);
  }

  @Override
  public List<StatePart> stateParts() {
    return step.stateParts();
  }

  @Override
  public void reset(float[] state, int stateOffset) {
    System.arraycopy(rest, 0, state, stateOffset, rest.length);
  }

  @Override
  public int frameInState() {
    return step.frameInState();
  }

  @Override
  public int scratchLength() {
    return step.scratchLength();
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
    return step.step(in, inOffset, state, stateOffset, out, outOffset, scratch);
  }

  @Override
  public int batchScratchLength(int count) {
    return step.batchScratchLength(count);
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
    step.stepBatch(count, in, inOffsets, states, stateOffset, out, written, scratch);
  }
}
