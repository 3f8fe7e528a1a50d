package dev.eddy.model.onnx;

import dev.eddy.model.ModelException;
import java.util.Arrays;
import java.util.function.Function;

/** Tensors that say of their values only those that are not zero. */
final class Sparse {
  private Sparse() {}

  /**
   * The same tensor with all its values.
   *
   * @param indices places in the tensor, or a place on each axis
   * @param size the product of the dimensions
   */
  static OnnxTensor dense(
      OnnxTensor values,
      OnnxTensor indices,
      int[] dimensions,
      int size,
      Function<String, ModelException> error) {
    int count = values.size();
    boolean fits =
        indices.type() == ElementType.INT64
            && values.rank() == 1
            && (indices.rank() == 1 && indices.size() == count
                || indices.rank() == 2
                    && indices.dimensions()[0] == count
                    && indices.dimensions()[1] == dimensions.length);
    if (!fits) {
      throw error.apply(
          "has values of shape "
              + Arrays.toString(values.dimensions())
              + " and indices of shape "
              + Arrays.toString(indices.dimensions())
              + ", which don't fit the dimensions "
              + Arrays.toString(dimensions));
    }
    float[] floats = values.type().isFloat() ? new float[size] : null;
    long[] integers = values.type().isFloat() ? null : new long[size];
    for (int i = 0; i < count; i++) {
      int place = place(indices, i, dimensions, size, error);
      if (floats != null) {
        floats[place] = values.floats()[i];
      } else {
        integers[place] = values.integers()[i];
      }
    }
    return floats != null
        ? OnnxTensor.ofFloats(values.type(), dimensions, floats)
        : OnnxTensor.ofIntegers(values.type(), dimensions, integers);
  }

  private static int place(
      OnnxTensor indices,
      int at,
      int[] dimensions,
      int size,
      Function<String, ModelException> error) {
    long place = 0;
    boolean fits = true;
    if (indices.rank() == 1) {
      place = indices.integers()[at];
      fits = place >= 0 && place < size;
    }
    for (int axis = 0; indices.rank() == 2 && axis < dimensions.length; axis++) {
      long index = indices.integers()[at * dimensions.length + axis];
      fits &= index >= 0 && index < dimensions[axis];
      place = place * dimensions[axis] + index;
    }
    if (!fits) {
      throw error.apply(
          "has the index " + at + " beyond its dimensions " + Arrays.toString(dimensions));
    }
    return (int) place;
  }
}
