package dev.eddy.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A product for several vectors at once, each with the bytes that {@link VectorProducts} gives it
 * alone.
 *
 * <p>Sums are kept for four registers of outputs and six vectors, where there are 32 registers, or
 * for two and four: a weight, once loaded, serves six. Where vectors are left over, the last of
 * them takes the places that are free as well: all its places read the same and write the same. So
 * many sums hide how long each waits, so panels with chains, those of fewer than {@value
 * Matrix#PANEL} outputs, go one by one. All vectors meet some columns of a strip before the next
 * ones are read; sums wait in the outputs. The repetition has the reason that {@link
 * VectorProducts} gives.
 */
final class VectorBatchProducts {
  private static final VectorSpecies<Float> FLOATS = VectorRegisters.FLOATS;
  private static final int LANES = FLOATS.length();

  /** 32 of them, where x86 has 512 bits; ARM has 32 of any width, on which nothing was measured. */
  private static final boolean MANY_REGISTERS = LANES == 16;

  /**
   * Columns that all vectors meet before the next ones: few where six vectors go over a whole strip
   * at once and its weights stay in the level-1 cache, many where it takes several calls.
   */
  private static final int CHUNK = MANY_REGISTERS ? 64 : 512;

  /** Outputs and vectors of a block. */
  private static final int ROWS = (MANY_REGISTERS ? 4 : 2) * LANES;

  private static final int VECTORS = MANY_REGISTERS ? 6 : 4;

  private VectorBatchProducts() {}

  /** See {@link Kernels#affineAll}. */
  static void affineAll(
      Matrix w,
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int count) {
    for (int panel = 0; panel < w.starts.length; panel++) {
      int yAt = yOffset + w.firstRows[panel];
      if (count > 1 && w.chains(panel) == 1) {
        for (int k = 0; k < count; k++) {
          System.arraycopy(w.packed, w.starts[panel], y, yAt + k * yStride, Matrix.PANEL);
        }
        int start = w.starts[panel] + Matrix.PANEL;
        strips(w.packed, start, w.columns, x, xOffset, xStride, y, yAt, yStride, count);
      } else {
        for (int k = 0; k < count; k++) {
          VectorProducts.panel(w, panel, x, xOffset + k * xStride, y, yAt + k * yStride);
        }
      }
    }
  }

  private static void strips(
      float[] w,
      int start,
      int columns,
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int count) {
    for (int row = 0; row < Matrix.PANEL; row += ROWS) {
      int strip = start + row / Matrix.STRIP * Matrix.STRIP * columns + row % Matrix.STRIP;
      for (int column = 0; column < columns; column += CHUNK) {
        int some = Math.min(CHUNK, columns - column);
        int p = strip + column * Matrix.STRIP;
        int q = p + columns * Matrix.STRIP;
        int xAt = xOffset + column;
        for (int k = 0; k < count; k += VECTORS) {
          int from = xAt + k * xStride;
          int to = yOffset + row + k * yStride;
          if (MANY_REGISTERS) {
            block4x6(w, p, q, some, x, from, xStride, y, to, yStride, count - k);
          } else {
            block2x4(w, p, some, x, from, xStride, y, to, yStride, count - k);
          }
        }
      }
    }
  }

  /** Two registers of each of two strips, whose weights are from {@code start} and second on. */
  private static void block4x6(
      float[] w,
      int start,
      int second,
      int columns,
      float[] x,
      int xAt,
      int xStride,
      float[] y,
      int yAt,
      int yStride,
      int count) {
    int x1 = xAt + Math.min(1, count - 1) * xStride;
    int x2 = xAt + Math.min(2, count - 1) * xStride;
    int x3 = xAt + Math.min(3, count - 1) * xStride;
    int x4 = xAt + Math.min(4, count - 1) * xStride;
    int x5 = xAt + Math.min(5, count - 1) * xStride;
    int at1 = yAt + Math.min(1, count - 1) * yStride;
    int at2 = yAt + Math.min(2, count - 1) * yStride;
    int at3 = yAt + Math.min(3, count - 1) * yStride;
    int at4 = yAt + Math.min(4, count - 1) * yStride;
    int at5 = yAt + Math.min(5, count - 1) * yStride;
    FloatVector y0a = FloatVector.fromArray(FLOATS, y, yAt);
    FloatVector y0b = FloatVector.fromArray(FLOATS, y, yAt + LANES);
    FloatVector y0c = FloatVector.fromArray(FLOATS, y, yAt + 2 * LANES);
    FloatVector y0d = FloatVector.fromArray(FLOATS, y, yAt + 3 * LANES);
    FloatVector y1a = FloatVector.fromArray(FLOATS, y, at1);
    FloatVector y1b = FloatVector.fromArray(FLOATS, y, at1 + LANES);
    FloatVector y1c = FloatVector.fromArray(FLOATS, y, at1 + 2 * LANES);
    FloatVector y1d = FloatVector.fromArray(FLOATS, y, at1 + 3 * LANES);
    FloatVector y2a = FloatVector.fromArray(FLOATS, y, at2);
    FloatVector y2b = FloatVector.fromArray(FLOATS, y, at2 + LANES);
    FloatVector y2c = FloatVector.fromArray(FLOATS, y, at2 + 2 * LANES);
    FloatVector y2d = FloatVector.fromArray(FLOATS, y, at2 + 3 * LANES);
    FloatVector y3a = FloatVector.fromArray(FLOATS, y, at3);
    FloatVector y3b = FloatVector.fromArray(FLOATS, y, at3 + LANES);
    FloatVector y3c = FloatVector.fromArray(FLOATS, y, at3 + 2 * LANES);
    FloatVector y3d = FloatVector.fromArray(FLOATS, y, at3 + 3 * LANES);
    FloatVector y4a = FloatVector.fromArray(FLOATS, y, at4);
    FloatVector y4b = FloatVector.fromArray(FLOATS, y, at4 + LANES);
    FloatVector y4c = FloatVector.fromArray(FLOATS, y, at4 + 2 * LANES);
    FloatVector y4d = FloatVector.fromArray(FLOATS, y, at4 + 3 * LANES);
    FloatVector y5a = FloatVector.fromArray(FLOATS, y, at5);
    FloatVector y5b = FloatVector.fromArray(FLOATS, y, at5 + LANES);
    FloatVector y5c = FloatVector.fromArray(FLOATS, y, at5 + 2 * LANES);
    FloatVector y5d = FloatVector.fromArray(FLOATS, y, at5 + 3 * LANES);
    for (int i = 0; i < columns; i++) {
      int p = start + 32 * i;
      int q = second + 32 * i;
      FloatVector pa = FloatVector.fromArray(FLOATS, w, p);
      FloatVector pb = FloatVector.fromArray(FLOATS, w, p + LANES);
      FloatVector pc = FloatVector.fromArray(FLOATS, w, q);
      FloatVector pd = FloatVector.fromArray(FLOATS, w, q + LANES);
      FloatVector v;
      v = FloatVector.broadcast(FLOATS, x[xAt + i]);
      y0a = pa.fma(v, y0a);
      y0b = pb.fma(v, y0b);
      y0c = pc.fma(v, y0c);
      y0d = pd.fma(v, y0d);
      v = FloatVector.broadcast(FLOATS, x[x1 + i]);
      y1a = pa.fma(v, y1a);
      y1b = pb.fma(v, y1b);
      y1c = pc.fma(v, y1c);
      y1d = pd.fma(v, y1d);
      v = FloatVector.broadcast(FLOATS, x[x2 + i]);
      y2a = pa.fma(v, y2a);
      y2b = pb.fma(v, y2b);
      y2c = pc.fma(v, y2c);
      y2d = pd.fma(v, y2d);
      v = FloatVector.broadcast(FLOATS, x[x3 + i]);
      y3a = pa.fma(v, y3a);
      y3b = pb.fma(v, y3b);
      y3c = pc.fma(v, y3c);
      y3d = pd.fma(v, y3d);
      v = FloatVector.broadcast(FLOATS, x[x4 + i]);
      y4a = pa.fma(v, y4a);
      y4b = pb.fma(v, y4b);
      y4c = pc.fma(v, y4c);
      y4d = pd.fma(v, y4d);
      v = FloatVector.broadcast(FLOATS, x[x5 + i]);
      y5a = pa.fma(v, y5a);
      y5b = pb.fma(v, y5b);
      y5c = pc.fma(v, y5c);
      y5d = pd.fma(v, y5d);
    }
    y0a.intoArray(y, yAt);
    y0b.intoArray(y, yAt + LANES);
    y0c.intoArray(y, yAt + 2 * LANES);
    y0d.intoArray(y, yAt + 3 * LANES);
    y1a.intoArray(y, at1);
    y1b.intoArray(y, at1 + LANES);
    y1c.intoArray(y, at1 + 2 * LANES);
    y1d.intoArray(y, at1 + 3 * LANES);
    y2a.intoArray(y, at2);
    y2b.intoArray(y, at2 + LANES);
    y2c.intoArray(y, at2 + 2 * LANES);
    y2d.intoArray(y, at2 + 3 * LANES);
    y3a.intoArray(y, at3);
    y3b.intoArray(y, at3 + LANES);
    y3c.intoArray(y, at3 + 2 * LANES);
    y3d.intoArray(y, at3 + 3 * LANES);
    y4a.intoArray(y, at4);
    y4b.intoArray(y, at4 + LANES);
    y4c.intoArray(y, at4 + 2 * LANES);
    y4d.intoArray(y, at4 + 3 * LANES);
    y5a.intoArray(y, at5);
    y5b.intoArray(y, at5 + LANES);
    y5c.intoArray(y, at5 + 2 * LANES);
    y5d.intoArray(y, at5 + 3 * LANES);
  }

  private static void block2x4(
      float[] w,
      int start,
      int columns,
      float[] x,
      int xAt,
      int xStride,
      float[] y,
      int yAt,
      int yStride,
      int count) {
    int x1 = xAt + Math.min(1, count - 1) * xStride;
    int x2 = xAt + Math.min(2, count - 1) * xStride;
    int x3 = xAt + Math.min(3, count - 1) * xStride;
    int at1 = yAt + Math.min(1, count - 1) * yStride;
    int at2 = yAt + Math.min(2, count - 1) * yStride;
    int at3 = yAt + Math.min(3, count - 1) * yStride;
    FloatVector y0a = FloatVector.fromArray(FLOATS, y, yAt);
    FloatVector y0b = FloatVector.fromArray(FLOATS, y, yAt + LANES);
    FloatVector y1a = FloatVector.fromArray(FLOATS, y, at1);
    FloatVector y1b = FloatVector.fromArray(FLOATS, y, at1 + LANES);
    FloatVector y2a = FloatVector.fromArray(FLOATS, y, at2);
    FloatVector y2b = FloatVector.fromArray(FLOATS, y, at2 + LANES);
    FloatVector y3a = FloatVector.fromArray(FLOATS, y, at3);
    FloatVector y3b = FloatVector.fromArray(FLOATS, y, at3 + LANES);
    for (int i = 0; i < columns; i++) {
      int p = start + 32 * i;
      FloatVector pa = FloatVector.fromArray(FLOATS, w, p);
      FloatVector pb = FloatVector.fromArray(FLOATS, w, p + LANES);
      FloatVector v;
      v = FloatVector.broadcast(FLOATS, x[xAt + i]);
      y0a = pa.fma(v, y0a);
      y0b = pb.fma(v, y0b);
      v = FloatVector.broadcast(FLOATS, x[x1 + i]);
      y1a = pa.fma(v, y1a);
      y1b = pb.fma(v, y1b);
      v = FloatVector.broadcast(FLOATS, x[x2 + i]);
      y2a = pa.fma(v, y2a);
      y2b = pb.fma(v, y2b);
      v = FloatVector.broadcast(FLOATS, x[x3 + i]);
      y3a = pa.fma(v, y3a);
      y3b = pb.fma(v, y3b);
    }
    y0a.intoArray(y, yAt);
    y0b.intoArray(y, yAt + LANES);
    y1a.intoArray(y, at1);
    y1b.intoArray(y, at1 + LANES);
    y2a.intoArray(y, at2);
    y2b.intoArray(y, at2 + LANES);
    y3a.intoArray(y, at3);
    y3b.intoArray(y, at3 + LANES);
  }
}
