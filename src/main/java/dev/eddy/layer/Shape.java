package dev.eddy.layer;

import java.util.Arrays;
import java.util.List;

/**
 * The shape of a frame: {@code [channels]}, {@code [channels, width]} or {@code [channels, height,
 * width]}, values row-major; immutable.
 */
public final class Shape {
  static final int MAX_SIZE = 1 << 24;

  private final int[] dimensions;
  private final int size;

  private Shape(int[] dimensions) {
    if (dimensions.length < 1 || dimensions.length > 3) {
      throw new IllegalArgumentException(
          "a frame has 1 to 3 dimensions (channels, height, width), got "
              + Arrays.toString(dimensions));
    }
    long product = 1;
    for (int dimension : dimensions) {
      if (dimension < 1) {
        throw new IllegalArgumentException(
            "every dimension of a frame must be at least 1, got " + Arrays.toString(dimensions));
      }
      product *= dimension;
      if (product > MAX_SIZE) {
        throw new IllegalArgumentException(
            "a frame holds at most " + MAX_SIZE + " values, got " + Arrays.toString(dimensions));
      }
    }
    this.dimensions = dimensions;
    this.size = (int) product;
  }

  /**
   * A shape, slowest dimension first; copies.
   *
   * @throws IllegalArgumentException unless there are 1 to 3 dimensions of at least 1, at most 2^24
   *     values
   */
  public static Shape of(int... dimensions) {
    return new Shape(dimensions.clone());
  }

  public int channels() {
    return dimensions[0];
  }

  /** Values in a frame. */
  public int size() {
    return size;
  }

  /** Values of each channel: width times height, 1 where there is neither. */
  public int positions() {
    return size / dimensions[0];
  }

  /** 1, 2 or 3. */
  public int rank() {
    return dimensions.length;
  }

  public int dimension(int index) {
    return dimensions[index];
  }

  /** Values from one index of a dimension to the next. */
  int stride(int index) {
    int stride = 1;
    for (int i = index + 1; i < dimensions.length; i++) {
      stride *= dimensions[i];
    }
    return stride;
  }

  /** All dimensions, slowest first. */
  public List<Integer> dimensions() {
    return Arrays.stream(dimensions).boxed().toList();
  }

  /** This shape with another length along one dimension. */
  public Shape withDimension(int index, int length) {
    int[] changed = dimensions.clone();
    changed[index] = length;
    return new Shape(changed);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dimensions, shape.dimensions);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dimensions);
  }

  /** Such as {@code [16]} or {@code [1, 28, 28]}. */
  @Override
  public String toString() {
    return Arrays.toString(dimensions);
  }
}
