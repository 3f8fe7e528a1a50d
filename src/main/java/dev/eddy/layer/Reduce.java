package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * One value of each line along an axis of the frame, which then has length 1: ONNX ReduceSum and
 * its kin, ArgMax and ArgMin.
 *
 * @param how what is made of a line
 * @param axis 0 for channels, then height and width, or width alone
 */
public record Reduce(How how, int axis) implements Layer {

  /** What is made of the values of a line. */
  public enum How {
    SUM,
    MEAN,
    MAX,
    MIN,
    PRODUCT,
    SUM_OF_SQUARES,
    /** Sum of the magnitudes. */
    L1,
    /** Root of the sum of squares. */
    L2,
    LOG_SUM,
    /** Logarithm of the sum of exponentials, whose arguments may be large. */
    LOG_SUM_EXP,
    /** Index of the largest, the first of several. */
    ARG_MAX,
    /** Index of the smallest, the first of several. */
    ARG_MIN,
    ARG_MAX_LAST,
    ARG_MIN_LAST;

    /** The word that a description uses, such as {@code log-sum-exp}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public Reduce {
    Objects.requireNonNull(how, "how");
    Checks.inRange("axis", axis, 0, 2);
  }

  @Override
  public String kind() {
    return "reduce";
  }

  @Override
  public Shape output(Shape input) {
    if (axis >= input.rank()) {
      throw new IllegalArgumentException("frames of " + input + " have no axis " + axis);
    }
    return input.withDimension(axis, 1);
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    int stride = input.stride(axis);
    int length = input.dimension(axis);
    int lines = input.size() / length;
    return new Step() {
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
        for (int line = 0; line < lines; line++) {
          int from = inOffset + line / stride * length * stride + line % stride;
          out[outOffset + line] = Reduction.of(how, in, from, stride, from + length * stride);
        }
        return 1;
      }
    };
  }
}
