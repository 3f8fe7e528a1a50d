package dev.eddy.model.onnx;

import java.util.Arrays;

/**
 * A tensor whose values are those of another one, elsewhere: transposed, sliced, repeated, padded.
 * Row-major, like everything.
 *
 * @param dimensions of the tensor made
 * @param from for each of its values the place of the value taken, {@link #NONE} for padding
 */
record Movement(int[] dimensions, int[] from) {
  static final int NONE = -1;

  private static final int MAX_SIZE = 1 << 24;

  /** How padding is filled. */
  enum Fill {
    CONSTANT,
    EDGE,
    REFLECT,
    WRAP
  }

  private interface Source {
    /** The place along one axis, or {@link #NONE}. */
    int of(int index);
  }

  static int size(int[] dimensions) {
    long size = 1;
    for (int dimension : dimensions) {
      size *= dimension;
      if (size > MAX_SIZE) {
        throw new IllegalArgumentException(
            "a tensor of shape " + Arrays.toString(dimensions) + " is too large to be worked on");
      }
    }
    return (int) size;
  }

  /** Whether nothing moves. */
  boolean isIdentity(int size) {
    if (from.length != size) {
      return false;
    }
    for (int i = 0; i < from.length; i++) {
      if (from[i] != i) {
        return false;
      }
    }
    return true;
  }

  /** Values from one index of an axis to the next. */
  static int[] strides(int[] dimensions) {
    int[] strides = new int[dimensions.length];
    int stride = 1;
    for (int axis = dimensions.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= dimensions[axis];
    }
    return strides;
  }

  /** The axes in another order: axis i of what is made is axis {@code order[i]}. */
  static Movement transpose(int[] dimensions, int[] order) {
    int[] made = new int[order.length];
    int[] steps = new int[order.length];
    int[] strides = strides(dimensions);
    for (int axis = 0; axis < order.length; axis++) {
      made[axis] = dimensions[order[axis]];
      steps[axis] = strides[order[axis]];
    }
    return walk(made, steps);
  }

  /**
   * The axes of a tensor in another order, without the list of places that a movement is: it may
   * hold most of a model's weights.
   */
  static OnnxTensor transposed(OnnxTensor tensor, int... order) {
    int rank = order.length;
    boolean same = true;
    int[] made = new int[rank];
    int[] steps = new int[rank];
    int[] strides = strides(tensor.dimensions());
    for (int axis = 0; axis < rank; axis++) {
      same &= order[axis] == axis;
      made[axis] = tensor.dimensions()[order[axis]];
      steps[axis] = strides[order[axis]];
    }
    if (same || tensor.size() == 0) {
      return same ? tensor : transpose(tensor.dimensions(), order).apply(tensor, 0);
    }
    float[] floats = tensor.type().isFloat() ? new float[tensor.size()] : null;
    long[] integers = floats == null ? new long[tensor.size()] : null;
    int[] index = new int[rank];
    int inner = rank - 1;
    for (int at = 0, place = 0; at < tensor.size(); ) {
      for (int i = 0; i < made[inner]; i++, at++, place += steps[inner]) {
        if (floats != null) {
          floats[at] = tensor.floats()[place];
        } else {
          integers[at] = tensor.integers()[place];
        }
      }
      place -= steps[inner] * made[inner];
      for (int axis = inner - 1; axis >= 0; axis--) {
        place += steps[axis];
        if (++index[axis] < made[axis]) {
          break;
        }
        place -= steps[axis] * made[axis];
        index[axis] = 0;
      }
    }
    return floats == null
        ? OnnxTensor.ofIntegers(tensor.type(), made, integers)
        : OnnxTensor.ofFloats(tensor.type(), made, floats);
  }

  /** Repeats axes of length 1 so that the shape becomes {@code target}, aligned at the right. */
  static Movement broadcast(int[] dimensions, int[] target) {
    int[] strides = strides(dimensions);
    int[] steps = new int[target.length];
    int lead = target.length - dimensions.length;
    for (int axis = lead; axis < target.length; axis++) {
      steps[axis] = dimensions[axis - lead] == 1 ? 0 : strides[axis - lead];
    }
    return walk(target.clone(), steps);
  }

  private static Movement walk(int[] made, int[] steps) {
    int[] from = new int[size(made)];
    int[] index = new int[made.length];
    int place = 0;
    for (int i = 0; i < from.length; i++) {
      from[i] = place;
      for (int axis = made.length - 1; axis >= 0; axis--) {
        place += steps[axis];
        if (++index[axis] < made[axis]) {
          break;
        }
        place -= steps[axis] * made[axis];
        index[axis] = 0;
      }
    }
    return new Movement(made, from);
  }

  private static Movement along(int[] dimensions, int axis, int length, Source source) {
    int[] made = dimensions.clone();
    made[axis] = length;
    int inner = strides(dimensions)[axis];
    int[] from = new int[size(made)];
    for (int i = 0; i < from.length; i++) {
      int outer = i / (inner * length);
      int at = source.of(i / inner % length);
      from[i] = at == NONE ? NONE : (outer * dimensions[axis] + at) * inner + i % inner;
    }
    return new Movement(made, from);
  }

  /** {@code count} places of an axis, from {@code start} every {@code step}-th. */
  static Movement slice(int[] dimensions, int axis, int start, int step, int count) {
    return along(dimensions, axis, count, i -> start + i * step);
  }

  /** The places of an axis that {@code indices} names. */
  static Movement gather(int[] dimensions, int axis, int[] indices) {
    return along(dimensions, axis, indices.length, i -> indices[i]);
  }

  /** The whole, again and again along an axis. */
  static Movement tile(int[] dimensions, int axis, int times) {
    return along(dimensions, axis, dimensions[axis] * times, i -> i % dimensions[axis]);
  }

  /** More at both ends of an axis; less where a number is negative. */
  static Movement pad(int[] dimensions, int axis, int before, int after, Fill fill) {
    int length = dimensions[axis];
    return along(dimensions, axis, length + before + after, i -> source(i - before, length, fill));
  }

  private static int source(int index, int length, Fill fill) {
    if (index >= 0 && index < length) {
      return index;
    }
    return switch (fill) {
      case CONSTANT -> NONE;
      case EDGE -> index < 0 ? 0 : length - 1;
      case REFLECT -> {
        int period = Math.max(1, 2 * (length - 1));
        int phase = Math.floorMod(index, period);
        yield phase < length ? phase : period - phase;
      }
      case WRAP -> Math.floorMod(index, length);
    };
  }

  /** This after {@code first}. */
  Movement after(Movement first) {
    int[] made = new int[from.length];
    for (int i = 0; i < made.length; i++) {
      made[i] = from[i] == NONE ? NONE : first.from[from[i]];
    }
    return new Movement(dimensions, made);
  }

  OnnxTensor apply(OnnxTensor tensor, double fill) {
    if (tensor.type().isFloat()) {
      float[] values = tensor.floats();
      float[] made = new float[from.length];
      for (int i = 0; i < made.length; i++) {
        made[i] = from[i] == NONE ? (float) fill : values[from[i]];
      }
      return OnnxTensor.ofFloats(dimensions, made);
    }
    long[] values = tensor.integers();
    long[] made = new long[from.length];
    for (int i = 0; i < made.length; i++) {
      made[i] = from[i] == NONE ? (long) fill : values[from[i]];
    }
    return OnnxTensor.ofIntegers(tensor.type(), dimensions, made);
  }
}
