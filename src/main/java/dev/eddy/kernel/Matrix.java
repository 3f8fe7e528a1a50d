package dev.eddy.kernel;

import java.util.Objects;

/**
 * Weights {@code W} and a bias {@code b}, packed for {@code y = b + W x}; immutable, shared by all
 * threads.
 *
 * <p>Packed in panels of {@value #PANEL} outputs, and then one of 64, of 32 and of {@value #LINE},
 * as many as it takes; what is left over is the end of a last panel of {@value #LINE}, which
 * computes some outputs a second time. A panel is its biases and then its weights by columns: those
 * that one input value meets lie side by side. So a product runs along the outputs, which is what
 * vector registers want, keeps a panel's outputs in registers, and reads the weights from the first
 * to the last, once. A panel of {@value #PANEL} has four strips, one behind the other: registers of
 * 512 bits read all of them side by side, those of 256 two and two. Memory gives more in several
 * such streams than in one. A small matrix, which stays in the level-1 cache, has no strips: its
 * floor is the instructions that find its weights, and one place is found sooner than four.
 *
 * <p>Every panel and column starts on a cache line if the array does, but for matrices of fewer
 * than 8 outputs, which are packed by columns without gaps.
 */
public final class Matrix {
  static final int PANEL = 128; // outputs; eight of the widest registers
  static final int STRIP = 32; // outputs
  static final int LINE = 16; // floats of a cache line

  /** Floats, with the biases, that the level-1 cache holds. */
  private static final int SMALL = 8192;

  /** Outputs that make a panel of {@value #LINE}, where there are no more. */
  private static final int FEW = 8;

  /** {@code [panels][1 + columns][stride]}, a PANEL's columns {@code [strips][columns][strip]}. */
  final float[] packed;

  final int rows;
  final int columns;
  final int strip; // outputs that lie side by side in a PANEL: STRIP, or all of them
  final int[] firstRows; // [panels]
  final int[] starts; // [panels] where each lies in packed
  final int[] strides; // [panels] floats from one column to the next; of a PANEL, all strips'

  private Matrix(int rows, int columns, WeightStore.Places places) {
    this.rows = rows;
    this.columns = columns;
    int panels = rows < LINE ? 1 : rows / PANEL + Integer.bitCount(rows % PANEL / LINE);
    boolean overlapping = overlaps(rows);
    this.firstRows = new int[overlapping ? panels + 1 : panels];
    this.strides = new int[firstRows.length];
    int row = 0;
    for (int panel = 0; panel < panels; panel++) {
      firstRows[panel] = row;
      strides[panel] = stride(rows - row);
      row += strides[panel];
    }
    if (overlapping) {
      firstRows[panels] = rows - LINE;
      strides[panels] = LINE;
    }
    this.starts = new int[firstRows.length];
    long length = 0;
    for (int panel = 0; panel < starts.length; panel++) {
      length += (1L + columns) * strides[panel];
    }
    this.strip = length <= SMALL ? PANEL : STRIP;
    WeightStore.Place place = places.take(length, rows, columns);
    this.packed = place.array();
    int at = place.offset();
    for (int panel = 0; panel < starts.length; panel++) {
      starts[panel] = at;
      at += (1 + columns) * strides[panel];
    }
  }

  private static int stride(int rows) {
    if (rows >= LINE) {
      return Math.min(PANEL, Integer.highestOneBit(rows));
    }
    return rows < FEW ? rows : LINE;
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
   * @param bias one value a row
   * @throws IllegalArgumentException if the lengths don't fit, or if the packed matrix would be
   *     longer than an array can be
   */
  public static Matrix ofRows(float[] rowMajor, float[] bias, int columns) {
    Objects.requireNonNull(rowMajor, "rowMajor");
    int rows = bias.length;
    if ((long) rows * columns != rowMajor.length) {
      throw new IllegalArgumentException(
          "matrix of " + rows + " x " + columns + " can't hold " + rowMajor.length + " values");
    }
    return ofRows(
        (row, to) -> System.arraycopy(rowMajor, row * columns, to, 0, columns), bias, columns);
  }

  /**
   * Packs the rows that a source writes one after the other, so that a matrix whose values stand in
   * another order needs no copy of its own.
   *
   * @param bias one value a row
   * @throws IllegalArgumentException if the packed matrix would be longer than an array can be
   */
  public static Matrix ofRows(Rows source, float[] bias, int columns) {
    return ofRows(source, bias, columns, WeightStore::alone);
  }

  static Matrix ofRows(Rows source, float[] bias, int columns, WeightStore.Places places) {
    Matrix matrix = new Matrix(bias.length, columns, places);
    float[] one = new float[columns];
    for (int panel = 0; panel < matrix.starts.length; panel++) {
      for (int row = 0; row < matrix.width(panel); row++) {
        int from = matrix.firstRows[panel] + row;
        source.write(from, one);
        matrix.packed[matrix.starts[panel] + row] = bias[from];
        matrix.pack(panel, row, one);
      }
    }
    return matrix;
  }

  private void pack(int panel, int row, float[] values) {
    int step = columnStep(panel);
    int to = starts[panel] + strides[panel] + row / step * step * columns + row % step;
    for (float value : values) {
      packed[to] = value;
      to += step;
    }
  }

  /**
   * Panels that may be computed in any order. Behind them there is the one that computes outputs a
   * second time, or none: with as many sums as it has, these are the ones that count.
   */
  int apart() {
    return overlaps(rows) ? starts.length - 1 : starts.length;
  }

  private static boolean overlaps(int rows) {
    return rows > LINE && rows % LINE > 0;
  }

  /** Outputs of a panel. */
  int width(int panel) {
    return Math.min(strides[panel], rows - firstRows[panel]);
  }

  /** Whether a panel of {@value #PANEL} has several; narrower ones never have. */
  boolean hasStrips() {
    return strip != PANEL;
  }

  /** Floats from one column to the next. */
  int columnStep(int panel) {
    return strides[panel] == PANEL ? strip : strides[panel];
  }

  /**
   * How many sums each output of a panel is made of: the fewer outputs are computed side by side,
   * the more, so that eight of the widest registers' multiply-adds don't wait for each other.
   */
  int chains(int panel) {
    return strides[panel] < LINE ? PANEL / LINE : PANEL / strides[panel];
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
