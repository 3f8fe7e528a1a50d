package dev.eddy.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A product for several vectors at once, each with the bytes that {@link VectorProducts} gives it
 * alone.
 *
 * <p>Four registers of outputs, or two, are kept for four vectors: a weight, once loaded, serves
 * four. What is left over of vectors, and what fills no two registers, goes one by one. The
 * repetition has the reason that {@link VectorProducts} gives.
 */
final class VectorBatchProducts {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();

  /** 32 of them, where registers have 512 bits; else 16. */
  private static final boolean MANY_REGISTERS = LANES == 16;

  private VectorBatchProducts() {}

  /** See {@link Kernels#multiplyAddAll}. */
  static void multiplyAddAll(
      Matrix w,
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int count) {
    int together = count / 4 * 4;
    for (int panel = 0; panel < w.panels; panel++) {
      int width = w.width(panel);
      int stride = w.stride(panel);
      int start = w.start(panel);
      int row = 0;
      int yAt = yOffset + panel * Matrix.PANEL;
      int tail = width % LANES;
      int whole = tail == 0 || width < LANES ? width : width - LANES - tail;
      if (MANY_REGISTERS) {
        for (; row <= whole - 4 * LANES; row += 4 * LANES) {
          for (int k = 0; k < together; k += 4) {
            int xAt = xOffset + k * xStride;
            int at = yAt + row + k * yStride;
            block4x4(w.packed, start + row, stride, w.columns, x, xAt, xStride, y, at, yStride);
          }
        }
      }
      for (; row <= whole - 2 * LANES; row += 2 * LANES) {
        for (int k = 0; k < together; k += 4) {
          int xAt = xOffset + k * xStride;
          int at = yAt + row + k * yStride;
          block2x4(
              w.packed, start + row, stride, LANES, w.columns, x, xAt, xStride, y, at, yStride);
        }
      }
      if (row < whole) { // one register, or less than one
        for (int k = 0; k < together; k++) {
          int xAt = xOffset + k * xStride;
          int at = yAt + row + k * yStride;
          VectorProducts.panel(
              w.packed, start + row, stride, whole - row, w.columns, y, at, x, xAt, y, at);
        }
        row = whole;
      }
      if (row < width) { // two registers that overlap
        for (int k = 0; k < together; k += 4) {
          int xAt = xOffset + k * xStride;
          int at = yAt + row + k * yStride;
          block2x4(w.packed, start + row, stride, tail, w.columns, x, xAt, xStride, y, at, yStride);
        }
      }
      for (int k = together; k < count; k++) {
        int xAt = xOffset + k * xStride;
        int at = yAt + k * yStride;
        VectorProducts.panel(w.packed, start, stride, width, w.columns, y, at, x, xAt, y, at);
      }
    }
  }

