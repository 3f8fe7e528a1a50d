package dev.eddy.kernel;

import java.util.Objects;

/**
 * A weight matrix {@code W}, packed for {@code y += W x}; immutable, shared by all threads.
 *
 * <p>Packed by columns: the weights that one input value meets lie side by side, one for each
 * output. A product then runs along the outputs, which is what vector registers want, and every
 * output is the sum of its terms in the order of the inputs, whatever the width of a register.
 */
public final class Matrix {
  final float[] packed; // [columns][rows]
  final int rows;
  final int columns;

  private Matrix(float[] packed, int rows, int columns) {
    this.packed = packed;
    this.rows = rows;
    this.columns = columns;
  }

  /**
   * Packs a row-major matrix; copies.
   *
   * @param rowMajor {@code [rows][columns]}, as PyTorch keeps the weight of a linear layer
   * @throws IllegalArgumentException if the length is not {@code rows * columns}
   */
  public static Matrix ofRows(float[] rowMajor, int rows, int columns) {
    Objects.requireNonNull(rowMajor, "rowMajor");
    if ((long) rows * columns != rowMajor.length) {
      throw new IllegalArgumentException(
          "matrix of " + rows + " x " + columns + " can't hold " + rowMajor.length + " values");
    }
    float[] packed = new float[rowMajor.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        packed[column * rows + row] = rowMajor[row * columns + column];
      }
    }
    return new Matrix(packed, rows, columns);
  }

  /** Outputs. */
  public int rows() {
    return rows;
  }

  /** Inputs. */
  public int columns() {
    return columns;
  }
}
