package dev.eddy.layer;

import java.util.List;

/**
 * A step without memory that keeps the shape: copies each frame, then changes the copy in place.
 */
abstract class FrameMap implements Step {
  final int size;

  FrameMap(Shape shape) {
    this.size = shape.size();
  }

  /** Changes {@link #size} values from {@code offset}. */
  abstract void mapInPlace(float[] values, int offset, float[] scratch);

  @Override
  public final List<StatePart> stateParts() {
    return List.of();
  }

  @Override
  public final int step(
      float[] in,
      int inOffset,
      float[] state,
      int stateOffset,
      float[] out,
      int outOffset,
      float[] scratch) {
    System.arraycopy(in, inOffset, out, outOffset, size);
    mapInPlace(out, outOffset, scratch);
    return 1;
  }
}
