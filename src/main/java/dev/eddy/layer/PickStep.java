package dev.eddy.layer;

import java.util.List;

/** A step without memory that moves values: {@code out[i] = in[from[i]]}, or a constant. */
final class PickStep implements Step {
  private final int[] from; // [output size], an index into the input frame, or negative
  private final float fill; // where the index is negative

  /** Keeps {@code from} without a copy. */
  PickStep(int[] from, float fill) {
    this.from = from;
    this.fill = fill;
  }

  /** Of indices that all point into the input frame. */
  PickStep(int[] from) {
    this(from, 0f);
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
      int index = from[i];
      out[outOffset + i] = index < 0 ? fill : in[inOffset + index];
    }
    return 1;
  }
}