  private static void block4x4(
      float[] w,
      int start,
      int stride,
      int columns,
      float[] x,
      int xAt,
      int xStride,
      float[] y,
      int yAt,
      int yStride) {
    int x1 = xAt + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    int at1 = yAt + yStride;
    int at2 = at1 + yStride;
    int at3 = at2 + yStride;
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
    for (int column = 0; column < columns - 1; column += 2) {
      int p = start + column * stride;
      int q = p + stride;
      FloatVector pa = FloatVector.fromArray(FLOATS, w, p);
      FloatVector pb = FloatVector.fromArray(FLOATS, w, p + LANES);
      FloatVector pc = FloatVector.fromArray(FLOATS, w, p + 2 * LANES);
      FloatVector pd = FloatVector.fromArray(FLOATS, w, p + 3 * LANES);
      FloatVector qa = FloatVector.fromArray(FLOATS, w, q);
      FloatVector qb = FloatVector.fromArray(FLOATS, w, q + LANES);
      FloatVector qc = FloatVector.fromArray(FLOATS, w, q + 2 * LANES);
      FloatVector qd = FloatVector.fromArray(FLOATS, w, q + 3 * LANES);
      FloatVector v;
      FloatVector u;
      v = FloatVector.broadcast(FLOATS, x[xAt + column]);
      u = FloatVector.broadcast(FLOATS, x[xAt + column + 1]);
      y0a = y0a.add(qa.fma(u, pa.mul(v)));
      y0b = y0b.add(qb.fma(u, pb.mul(v)));
      y0c = y0c.add(qc.fma(u, pc.mul(v)));
      y0d = y0d.add(qd.fma(u, pd.mul(v)));
      v = FloatVector.broadcast(FLOATS, x[x1 + column]);
      u = FloatVector.broadcast(FLOATS, x[x1 + column + 1]);
      y1a = y1a.add(qa.fma(u, pa.mul(v)));
      y1b = y1b.add(qb.fma(u, pb.mul(v)));
      y1c = y1c.add(qc.fma(u, pc.mul(v)));
      y1d = y1d.add(qd.fma(u, pd.mul(v)));
      v = FloatVector.broadcast(FLOATS, x[x2 + column]);
      u = FloatVector.broadcast(FLOATS, x[x2 + column + 1]);
      y2a = y2a.add(qa.fma(u, pa.mul(v)));
      y2b = y2b.add(qb.fma(u, pb.mul(v)));
      y2c = y2c.add(qc.fma(u, pc.mul(v)));
      y2d = y2d.add(qd.fma(u, pd.mul(v)));
      v = FloatVector.broadcast(FLOATS, x[x3 + column]);
      u = FloatVector.broadcast(FLOATS, x[x3 + column + 1]);
      y3a = y3a.add(qa.fma(u, pa.mul(v)));
      y3b = y3b.add(qb.fma(u, pb.mul(v)));
      y3c = y3c.add(qc.fma(u, pc.mul(v)));
      y3d = y3d.add(qd.fma(u, pd.mul(v)));
    }
    if ((columns & 1) != 0) {
      int p = start + (columns - 1) * stride;
      FloatVector pa = FloatVector.fromArray(FLOATS, w, p);
      FloatVector pb = FloatVector.fromArray(FLOATS, w, p + LANES);
      FloatVector pc = FloatVector.fromArray(FLOATS, w, p + 2 * LANES);
      FloatVector pd = FloatVector.fromArray(FLOATS, w, p + 3 * LANES);
      FloatVector v;
      v = FloatVector.broadcast(FLOATS, x[xAt + columns - 1]);
      y0a = pa.fma(v, y0a);
      y0b = pb.fma(v, y0b);
      y0c = pc.fma(v, y0c);
      y0d = pd.fma(v, y0d);
      v = FloatVector.broadcast(FLOATS, x[x1 + columns - 1]);
      y1a = pa.fma(v, y1a);
      y1b = pb.fma(v, y1b);
      y1c = pc.fma(v, y1c);
      y1d = pd.fma(v, y1d);
      v = FloatVector.broadcast(FLOATS, x[x2 + columns - 1]);
      y2a = pa.fma(v, y2a);
      y2b = pb.fma(v, y2b);
      y2c = pc.fma(v, y2c);
      y2d = pd.fma(v, y2d);
      v = FloatVector.broadcast(FLOATS, x[x3 + columns - 1]);
      y3a = pa.fma(v, y3a);
      y3b = pb.fma(v, y3b);
      y3c = pc.fma(v, y3c);
      y3d = pd.fma(v, y3d);
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
  }

  private static void block2x4(
      float[] w,
      int start,
      int stride,
      int second,
      int columns,
      float[] x,
      int xAt,
      int xStride,
      float[] y,
      int yAt,
      int yStride) {
    int x1 = xAt + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    int at1 = yAt + yStride;
    int at2 = at1 + yStride;
    int at3 = at2 + yStride;
    FloatVector y0a = FloatVector.fromArray(FLOATS, y, yAt);
    FloatVector y0b = FloatVector.fromArray(FLOATS, y, yAt + second);
    FloatVector y1a = FloatVector.fromArray(FLOATS, y, at1);
    FloatVector y1b = FloatVector.fromArray(FLOATS, y, at1 + second);
    FloatVector y2a = FloatVector.fromArray(FLOATS, y, at2);
    FloatVector y2b = FloatVector.fromArray(FLOATS, y, at2 + second);
    FloatVector y3a = FloatVector.fromArray(FLOATS, y, at3);
    FloatVector y3b = FloatVector.fromArray(FLOATS, y, at3 + second);
    for (int column = 0; column < columns - 1; column += 2) {
      int p = start + column * stride;
      int q = p + stride;
      FloatVector pa = FloatVector.fromArray(FLOATS, w, p);
      FloatVector pb = FloatVector.fromArray(FLOATS, w, p + second);
      FloatVector qa = FloatVector.fromArray(FLOATS, w, q);
      FloatVector qb = FloatVector.fromArray(FLOATS, w, q + second);
      FloatVector v;
      FloatVector u;
      v = FloatVector.broadcast(FLOATS, x[xAt + column]);
      u = FloatVector.broadcast(FLOATS, x[xAt + column + 1]);
      y0a = y0a.add(qa.fma(u, pa.mul(v)));
      y0b = y0b.add(qb.fma(u, pb.mul(v)));
      v = FloatVector.broadcast(FLOATS, x[x1 + column]);
      u = FloatVector.broadcast(FLOATS, x[x1 + column + 1]);
      y1a = y1a.add(qa.fma(u, pa.mul(v)));
      y1b = y1b.add(qb.fma(u, pb.mul(v)));
      v = FloatVector.broadcast(FLOATS, x[x2 + column]);
      u = FloatVector.broadcast(FLOATS, x[x2 + column + 1]);
      y2a = y2a.add(qa.fma(u, pa.mul(v)));
      y2b = y2b.add(qb.fma(u, pb.mul(v)));
      v = FloatVector.broadcast(FLOATS, x[x3 + column]);
      u = FloatVector.broadcast(FLOATS, x[x3 + column + 1]);
      y3a = y3a.add(qa.fma(u, pa.mul(v)));
      y3b = y3b.add(qb.fma(u, pb.mul(v)));
    }
    if ((columns & 1) != 0) {
      int p = start + (columns - 1) * stride;
      FloatVector pa = FloatVector.fromArray(FLOATS, w, p);
      FloatVector pb = FloatVector.fromArray(FLOATS, w, p + second);
      FloatVector v;
      v = FloatVector.broadcast(FLOATS, x[xAt + columns - 1]);
      y0a = pa.fma(v, y0a);
      y0b = pb.fma(v, y0b);
      v = FloatVector.broadcast(FLOATS, x[x1 + columns - 1]);
      y1a = pa.fma(v, y1a);
      y1b = pb.fma(v, y1b);
      v = FloatVector.broadcast(FLOATS, x[x2 + columns - 1]);
      y2a = pa.fma(v, y2a);
      y2b = pb.fma(v, y2b);
      v = FloatVector.broadcast(FLOATS, x[x3 + columns - 1]);
      y3a = pa.fma(v, y3a);
      y3b = pb.fma(v, y3b);
    }
    y0a.intoArray(y, yAt);
    y0b.intoArray(y, yAt + second);
    y1a.intoArray(y, at1);
    y1b.intoArray(y, at1 + second);
    y2a.intoArray(y, at2);
    y2b.intoArray(y, at2 + second);
    y3a.intoArray(y, at3);
    y3b.intoArray(y, at3 + second);
  }
}
