package dev.eddy.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin of {@link ScalarProducts}.
 *
 * <p>A product keeps up to eight registers of sums while it walks over the inputs: a broadcast of
 * one, then a fused multiply-add for each register. Each waits four cycles for the one before it in
 * its chain, so eight sums at once keep two units busy; where the outputs fill fewer registers,
 * each has two chains or four ({@link VectorNarrowProducts}). Weights are read as they lie, outputs
 * are read and written once. The floor is the traffic of the weights: 4 bytes for each
 * multiply-add.
 *
 * <p>A last register that is only partly needed is laid over the one before it, so that both end
 * with the outputs; what lies in both is computed in both, alike. Fewer outputs than one register
 * holds are left to the scalar code.
 *
 * <p>No routine here calls a method of Eddy's own with a vector: the compiler inlines those of the
 * Vector API whatever the size of the caller, others only up to a limit, and a call that is not
 * inlined allocates its vectors. Hence the repetition.
 */
final class VectorProducts {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();

  private VectorProducts() {}

  /** {@code y = z + W x}, where {@code z} may be {@code y} itself. */
  static void affine(
      Matrix w, float[] z, int zOffset, float[] x, int xOffset, float[] y, int yOffset) {
    for (int panel = 0; panel < w.panels; panel++) {
      int row = panel * Matrix.PANEL;
      panel(
          w.packed,
          w.start(panel),
          w.stride(panel),
          w.width(panel),
          w.columns,
          z,
          zOffset + row,
          x,
          xOffset,
          y,
          yOffset + row);
    }
  }

  static void panel(
      float[] w,
      int start,
      int stride,
      int width,
      int columns,
      float[] z,
      int zAt,
      float[] x,
      int xAt,
      float[] y,
      int yAt) {
    if (width < LANES) {
      ScalarProducts.panel(w, start, stride, width, columns, z, zAt, x, xAt, y, yAt);
    } else if (Matrix.chains(width) == 1) {
      rows(w, start, stride, width, columns, z, zAt, x, xAt, y, yAt);
    } else {
      VectorNarrowProducts.panel(w, start, stride, width, columns, z, zAt, x, xAt, y, yAt);
    }
  }

  /** Rows of a panel with one chain: as many as a register holds, or more. */
  static void rows(
      float[] w,
      int start,
      int stride,
      int width,
      int columns,
      float[] z,
      int zAt,
      float[] x,
      int xAt,
      float[] y,
      int yAt) {
    int overlapping = width % LANES == 0 ? 0 : LANES + width % LANES; // of the last two registers
    int whole = width - overlapping;
    int row = 0;
    for (; row <= whole - 8 * LANES; row += 8 * LANES) {
      block8(w, start + row, stride, columns, z, zAt + row, x, xAt, y, yAt + row);
    }
    if (row <= whole - 4 * LANES) {
      block4(w, start + row, stride, columns, z, zAt + row, x, xAt, y, yAt + row);
      row += 4 * LANES;
    }
    if (row <= whole - 2 * LANES) {
      block2(w, start + row, stride, LANES, columns, z, zAt + row, x, xAt, y, yAt + row);
      row += 2 * LANES;
    }
    if (row <= whole - LANES) {
      block1(w, start + row, stride, columns, z, zAt + row, x, xAt, y, yAt + row);
      row += LANES;
    }
    if (overlapping > 0) {
      int second = overlapping - LANES;
      block2(w, start + row, stride, second, columns, z, zAt + row, x, xAt, y, yAt + row);
    }
  }

