package dev.eddy.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector twin of {@link ScalarProducts}.
 *
 * <p>A product keeps eight registers of sums while it walks over the inputs: a broadcast of one,
 * then a fused multiply-add for each register. Each waits four cycles for the one before it in its
 * chain, so eight sums at once keep two units busy. Panels are as wide as eight of the widest
 * registers are, or have chains for it: two, four or eight inputs at a time. Narrower registers go
 * over a panel several times, each time for some of its outputs. Weights are read as they lie,
 * outputs are written once. The floor is the traffic of the weights: 4 bytes for each multiply-add.
 *
 * <p>Loops are not counted ones to the compiler ({@code !=}, running places): for those it checks
 * the bounds of every access before the loop, which costs a small matrix more than its products.
 * Here it checks the first and the last of the places that are a constant apart, in each round, and
 * a round is long: 8 to 32 multiply-adds. A load and a multiply-add are one instruction if the
 * weight is the second factor.
 *
 * <p>No routine here calls a method of Eddy's own with a vector: the compiler inlines those of the
 * Vector API whatever the size of the caller, others only up to a limit, and a call that is not
 * inlined allocates its vectors. Nor does a register live through two loops, one in the other.
 * Hence the repetition, which has an end: HotSpot's first compiler takes a routine of 48
 * multiply-adds, and gives up one of 80, which then may never reach the second.
 */
final class VectorProducts {
  private static final VectorSpecies<Float> FLOATS = VectorRegisters.FLOATS;
  private static final int LANES = FLOATS.length();

  private VectorProducts() {}

  /** {@code y = b + W x}. */
  static void affine(Matrix w, float[] x, int xOffset, float[] y, int yOffset, boolean backwards) {
    int apart = w.apart();
    for (int i = 0; i < w.starts.length; i++) {
      int panel = backwards && i < apart ? apart - 1 - i : i;
      panel(w, panel, x, xOffset, y, yOffset + w.firstRows[panel]);
    }
  }

  static void panel(Matrix w, int panel, float[] x, int xAt, float[] y, int yAt) {
    int start = w.starts[panel];
    int width = w.width(panel);
    if (width < LANES || width < 8) {
      ScalarProducts.panel(w, panel, x, xAt, y, yAt);
      return;
    }
    if (w.strides[panel] < Matrix.PANEL) {
      VectorNarrowProducts.panel(w, panel, x, xAt, y, yAt);
    } else if (w.hasStrips()) {
      rows128(w.packed, start, w.columns, x, xAt, y, yAt);
    } else {
      VectorSmallProducts.panel(w.packed, start, x, xAt, w.columns, x, xAt, 0, y, yAt);
    }
  }

  private static void rows128(
      float[] w, int start, int columns, float[] x, int xAt, float[] y, int yAt) {
    for (int row = 0; row < 128; row += 8 * LANES) {
      int p = place(start, columns, row);
      int q = place(start, columns, row + 2 * LANES);
      int r = place(start, columns, row + 4 * LANES);
      int s = place(start, columns, row + 6 * LANES);
      block8by1(w, start + row, p, q, r, s, columns, x, xAt, y, yAt + row);
    }
  }

  /** Where an output's weights begin in a panel of 128 that has strips. */
  private static int place(int start, int columns, int row) {
    return start + 128 + row / 32 * 32 * columns + row % 32;
  }

