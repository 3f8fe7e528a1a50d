package dev.eddy.model.onnx;

import java.util.Arrays;

/**
 * A constant of a model: float32 values, or int64 ones, row-major. Not copied: whoever gets the
 * values must not change them.
 */
final class OnnxTensor {
  private final ElementType type;
  private final int[] dimensions;
  private final float[] floats; // null where integers isn't
  private final long[] integers;

  private OnnxTensor(ElementType type, int[] dimensions, float[] floats, long[] integers) {
    this.type = type;
    this.dimensions = dimensions;
    this.floats = floats;
    this.integers = integers;
    if (Arrays.stream(dimensions).asLongStream().reduce(1, Math::multiplyExact) != size()) {
      throw new IllegalArgumentException(
          "a tensor of shape " + Arrays.toString(dimensions) + " can't hold " + size() + " values");
    }
  }

  /** A tensor of type FLOAT; the arrays are not copied. */
  static OnnxTensor ofFloats(int[] dimensions, float[] values) {
    return ofFloats(ElementType.FLOAT, dimensions, values);
  }

  /** A tensor that the file holds in another float type. */
  static OnnxTensor ofFloats(ElementType type, int[] dimensions, float[] values) {
    if (!type.isFloat()) {
      throw new IllegalArgumentException(type + " is not a float type");
    }
    return new OnnxTensor(type, dimensions, values, null);
  }

  /** A tensor of an integer type or BOOL; the arrays are not copied. */
  static OnnxTensor ofIntegers(ElementType type, int[] dimensions, long[] values) {
    if (!type.isInteger()) {
      throw new IllegalArgumentException(type + " is not an integer type");
    }
    return new OnnxTensor(type, dimensions, null, values);
  }

  /** As the file holds it: {@code DOUBLE} where {@link #floats} were made from such. */
  ElementType type() {
    return type;
  }

  /** Slowest first; none for a scalar. Not a copy. */
  int[] dimensions() {
    return dimensions;
  }

  int rank() {
    return dimensions.length;
  }

  /** How many values it holds. */
  int size() {
    return floats == null ? integers.length : floats.length;
  }

  /**
   * The values of a tensor of a float type, as float32; not a copy.
   *
   * @throws IllegalArgumentException if it is of another type
   */
  float[] floats() {
    if (floats == null) {
      throw new IllegalArgumentException(
          "an input of type " + type + " stands where floats belong");
    }
    return floats;
  }

  /**
   * The values of a tensor of an integer type or BOOL; not a copy.
   *
   * @throws IllegalArgumentException if it is of another type
   */
  long[] integers() {
    if (integers == null) {
      throw new IllegalArgumentException(
          "an input of type " + type + " stands where whole numbers belong");
    }
    return integers;
  }
}
