package dev.eddy.kernel;

import java.util.Objects;

/**
 * A weight matrix {@code W}, packed for {@code y += W x}; immutable, shared by all threads.
 *
 * <p>Packed in panels of {@value #PANEL} outputs, each panel by columns: the weights that one input
 * value meets lie side by side, one for each output of the panel. A product runs along the outputs,
 * which is what vector registers want, keeps a panel's outputs in registers, and reads the weights
 * from the first to the last, once. Where outputs don't fill the last panel, it is narrower; fewer
 * than {@value #STEP} are left to the panel before. What a panel lacks to a multiple of {@value
 * #STEP} is filled with zeros that no product reads, so that every column starts on a boundary of
 * the widest register wherever the first one does.
 */
public final class Matrix {
  static final int PANEL = 128; // outputs; eight of the widest registers
  static final int STEP = 16; // floats of a cache line

  /**
   * Floats before the first weight: with the 16 bytes of an array's header they fill a cache line,
   * so that weights start on one if the array itself does.
   */
  private static final int LEAD = 12;

  final float[] packed; // [panels][columns][width]
  final int rows;
  final int columns;
  final int panels;

  private Matrix(float[] packed, int rows, int columns) {
    this.packed = packed;
    this.rows = rows;
    this.columns = columns;
    this.panels = panels(rows);
  }

  /** The rows of a matrix on their way into their panels. */
  @FunctionalInterface
  public interface Rows {
    /** Writes one row, from the array's first place on. */
    void write(int row, float[] to);
  }

  /**
   * Packs a row-major matrix; copies.
   *
   * @param rowMajor {@code [rows][columns]}, as PyTorch keeps the weight of a linear layer
   * @throws IllegalArgumentException if the length is not {@code rows * columns}, or if the packed
   *     matrix would be longer than an array can be
   */
  public static Matrix ofRows(float[] rowMajor, int rows, int columns) {
    Objects.requireNonNull(rowMajor, "rowMajor");
    if ((long) rows * columns != rowMajor.length) {
      throw new IllegalArgumentException(
          "matrix of " + rows + " x " + columns + " can't hold " + rowMajor.length + " values");
    }
    return ofRows(rowMajor, 0, rows, columns);
  }

  /**
   * Packs a row-major matrix that begins somewhere in an array; copies.
   *
   * @throws IndexOutOfBoundsException if the array ends before the matrix
   */
  public static Matrix ofRows(float[] values, int offset, int rows, int columns) {
    return ofRows(
        (row, to) -> System.arraycopy(values, offset + row * columns, to, 0, columns),
        rows,
        columns);
  }

  /**
   * Packs the rows that a source writes one after the other, so that a matrix whose values stand in
   * another order needs no copy of its own.
   *
   * @throws IllegalArgumentException if the packed matrix would be longer than an array can be
   */
  public static Matrix ofRows(Rows source, int rows, int columns) {
    long length = LEAD + (rows + STEP - 1L) * columns;
    if (length > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "matrix of " + rows + " x " + columns + " is too large to be packed");
    }
    Matrix matrix = new Matrix(new float[(int) length], rows, columns);
    float[] one = new float[columns];
    for (int panel = 0; panel < matrix.panels; panel++) {
      int first = panel * PANEL;
      for (int row = 0; row < matrix.width(panel); row++) {
        source.write(first + row, one);
        int to = matrix.start(panel) + row;
        for (int column = 0; column < columns; column++) {
          matrix.packed[to] = one[column];
          to += matrix.stride(panel);
        }
      }
    }
    return matrix;
  }

  private static int panels(int rows) {
    int full = rows / PANEL;
    return full == 0 || rows % PANEL >= STEP ? full + 1 : full;
  }

  /** Outputs of a panel. */
  int width(int panel) {
    return panel < panels - 1 ? PANEL : rows - panel * PANEL;
  }

  /** Where a panel's first column starts in {@link #packed}. */
  int start(int panel) {
    return LEAD + panel * PANEL * columns;
  }

  /** Floats from one column of a panel to the next. */
  int stride(int panel) {
    int width = width(panel);
    return width < STEP ? width : (width + STEP - 1) / STEP * STEP;
  }

  /**
   * How many sums each output of a panel is made of: the fewer outputs are computed side by side,
   * the more, so that enough multiply-adds don't wait for each other. Input {@code i} goes into sum
   * {@code i % chains}.
   */
  static int chains(int width) {
    return width >= 64 ? 1 : width >= 32 ? 2 : 4;
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
