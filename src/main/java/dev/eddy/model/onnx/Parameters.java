package dev.eddy.model.onnx;

import java.util.Arrays;

/** What operators take as an attribute or, of later opsets, as an input. */
final class Parameters {
  private Parameters() {}

  /** An axis from 0; negative ones count from the end. */
  static int axis(OnnxNode node, long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw node.error(
          "axis "
              + axis
              + " is out of range for a tensor of rank "
              + rank
              + "; accepted: "
              + -rank
              + ".."
              + (rank - 1));
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  static int[] axes(OnnxNode node, long[] axes, int rank) {
    return Arrays.stream(axes).mapToInt(axis -> axis(node, axis, rank)).toArray();
  }

  /** An input, or else an attribute; null where neither is there. */
  static long[] integers(OnnxNode node, OnnxTensor[] inputs, int input, String attribute) {
    if (input < inputs.length && inputs[input] != null) {
      return inputs[input].integers();
    }
    return node.has(attribute) ? node.integers(attribute, null) : null;
  }

  /** One number of an input, or else an attribute. */
  static double number(OnnxTensor tensor, double otherwise) {
    if (tensor == null || tensor.size() == 0) {
      return otherwise;
    }
    return tensor.type().isFloat() ? tensor.floats()[0] : tensor.integers()[0];
  }

  /** Whether a list holds a value. */
  static boolean contains(int[] list, int value) {
    return Arrays.stream(list).anyMatch(other -> other == value);
  }

  /**
   * A target shape with its 0 (copied) and -1 (what is left) filled in.
   *
   * @param dimensions of the tensor that is reshaped
   */
  static int[] reshaped(OnnxNode node, int[] dimensions, long[] target) {
    boolean zeros = node.integer("allowzero", 0) != 0;
    long size = Arrays.stream(dimensions).asLongStream().reduce(1, Math::multiplyExact);
    int[] made = new int[target.length];
    int left = -1;
    long known = 1;
    for (int axis = 0; axis < made.length; axis++) {
      if (target[axis] == -1 && left < 0) {
        left = axis;
        continue;
      }
      if (target[axis] == 0 && !zeros && axis >= dimensions.length || target[axis] < 0) {
        throw unfit(node, dimensions, target);
      }
      made[axis] = target[axis] == 0 && !zeros ? dimensions[axis] : Math.toIntExact(target[axis]);
      known = Math.multiplyExact(known, (long) made[axis]);
    }
    if (left >= 0 ? known == 0 || size % known != 0 : known != size) {
      throw unfit(node, dimensions, target);
    }
    if (left >= 0) {
      made[left] = Math.toIntExact(size / known);
    }
    return made;
  }

  private static RuntimeException unfit(OnnxNode node, int[] dimensions, long[] target) {
    return node.error(
        "a tensor of shape "
            + Arrays.toString(dimensions)
            + " can't be reshaped to "
            + Arrays.toString(target));
  }

  /** The dimensions without some axes, or without all of length 1. */
  static int[] squeezed(OnnxNode node, int[] dimensions, long[] axes) {
    int[] gone =
        axes == null
            ? java.util.stream.IntStream.range(0, dimensions.length)
                .filter(axis -> dimensions[axis] == 1)
                .toArray()
            : axes(node, axes, dimensions.length);
    for (int axis : gone) {
      if (dimensions[axis] != 1) {
        throw node.error(
            "axis "
                + axis
                + " of a tensor of shape "
                + Arrays.toString(dimensions)
                + " can't be squeezed: its length is not 1");
      }
    }
    return java.util.stream.IntStream.range(0, dimensions.length)
        .filter(axis -> !contains(gone, axis))
        .map(axis -> dimensions[axis])
        .toArray();
  }

  /** The dimensions with more axes of length 1, which stand at {@code axes} afterwards. */
  static int[] unsqueezed(OnnxNode node, int[] dimensions, long[] axes) {
    if (axes == null) {
      throw node.error("has no axes");
    }
    int rank = dimensions.length + axes.length;
    int[] added = axes(node, axes, rank);
    int[] made = new int[rank];
    int at = 0;
    for (int axis = 0; axis < rank; axis++) {
      if (!contains(added, axis) && at == dimensions.length) {
        throw node.error("axes " + Arrays.toString(axes) + " name an axis twice");
      }
      made[axis] = contains(added, axis) ? 1 : dimensions[at++];
    }
    return made;
  }

  /** A stretch of an axis. */
  record Stretch(int axis, int start, int step, int count) {}

  /** What a Slice takes of each axis that it names. */
  static Stretch[] slices(OnnxNode node, OnnxTensor[] inputs, int[] dimensions) {
    long[] starts = integers(node, inputs, 1, "starts");
    long[] ends = integers(node, inputs, 2, "ends");
    if (starts == null || ends == null || starts.length != ends.length) {
      throw node.error("starts and ends must be there, equally many");
    }
    long[] axes = integers(node, inputs, 3, "axes");
    long[] steps = inputs.length > 4 && inputs[4] != null ? inputs[4].integers() : null;
    Stretch[] stretches = new Stretch[starts.length];
    for (int i = 0; i < starts.length; i++) {
      int axis = axis(node, axes == null ? i : axes[i], dimensions.length);
      stretches[i] =
          stretch(node, axis, starts[i], ends[i], steps == null ? 1 : steps[i], dimensions[axis]);
    }
    return stretches;
  }

  private static Stretch stretch(
      OnnxNode node, int axis, long start, long end, long step, int length) {
    if (step == 0 || Math.abs(step) > Integer.MAX_VALUE) {
      throw node.error("a step must not be 0, got " + step);
    }
    long first = Math.max(-length, Math.min(length, start));
    long last = Math.max(-length - 1L, Math.min(length, end));
    first = first < 0 ? first + length : first;
    last = last < 0 ? last + length : last;
    first = step > 0 ? first : Math.min(first, length - 1L);
    long count = step > 0 ? (last - first + step - 1) / step : (first - last - step - 1) / -step;
    return new Stretch(axis, (int) first, (int) step, (int) Math.max(0, count));
  }
}
