package dev.eddy.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A product for several vectors at once, each with the bytes that {@link VectorProducts} gives it
 * alone.
 *
 * <p>Sums are kept for four registers of outputs and six vectors, where there are 32 registers, or
 * for two and four: a weight, once loaded, serves six. Their inputs are laid side by side first, so
 * that one place in the array leads to all. Where vectors are left over, the last of them takes the
 * places that are free as well: all its places read the same and write the same. So many sums hide
 * how long each waits, so panels with chains, those of fewer than {@value Matrix#PANEL} outputs, go
 * one by one. All vectors meet some columns of a strip, which stay in the level-1 cache, before the
 * next ones are read; sums wait in the outputs. The repetition has the reason that {@link
 * VectorProducts} gives.
 */
final class VectorBatchProducts {
  private static final VectorSpecies<Float> FLOATS = VectorRegisters.FLOATS;
  private static final int LANES = FLOATS.length();

  /** 32 of them, where x86 has 512 bits; ARM has 32 of any width, on which nothing was measured. */
  private static final boolean MANY_REGISTERS = LANES == 16;

  /** Columns that all vectors meet before the next ones. */
  private static final int CHUNK = 128;

  /** Outputs and vectors of a block. */
  private static final int ROWS = (MANY_REGISTERS ? 4 : 2) * LANES;

  private static final int SIDE_BY_SIDE = MANY_REGISTERS ? Kernels.MAX_SIDE_BY_SIDE : 4;

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
      int count,
      float[] scratch,
      int scratchOffset) {
    boolean together = count > 1 && w.hasStrips() && w.chains(0) == 1; // widest is first
    if (together) {
      laySideBySide(w.columns, x, xOffset, xStride, count, scratch, scratchOffset);
    }
    for (int panel = 0; panel < w.starts.length; panel++) {
      int yAt = yOffset + w.firstRows[panel];
      if (together && w.chains(panel) == 1) {
        for (int k = 0; k < count; k++) {
          System.arraycopy(w.packed, w.starts[panel], y, yAt + k * yStride, Matrix.PANEL);
        }
        strips(w, w.starts[panel] + Matrix.PANEL, scratch, scratchOffset, y, yAt, yStride, count);
      } else {
        for (int k = 0; k < count; k++) {
          VectorProducts.panel(w, panel, x, xOffset + k * xStride, y, yAt + k * yStride);
        }
      }
    }
  }

  /** {@code [count / SIDE_BY_SIDE][columns][SIDE_BY_SIDE]}, the last vector in free places too. */
  private static void laySideBySide(
      int columns, float[] x, int xOffset, int xStride, int count, float[] to, int toOffset) {
    for (int k = 0; k < count; k += SIDE_BY_SIDE) {
      for (int side = 0; side < SIDE_BY_SIDE; side++) {
        int from = xOffset + Math.min(k + side, count - 1) * xStride;
        int at = toOffset + k * columns + side;
        for (int column = 0; column < columns; column++) {
          to[at + SIDE_BY_SIDE * column] = x[from + column];
        }
      }
    }
  }

  /** Weights of a panel from {@code start} on, inputs as {@link #laySideBySide} leaves them. */
  private static void strips(
      Matrix w, int start, float[] x, int xOffset, float[] y, int yOffset, int yStride, int count) {
    int columns = w.columns;
    for (int column = 0; column < columns; column += CHUNK) {
      int some = Math.min(CHUNK, columns - column);
      for (int row = 0; row < Matrix.PANEL; row += ROWS) {
        int strip = start + row / Matrix.STRIP * Matrix.STRIP * columns + row % Matrix.STRIP;
        int p = strip + column * Matrix.STRIP;
        for (int k = 0; k < count; k += SIDE_BY_SIDE) {
          int xAt = xOffset + k * columns + column * SIDE_BY_SIDE;
          int yAt = yOffset + row + k * yStride;
          if (MANY_REGISTERS) {
            int q = p + columns * Matrix.STRIP;
            block4x6(w.packed, p, q, some, x, xAt, y, yAt, yStride, count - k);
          } else {
            block2x4(w.packed, p, some, x, xAt, y, yAt, yStride, count - k);
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
      float[] y,
      int yAt,
      int yStride,
      int count) {
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
      int at = xAt + 6 * i;
      FloatVector pa = FloatVector.fromArray(FLOATS, w, p);
      FloatVector pb = FloatVector.fromArray(FLOATS, w, p + LANES);
      FloatVector pc = FloatVector.fromArray(FLOATS, w, q);
      FloatVector pd = FloatVector.fromArray(FLOATS, w, q + LANES);
      FloatVector v;
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0a = v.fma(pa, y0a);
      y0b = v.fma(pb, y0b);
      y0c = v.fma(pc, y0c);
      y0d = v.fma(pd, y0d);
      v = FloatVector.broadcast(FLOATS, x[at + 1]);
      y1a = v.fma(pa, y1a);
      y1b = v.fma(pb, y1b);
      y1c = v.fma(pc, y1c);
      y1d = v.fma(pd, y1d);
      v = FloatVector.broadcast(FLOATS, x[at + 2]);
      y2a = v.fma(pa, y2a);
      y2b = v.fma(pb, y2b);
      y2c = v.fma(pc, y2c);
      y2d = v.fma(pd, y2d);
      v = FloatVector.broadcast(FLOATS, x[at + 3]);
      y3a = v.fma(pa, y3a);
      y3b = v.fma(pb, y3b);
      y3c = v.fma(pc, y3c);
      y3d = v.fma(pd, y3d);
      v = FloatVector.broadcast(FLOATS, x[at + 4]);
      y4a = v.fma(pa, y4a);
      y4b = v.fma(pb, y4b);
      y4c = v.fma(pc, y4c);
      y4d = v.fma(pd, y4d);
      v = FloatVector.broadcast(FLOATS, x[at + 5]);
      y5a = v.fma(pa, y5a);
      y5b = v.fma(pb, y5b);
      y5c = v.fma(pc, y5c);
      y5d = v.fma(pd, y5d);
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
      float[] y,
      int yAt,
      int yStride,
      int count) {
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
    int p = start;
    int at = xAt;
    FloatVector v;
    FloatVector pa;
    FloatVector pb;
    int end = xAt + 4 * columns;
    int whole = end - 4 * (columns % 2);
    while (at != whole) {
      pa = FloatVector.fromArray(FLOATS, w, p);
      pb = FloatVector.fromArray(FLOATS, w, p + LANES);
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0a = v.fma(pa, y0a);
      y0b = v.fma(pb, y0b);
      v = FloatVector.broadcast(FLOATS, x[at + 1]);
      y1a = v.fma(pa, y1a);
      y1b = v.fma(pb, y1b);
      v = FloatVector.broadcast(FLOATS, x[at + 2]);
      y2a = v.fma(pa, y2a);
      y2b = v.fma(pb, y2b);
      v = FloatVector.broadcast(FLOATS, x[at + 3]);
      y3a = v.fma(pa, y3a);
      y3b = v.fma(pb, y3b);
      pa = FloatVector.fromArray(FLOATS, w, p + 32);
      pb = FloatVector.fromArray(FLOATS, w, p + 32 + LANES);
      v = FloatVector.broadcast(FLOATS, x[at + 4]);
      y0a = v.fma(pa, y0a);
      y0b = v.fma(pb, y0b);
      v = FloatVector.broadcast(FLOATS, x[at + 5]);
      y1a = v.fma(pa, y1a);
      y1b = v.fma(pb, y1b);
      v = FloatVector.broadcast(FLOATS, x[at + 6]);
      y2a = v.fma(pa, y2a);
      y2b = v.fma(pb, y2b);
      v = FloatVector.broadcast(FLOATS, x[at + 7]);
      y3a = v.fma(pa, y3a);
      y3b = v.fma(pb, y3b);
      p += 64;
      at += 8;
    }
    while (at != end) {
      pa = FloatVector.fromArray(FLOATS, w, p);
      pb = FloatVector.fromArray(FLOATS, w, p + LANES);
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0a = v.fma(pa, y0a);
      y0b = v.fma(pb, y0b);
      v = FloatVector.broadcast(FLOATS, x[at + 1]);
      y1a = v.fma(pa, y1a);
      y1b = v.fma(pb, y1b);
      v = FloatVector.broadcast(FLOATS, x[at + 2]);
      y2a = v.fma(pa, y2a);
      y2b = v.fma(pb, y2b);
      v = FloatVector.broadcast(FLOATS, x[at + 3]);
      y3a = v.fma(pa, y3a);
      y3b = v.fma(pb, y3b);
      p += 32;
      at += 4;
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
