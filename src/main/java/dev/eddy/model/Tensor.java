package dev.eddy.model;

import java.util.List;

/**
 * A named array of float32 values as read from a file. Not copied: whoever gets the values must not
 * change them.
 */
public final class Tensor {
  private final List<Integer> dimensions;
  private final float[] values;

  /** Keeps {@code values} without a copy. */
  public Tensor(List<Integer> dimensions, float[] values) {
    long size = dimensions.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    if (size != values.length) {
      throw new IllegalArgumentException(
          "a tensor of shape " + dimensions + " can't hold " + values.length + " values");
    }
    this.dimensions = List.copyOf(dimensions);
    this.values = values;
  }

  /** Slowest first. */
  public List<Integer> dimensions() {
    return dimensions;
  }

  /** Row-major; not a copy. */
  public float[] values() {
    return values;
  }
}
