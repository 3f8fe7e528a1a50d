package dev.eddy.layer;

import dev.eddy.kernel.Kernels;

/**
 * A stretch of a frame along one dimension, as Python's {@code [start:end]}.
 *
 * @param axis 0 for channels, then height and width, or width alone
 * @param start the first that stays, from 0
 * @param end the first that doesn't; {@link #TO_THE_END} for none
 */
public record Slice(int axis, int start, int end) implements Layer {
  public static final int TO_THE_END = Integer.MAX_VALUE;

  public Slice {
    Checks.inRange("axis", axis, 0, 2);
    if (start < 0 || end <= start) {
      throw new IllegalArgumentException(
          "a slice goes from a start of at least 0 to an end above it, got " + start + ":" + end);
    }
  }

  @Override
  public String kind() {
    return "slice";
  }

  @Override
  public Shape output(Shape input) {
    if (axis >= input.rank()) {
      throw new IllegalArgumentException("frames of " + input + " have no axis " + axis);
    }
    int length = input.dimension(axis);
    if (start >= length || end != TO_THE_END && end > length) {
      throw new IllegalArgumentException(
          "axis "
              + axis
              + " of "
              + input
              + " has no "
              + start
              + ":"
              + (end == TO_THE_END ? "" : end));
    }
    return input.withDimension(axis, (end == TO_THE_END ? length : end) - start);
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    int inner = input.stride(axis);
    int kept = output(input).dimension(axis) * inner; // values side by side that stay
    int all = input.dimension(axis) * inner;
    int[] from = new int[output(input).size()];
    for (int i = 0; i < from.length; i++) {
      from[i] = i / kept * all + start * inner + i % kept;
    }
    return new PickStep(from);
  }
}
