package dev.eddy.layer;

import java.util.Arrays;

/** The products of matrices that two frames hold: {@code [b, m, k]} times {@code [b, k, n]}. */
final class MatrixProduct implements MergeStep {
  private final int batch;
  private final int rows; // m
  private final int inner; // k
  private final int columns; // n

  private MatrixProduct(int batch, int rows, int inner, int columns) {
    this.batch = batch;
    this.rows = rows;
    this.inner = inner;
    this.columns = columns;
  }

  /** The shape of the product; throws where there is none. */
  static Shape output(Shape left, Shape right) {
    int rank = left.rank();
    boolean fits =
        rank > 1
            && right.rank() == rank
            && (rank == 2 || left.channels() == right.channels())
            && left.dimension(rank - 1) == right.dimension(rank - 2);
    if (!fits) {
      throw new IllegalArgumentException(
          "takes frames of [m, k] and [k, n], or [b, m, k] and [b, k, n], got "
              + left
              + " and "
              + right);
    }
    return left.withDimension(rank - 1, right.dimension(rank - 1));
  }

  static MatrixProduct of(Shape left, Shape right) {
    int rank = left.rank();
    return new MatrixProduct(
        rank == 2 ? 1 : left.channels(),
        left.dimension(rank - 2),
        left.dimension(rank - 1),
        right.dimension(rank - 1));
  }

  /** Row by row of the left one, so that the innermost loop runs along rows of the right one. */
  @Override
  public void meet(float[][] ins, int[] inOffsets, float[] out, int outOffset) {
    float[] left = ins[0];
    float[] right = ins[1];
    Arrays.fill(out, outOffset, outOffset + batch * rows * columns, 0f);
    for (int row = 0; row < batch * rows; row++) {
      int y = outOffset + row * columns;
      for (int i = 0; i < inner; i++) {
        float factor = left[inOffsets[0] + row * inner + i];
        int x = inOffsets[1] + (row / rows * inner + i) * columns;
        for (int column = 0; column < columns; column++) {
          out[y + column] = Math.fma(factor, right[x + column], out[y + column]);
        }
      }
    }
  }
}