  /** Eight registers, two after each of four places. */
  private static void block8by1(
      float[] w,
      int bias,
      int p,
      int q,
      int r,
      int s,
      int columns,
      float[] x,
      int xAt,
      float[] y,
      int yAt) {
    FloatVector y0 = FloatVector.fromArray(FLOATS, w, bias);
    FloatVector y1 = FloatVector.fromArray(FLOATS, w, bias + LANES);
    FloatVector y2 = FloatVector.fromArray(FLOATS, w, bias + 2 * LANES);
    FloatVector y3 = FloatVector.fromArray(FLOATS, w, bias + 3 * LANES);
    FloatVector y4 = FloatVector.fromArray(FLOATS, w, bias + 4 * LANES);
    FloatVector y5 = FloatVector.fromArray(FLOATS, w, bias + 5 * LANES);
    FloatVector y6 = FloatVector.fromArray(FLOATS, w, bias + 6 * LANES);
    FloatVector y7 = FloatVector.fromArray(FLOATS, w, bias + 7 * LANES);
    int end = xAt + columns;
    int whole = end - columns % 4;
    int at = xAt;
    FloatVector v;
    while (at != whole) {
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0 = v.fma(FloatVector.fromArray(FLOATS, w, p), y0);
      y1 = v.fma(FloatVector.fromArray(FLOATS, w, p + LANES), y1);
      y2 = v.fma(FloatVector.fromArray(FLOATS, w, q), y2);
      y3 = v.fma(FloatVector.fromArray(FLOATS, w, q + LANES), y3);
      y4 = v.fma(FloatVector.fromArray(FLOATS, w, r), y4);
      y5 = v.fma(FloatVector.fromArray(FLOATS, w, r + LANES), y5);
      y6 = v.fma(FloatVector.fromArray(FLOATS, w, s), y6);
      y7 = v.fma(FloatVector.fromArray(FLOATS, w, s + LANES), y7);
      v = FloatVector.broadcast(FLOATS, x[at + 1]);
      y0 = v.fma(FloatVector.fromArray(FLOATS, w, p + 32), y0);
      y1 = v.fma(FloatVector.fromArray(FLOATS, w, p + 32 + LANES), y1);
      y2 = v.fma(FloatVector.fromArray(FLOATS, w, q + 32), y2);
      y3 = v.fma(FloatVector.fromArray(FLOATS, w, q + 32 + LANES), y3);
      y4 = v.fma(FloatVector.fromArray(FLOATS, w, r + 32), y4);
      y5 = v.fma(FloatVector.fromArray(FLOATS, w, r + 32 + LANES), y5);
      y6 = v.fma(FloatVector.fromArray(FLOATS, w, s + 32), y6);
      y7 = v.fma(FloatVector.fromArray(FLOATS, w, s + 32 + LANES), y7);
      v = FloatVector.broadcast(FLOATS, x[at + 2]);
      y0 = v.fma(FloatVector.fromArray(FLOATS, w, p + 64), y0);
      y1 = v.fma(FloatVector.fromArray(FLOATS, w, p + 64 + LANES), y1);
      y2 = v.fma(FloatVector.fromArray(FLOATS, w, q + 64), y2);
      y3 = v.fma(FloatVector.fromArray(FLOATS, w, q + 64 + LANES), y3);
      y4 = v.fma(FloatVector.fromArray(FLOATS, w, r + 64), y4);
      y5 = v.fma(FloatVector.fromArray(FLOATS, w, r + 64 + LANES), y5);
      y6 = v.fma(FloatVector.fromArray(FLOATS, w, s + 64), y6);
      y7 = v.fma(FloatVector.fromArray(FLOATS, w, s + 64 + LANES), y7);
      v = FloatVector.broadcast(FLOATS, x[at + 3]);
      y0 = v.fma(FloatVector.fromArray(FLOATS, w, p + 96), y0);
      y1 = v.fma(FloatVector.fromArray(FLOATS, w, p + 96 + LANES), y1);
      y2 = v.fma(FloatVector.fromArray(FLOATS, w, q + 96), y2);
      y3 = v.fma(FloatVector.fromArray(FLOATS, w, q + 96 + LANES), y3);
      y4 = v.fma(FloatVector.fromArray(FLOATS, w, r + 96), y4);
      y5 = v.fma(FloatVector.fromArray(FLOATS, w, r + 96 + LANES), y5);
      y6 = v.fma(FloatVector.fromArray(FLOATS, w, s + 96), y6);
      y7 = v.fma(FloatVector.fromArray(FLOATS, w, s + 96 + LANES), y7);
      p += 128;
      q += 128;
      r += 128;
      s += 128;
      at += 4;
    }
    while (at != end) {
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0 = v.fma(FloatVector.fromArray(FLOATS, w, p), y0);
      y1 = v.fma(FloatVector.fromArray(FLOATS, w, p + LANES), y1);
      y2 = v.fma(FloatVector.fromArray(FLOATS, w, q), y2);
      y3 = v.fma(FloatVector.fromArray(FLOATS, w, q + LANES), y3);
      y4 = v.fma(FloatVector.fromArray(FLOATS, w, r), y4);
      y5 = v.fma(FloatVector.fromArray(FLOATS, w, r + LANES), y5);
      y6 = v.fma(FloatVector.fromArray(FLOATS, w, s), y6);
      y7 = v.fma(FloatVector.fromArray(FLOATS, w, s + LANES), y7);
      p += 32;
      q += 32;
      r += 32;
      s += 32;
      at++;
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

  /** See {@link Kernels#copy}; the last registers overlap. */
  static void copy(float[] from, int fromOffset, float[] to, int toOffset, int length) {
    if (length >= LANES) {
      int last = length - LANES;
      int i = 0;
      while (i < last) {
        FloatVector.fromArray(FLOATS, from, fromOffset + i).intoArray(to, toOffset + i);
        i += LANES;
      }
      FloatVector.fromArray(FLOATS, from, fromOffset + last).intoArray(to, toOffset + last);
    } else {
      for (int i = 0; i < length; i++) {
        to[toOffset + i] = from[fromOffset + i];
      }
    }
  }
}