  private static void block8(
      float[] w,
      int start,
      int stride,
      int columns,
      float[] z,
      int zAt,
      float[] x,
      int xAt,
      float[] y,
      int yAt) {
    FloatVector y0 = FloatVector.fromArray(FLOATS, z, zAt);
    FloatVector y1 = FloatVector.fromArray(FLOATS, z, zAt + LANES);
    FloatVector y2 = FloatVector.fromArray(FLOATS, z, zAt + 2 * LANES);
    FloatVector y3 = FloatVector.fromArray(FLOATS, z, zAt + 3 * LANES);
    FloatVector y4 = FloatVector.fromArray(FLOATS, z, zAt + 4 * LANES);
    FloatVector y5 = FloatVector.fromArray(FLOATS, z, zAt + 5 * LANES);
    FloatVector y6 = FloatVector.fromArray(FLOATS, z, zAt + 6 * LANES);
    FloatVector y7 = FloatVector.fromArray(FLOATS, z, zAt + 7 * LANES);
    for (int column = 0, p = start; column < columns; column++, p += stride) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xAt + column]);
      y0 = FloatVector.fromArray(FLOATS, w, p).fma(v, y0);
      y1 = FloatVector.fromArray(FLOATS, w, p + LANES).fma(v, y1);
      y2 = FloatVector.fromArray(FLOATS, w, p + 2 * LANES).fma(v, y2);
      y3 = FloatVector.fromArray(FLOATS, w, p + 3 * LANES).fma(v, y3);
      y4 = FloatVector.fromArray(FLOATS, w, p + 4 * LANES).fma(v, y4);
      y5 = FloatVector.fromArray(FLOATS, w, p + 5 * LANES).fma(v, y5);
      y6 = FloatVector.fromArray(FLOATS, w, p + 6 * LANES).fma(v, y6);
      y7 = FloatVector.fromArray(FLOATS, w, p + 7 * LANES).fma(v, y7);
    }
    y0.intoArray(y, yAt);
    y1.intoArray(y, yAt + LANES);
    y2.intoArray(y, yAt + 2 * LANES);
    y3.intoArray(y, yAt + 3 * LANES);
    y4.intoArray(y, yAt + 4 * LANES);
    y5.intoArray(y, yAt + 5 * LANES);
    y6.intoArray(y, yAt + 6 * LANES);
    y7.intoArray(y, yAt + 7 * LANES);
  }

  private static void block4(
      float[] w,
      int start,
      int stride,
      int columns,
      float[] z,
      int zAt,
      float[] x,
      int xAt,
      float[] y,
      int yAt) {
    FloatVector y0 = FloatVector.fromArray(FLOATS, z, zAt);
    FloatVector y1 = FloatVector.fromArray(FLOATS, z, zAt + LANES);
    FloatVector y2 = FloatVector.fromArray(FLOATS, z, zAt + 2 * LANES);
    FloatVector y3 = FloatVector.fromArray(FLOATS, z, zAt + 3 * LANES);
    for (int column = 0, p = start; column < columns; column++, p += stride) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xAt + column]);
      y0 = FloatVector.fromArray(FLOATS, w, p).fma(v, y0);
      y1 = FloatVector.fromArray(FLOATS, w, p + LANES).fma(v, y1);
      y2 = FloatVector.fromArray(FLOATS, w, p + 2 * LANES).fma(v, y2);
      y3 = FloatVector.fromArray(FLOATS, w, p + 3 * LANES).fma(v, y3);
    }
    y0.intoArray(y, yAt);
    y1.intoArray(y, yAt + LANES);
    y2.intoArray(y, yAt + 2 * LANES);
    y3.intoArray(y, yAt + 3 * LANES);
  }

  /** The second register starts {@code second} outputs after the first; they may overlap. */
  private static void block2(
      float[] w,
      int start,
      int stride,
      int second,
      int columns,
      float[] z,
      int zAt,
      float[] x,
      int xAt,
      float[] y,
      int yAt) {
    FloatVector y0 = FloatVector.fromArray(FLOATS, z, zAt);
    FloatVector y1 = FloatVector.fromArray(FLOATS, z, zAt + second);
    for (int column = 0, p = start; column < columns; column++, p += stride) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xAt + column]);
      y0 = FloatVector.fromArray(FLOATS, w, p).fma(v, y0);
      y1 = FloatVector.fromArray(FLOATS, w, p + second).fma(v, y1);
    }
    y0.intoArray(y, yAt);
    y1.intoArray(y, yAt + second);
  }

  private static void block1(
      float[] w,
      int start,
      int stride,
      int columns,
      float[] z,
      int zAt,
      float[] x,
      int xAt,
      float[] y,
      int yAt) {
    FloatVector y0 = FloatVector.fromArray(FLOATS, z, zAt);
    for (int column = 0, p = start; column < columns; column++, p += stride) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xAt + column]);
      y0 = FloatVector.fromArray(FLOATS, w, p).fma(v, y0);
    }
    y0.intoArray(y, yAt);
  }

  /** {@code y[i] = fma(a[i], x[i], y[i])}. */
  static void elementWise(
      float[] a, int aOffset, float[] x, int xOffset, float[] y, int yOffset, int length) {
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      FloatVector.fromArray(FLOATS, a, aOffset + i)
          .fma(
              FloatVector.fromArray(FLOATS, x, xOffset + i),
              FloatVector.fromArray(FLOATS, y, yOffset + i))
          .intoArray(y, yOffset + i);
    }
    for (; i < length; i++) {
      y[yOffset + i] = Math.fma(a[aOffset + i], x[xOffset + i], y[yOffset + i]);
    }
  }
}
