package dev.eddy.layer;

import java.util.List;

/** A step without memory that moves values: {@code out[i] = in[from[i]]}. */
final class PickStep implements Step {
  private final int[] from; // [output size], an index into the input frame

  /** Keeps {@code from} without a copy. */
  PickStep(int[] from) {
    this.from = from;
  }

  @Override
  public List<StatePart> stateParts() {
    return List.of();
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
    for (int i = 0; i < from.length; i++) {
      out[outOffset + i] = in[inOffset + from[i]];
    }
    return 1;
  }
}
