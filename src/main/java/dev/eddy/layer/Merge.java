package dev.eddy.layer;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Several streams of frames become one, frame number by frame number: branches that lag differently
 * are aligned by the network.
 *
 * @param how what is made of the frames
 */
public record Merge(How how) implements Operation {
  private static final int MANY = Integer.MAX_VALUE;

  /**
   * Element-wise over frames of one shape, but for concatenation and the product of matrices.
   * Comparisons and logic give 1 or 0; a value that is not 0 counts as true.
   */
  public enum How {
    ADD(2, MANY),
    SUBTRACT(2, 2),
    MULTIPLY(2, MANY),
    DIVIDE(2, 2),
    MAX(2, MANY),
    MIN(2, MANY),
    POWER(2, 2),
    /** What is left of a division rounded down, with the sign of the divisor: ONNX Mod. */
    MODULO(2, 2),
    /** What is left of a division rounded towards 0: ONNX Mod with {@code fmod = 1}. */
    REMAINDER(2, 2),
    EQUAL(2, 2),
    GREATER(2, 2),
    GREATER_OR_EQUAL(2, 2),
    LESS(2, 2),
    LESS_OR_EQUAL(2, 2),
    AND(2, MANY),
    OR(2, MANY),
    XOR(2, MANY),
    /** One after the other along the channels. */
    CONCAT(2, MANY),
    /** Where the first is true the second, else the third: ONNX Where. */
    SELECT(3, 3),
    /** {@code [m, k]} times {@code [k, n]}, or {@code [b, m, k]} times {@code [b, k, n]}. */
    MATRIX_PRODUCT(2, 2);

    private final int least;
    private final int most;

    How(int least, int most) {
      this.least = least;
      this.most = most;
    }

    /** Whether it makes each value of two, at their place. */
    public boolean elementWise() {
      return this != CONCAT && this != SELECT && this != MATRIX_PRODUCT;
    }

    /** The word that a description uses, such as {@code greater-or-equal}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public Merge {
    Objects.requireNonNull(how, "how");
  }

  @Override
  public String kind() {
    return how.word();
  }

  /**
   * The shape of the frames that go out.
   *
   * @param inputs at least 2
   * @throws IllegalArgumentException if frames of these shapes can't meet
   */
  public Shape output(List<Shape> inputs) {
    checkCount(inputs.size());
    Shape first = inputs.get(0);
    if (how == How.MATRIX_PRODUCT) {
      return MatrixProduct.output(first, inputs.get(1));
    }
    int channels = 0;
    for (Shape shape : inputs) {
      boolean fits =
          how == How.CONCAT
              ? shape.rank() == first.rank()
                  && Space.heightOf(shape) == Space.heightOf(first)
                  && Space.widthOf(shape) == Space.widthOf(first)
              : shape.equals(first);
      if (!fits) {
        throw new IllegalArgumentException("frames of " + first + " and " + shape + " can't meet");
      }
      channels += shape.channels();
    }
    return how == How.CONCAT
        ? Space.shape(first, channels, Space.heightOf(first), Space.widthOf(first))
        : first;
  }

  private void checkCount(int count) {
    if (count < how.least) {
      throw new IllegalArgumentException(
          "needs at least " + how.least + " layers to read from, got " + count);
    }
    if (count > how.most) {
      throw new IllegalArgumentException(
          "takes " + how.most + " layers to read from, got " + count);
    }
  }

  /**
   * What is done with frames of these shapes.
   *
   * @param inputs shapes that {@link #output} accepts
   */
  public MergeStep step(List<Shape> inputs) {
    int size = inputs.get(0).size();
    int count = inputs.size();
    return switch (how) {
      case CONCAT -> concat(inputs.stream().mapToInt(Shape::size).toArray());
      case SELECT ->
          (ins, inOffsets, out, outOffset) -> {
            for (int i = 0; i < size; i++) {
              int chosen = ins[0][inOffsets[0] + i] != 0f ? 1 : 2;
              out[outOffset + i] = ins[chosen][inOffsets[chosen] + i];
            }
          };
      case MATRIX_PRODUCT -> MatrixProduct.of(inputs.get(0), inputs.get(1));
      case ADD,
          SUBTRACT,
          MULTIPLY,
          DIVIDE,
          MAX,
          MIN,
          POWER,
          MODULO,
          REMAINDER,
          EQUAL,
          GREATER,
          GREATER_OR_EQUAL,
          LESS,
          LESS_OR_EQUAL,
          AND,
          OR,
          XOR ->
          (ins, inOffsets, out, outOffset) -> {
            ElementWise.apply(
                how, ins[0], inOffsets[0], ins[1], inOffsets[1], out, outOffset, size);
            for (int i = 2; i < count; i++) {
              ElementWise.apply(how, out, outOffset, ins[i], inOffsets[i], out, outOffset, size);
            }
          };
    };
  }

  private static MergeStep concat(int[] sizes) {
    return (ins, inOffsets, out, outOffset) -> {
      int at = outOffset;
      for (int i = 0; i < sizes.length; i++) {
        System.arraycopy(ins[i], inOffsets[i], out, at, sizes[i]);
        at += sizes[i];
      }
    };
  }
}
