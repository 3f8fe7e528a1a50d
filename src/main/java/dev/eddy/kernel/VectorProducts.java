package dev.eddy.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin of {@link ScalarProducts}.
 *
 * <p>A product keeps up to eight registers of outputs while it walks over the inputs, two at a
 * time: two broadcasts, then for each register a product, a fused multiply-add and an addition to
 * the outputs. Only the addition waits for the one before it, so that even a single register of
 * outputs is not held up by the four cycles that a multiply-add takes. Weights are read as they
 * lie, outputs are read and written once. The floor is the traffic of the weights: 4 bytes for each
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

  /** 32 of them, where registers have 512 bits; else 16. */
  private static final boolean MANY_REGISTERS = LANES == 16;

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

  private static void panel(
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
      return;
    }
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
    for (int column = 0; column < columns - 1; column += 2) {
      int p = start + column * stride;
      int q = p + stride;
      FloatVector a = FloatVector.broadcast(FLOATS, x[xAt + column]);
      FloatVector b = FloatVector.broadcast(FLOATS, x[xAt + column + 1]);
      y0 =
          y0.add(
              FloatVector.fromArray(FLOATS, w, q)
                  .fma(b, FloatVector.fromArray(FLOATS, w, p).mul(a)));
      y1 =
          y1.add(
              FloatVector.fromArray(FLOATS, w, q + LANES)
                  .fma(b, FloatVector.fromArray(FLOATS, w, p + LANES).mul(a)));
      y2 =
          y2.add(
              FloatVector.fromArray(FLOATS, w, q + 2 * LANES)
                  .fma(b, FloatVector.fromArray(FLOATS, w, p + 2 * LANES).mul(a)));
      y3 =
          y3.add(
              FloatVector.fromArray(FLOATS, w, q + 3 * LANES)
                  .fma(b, FloatVector.fromArray(FLOATS, w, p + 3 * LANES).mul(a)));
      y4 =
          y4.add(
              FloatVector.fromArray(FLOATS, w, q + 4 * LANES)
                  .fma(b, FloatVector.fromArray(FLOATS, w, p + 4 * LANES).mul(a)));
      y5 =
          y5.add(
              FloatVector.fromArray(FLOATS, w, q + 5 * LANES)
                  .fma(b, FloatVector.fromArray(FLOATS, w, p + 5 * LANES).mul(a)));
      y6 =
          y6.add(
              FloatVector.fromArray(FLOATS, w, q + 6 * LANES)
                  .fma(b, FloatVector.fromArray(FLOATS, w, p + 6 * LANES).mul(a)));
      y7 =
          y7.add(
              FloatVector.fromArray(FLOATS, w, q + 7 * LANES)
                  .fma(b, FloatVector.fromArray(FLOATS, w, p + 7 * LANES).mul(a)));
    }
    if ((columns & 1) != 0) {
      int p = start + (columns - 1) * stride;
      FloatVector a = FloatVector.broadcast(FLOATS, x[xAt + columns - 1]);
      y0 = FloatVector.fromArray(FLOATS, w, p).fma(a, y0);
      y1 = FloatVector.fromArray(FLOATS, w, p + LANES).fma(a, y1);
      y2 = FloatVector.fromArray(FLOATS, w, p + 2 * LANES).fma(a, y2);
      y3 = FloatVector.fromArray(FLOATS, w, p + 3 * LANES).fma(a, y3);
      y4 = FloatVector.fromArray(FLOATS, w, p + 4 * LANES).fma(a, y4);
      y5 = FloatVector.fromArray(FLOATS, w, p + 5 * LANES).fma(a, y5);
      y6 = FloatVector.fromArray(FLOATS, w, p + 6 * LANES).fma(a, y6);
      y7 = FloatVector.fromArray(FLOATS, w, p + 7 * LANES).fma(a, y7);
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
    for (int column = 0; column < columns - 1; column += 2) {
      int p = start + column * stride;
      int q = p + stride;
      FloatVector a = FloatVector.broadcast(FLOATS, x[xAt + column]);
      FloatVector b = FloatVector.broadcast(FLOATS, x[xAt + column + 1]);
      y0 =
          y0.add(
              FloatVector.fromArray(FLOATS, w, q)
                  .fma(b, FloatVector.fromArray(FLOATS, w, p).mul(a)));
      y1 =
          y1.add(
              FloatVector.fromArray(FLOATS, w, q + LANES)
                  .fma(b, FloatVector.fromArray(FLOATS, w, p + LANES).mul(a)));
      y2 =
          y2.add(
              FloatVector.fromArray(FLOATS, w, q + 2 * LANES)
                  .fma(b, FloatVector.fromArray(FLOATS, w, p + 2 * LANES).mul(a)));
      y3 =
          y3.add(
              FloatVector.fromArray(FLOATS, w, q + 3 * LANES)
                  .fma(b, FloatVector.fromArray(FLOATS, w, p + 3 * LANES).mul(a)));
    }
    if ((columns & 1) != 0) {
      int p = start + (columns - 1) * stride;
      FloatVector a = FloatVector.broadcast(FLOATS, x[xAt + columns - 1]);
      y0 = FloatVector.fromArray(FLOATS, w, p).fma(a, y0);
      y1 = FloatVector.fromArray(FLOATS, w, p + LANES).fma(a, y1);
      y2 = FloatVector.fromArray(FLOATS, w, p + 2 * LANES).fma(a, y2);
      y3 = FloatVector.fromArray(FLOATS, w, p + 3 * LANES).fma(a, y3);
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
    for (int column = 0; column < columns - 1; column += 2) {
      int p = start + column * stride;
      int q = p + stride;
      FloatVector a = FloatVector.broadcast(FLOATS, x[xAt + column]);
      FloatVector b = FloatVector.broadcast(FLOATS, x[xAt + column + 1]);
      y0 =
          y0.add(
              FloatVector.fromArray(FLOATS, w, q)
                  .fma(b, FloatVector.fromArray(FLOATS, w, p).mul(a)));
      y1 =
          y1.add(
              FloatVector.fromArray(FLOATS, w, q + second)
                  .fma(b, FloatVector.fromArray(FLOATS, w, p + second).mul(a)));
    }
    if ((columns & 1) != 0) {
      int p = start + (columns - 1) * stride;
      FloatVector a = FloatVector.broadcast(FLOATS, x[xAt + columns - 1]);
      y0 = FloatVector.fromArray(FLOATS, w, p).fma(a, y0);
      y1 = FloatVector.fromArray(FLOATS, w, p + second).fma(a, y1);
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
    for (int column = 0; column < columns - 1; column += 2) {
      int p = start + column * stride;
      int q = p + stride;
      FloatVector a = FloatVector.broadcast(FLOATS, x[xAt + column]);
      FloatVector b = FloatVector.broadcast(FLOATS, x[xAt + column + 1]);
      y0 =
          y0.add(
              FloatVector.fromArray(FLOATS, w, q)
                  .fma(b, FloatVector.fromArray(FLOATS, w, p).mul(a)));
    }
    if ((columns & 1) != 0) {
      int p = start + (columns - 1) * stride;
      FloatVector a = FloatVector.broadcast(FLOATS, x[xAt + columns - 1]);
      y0 = FloatVector.fromArray(FLOATS, w, p).fma(a, y0);
    }
    y0.intoArray(y, yAt);
  }

  /**
   * {@code y += W x} for each of {@code count} vectors: four or two registers of outputs for four
   * vectors at once, so that a weight, once loaded, serves four.
   */
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
          panel(w.packed, start + row, stride, whole - row, w.columns, y, at, x, xAt, y, at);
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
        panel(w.packed, start, stride, width, w.columns, y, at, x, xAt, y, at);
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
