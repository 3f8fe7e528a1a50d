package dev.eddy.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of small matrices, whose panels of 128 outputs have no strips: what {@link
 * VectorProducts} says holds here too, but one place in the weights runs in place of four, and what
 * is multiplied may lie in two arrays, so that it need not be laid side by side first.
 */
final class VectorSmallProducts {
  private static final VectorSpecies<Float> FLOATS = VectorRegisters.FLOATS;
  private static final int LANES = FLOATS.length();

  private VectorSmallProducts() {}

  /** Whether all of a matrix is one such panel. */
  static boolean isOnePanel(Matrix w) {
    return w.rows == Matrix.PANEL && !w.hasStrips();
  }

  /** {@code y = b + W [x; h]} of a panel that begins at {@code start}. */
  static void panel(
      float[] w,
      int start,
      float[] x,
      int xAt,
      int inputs,
      float[] h,
      int hAt,
      int hidden,
      float[] y,
      int yAt) {
    for (int row = 0; row < Matrix.PANEL; row += 8 * LANES) {
      block8(w, start + row, x, xAt, inputs, h, hAt, hidden, y, yAt + row);
    }
  }

  /** Eight registers, one after the other; first {@code x}, then {@code h}. */
  private static void block8(
      float[] w,
      int bias,
      float[] x,
      int xAt,
      int inputs,
      float[] h,
      int hAt,
      int hidden,
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
    int p = bias + 128;
    FloatVector v;
    int end = xAt + inputs;
    int whole = end - inputs % 2;
    int at = xAt;
    while (at != whole) {
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0 = v.fma(FloatVector.fromArray(FLOATS, w, p), y0);
      y1 = v.fma(FloatVector.fromArray(FLOATS, w, p + LANES), y1);
      y2 = v.fma(FloatVector.fromArray(FLOATS, w, p + 2 * LANES), y2);
      y3 = v.fma(FloatVector.fromArray(FLOATS, w, p + 3 * LANES), y3);
      y4 = v.fma(FloatVector.fromArray(FLOATS, w, p + 4 * LANES), y4);
      y5 = v.fma(FloatVector.fromArray(FLOATS, w, p + 5 * LANES), y5);
      y6 = v.fma(FloatVector.fromArray(FLOATS, w, p + 6 * LANES), y6);
      y7 = v.fma(FloatVector.fromArray(FLOATS, w, p + 7 * LANES), y7);
      v = FloatVector.broadcast(FLOATS, x[at + 1]);
      y0 = v.fma(FloatVector.fromArray(FLOATS, w, p + 128), y0);
      y1 = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + LANES), y1);
      y2 = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + 2 * LANES), y2);
      y3 = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + 3 * LANES), y3);
      y4 = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + 4 * LANES), y4);
      y5 = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + 5 * LANES), y5);
      y6 = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + 6 * LANES), y6);
      y7 = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + 7 * LANES), y7);
      p += 256;
      at += 2;
    }
    while (at != end) {
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0 = v.fma(FloatVector.fromArray(FLOATS, w, p), y0);
      y1 = v.fma(FloatVector.fromArray(FLOATS, w, p + LANES), y1);
      y2 = v.fma(FloatVector.fromArray(FLOATS, w, p + 2 * LANES), y2);
      y3 = v.fma(FloatVector.fromArray(FLOATS, w, p + 3 * LANES), y3);
      y4 = v.fma(FloatVector.fromArray(FLOATS, w, p + 4 * LANES), y4);
      y5 = v.fma(FloatVector.fromArray(FLOATS, w, p + 5 * LANES), y5);
      y6 = v.fma(FloatVector.fromArray(FLOATS, w, p + 6 * LANES), y6);
      y7 = v.fma(FloatVector.fromArray(FLOATS, w, p + 7 * LANES), y7);
      p += 128;
      at++;
    }
    end = hAt + hidden;
    whole = end - hidden % 2;
    at = hAt;
    while (at != whole) {
      v = FloatVector.broadcast(FLOATS, h[at]);
      y0 = v.fma(FloatVector.fromArray(FLOATS, w, p), y0);
      y1 = v.fma(FloatVector.fromArray(FLOATS, w, p + LANES), y1);
      y2 = v.fma(FloatVector.fromArray(FLOATS, w, p + 2 * LANES), y2);
      y3 = v.fma(FloatVector.fromArray(FLOATS, w, p + 3 * LANES), y3);
      y4 = v.fma(FloatVector.fromArray(FLOATS, w, p + 4 * LANES), y4);
      y5 = v.fma(FloatVector.fromArray(FLOATS, w, p + 5 * LANES), y5);
      y6 = v.fma(FloatVector.fromArray(FLOATS, w, p + 6 * LANES), y6);
      y7 = v.fma(FloatVector.fromArray(FLOATS, w, p + 7 * LANES), y7);
      v = FloatVector.broadcast(FLOATS, h[at + 1]);
      y0 = v.fma(FloatVector.fromArray(FLOATS, w, p + 128), y0);
      y1 = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + LANES), y1);
      y2 = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + 2 * LANES), y2);
      y3 = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + 3 * LANES), y3);
      y4 = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + 4 * LANES), y4);
      y5 = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + 5 * LANES), y5);
      y6 = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + 6 * LANES), y6);
      y7 = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + 7 * LANES), y7);
      p += 256;
      at += 2;
    }
    while (at != end) {
      v = FloatVector.broadcast(FLOATS, h[at]);
      y0 = v.fma(FloatVector.fromArray(FLOATS, w, p), y0);
      y1 = v.fma(FloatVector.fromArray(FLOATS, w, p + LANES), y1);
      y2 = v.fma(FloatVector.fromArray(FLOATS, w, p + 2 * LANES), y2);
      y3 = v.fma(FloatVector.fromArray(FLOATS, w, p + 3 * LANES), y3);
      y4 = v.fma(FloatVector.fromArray(FLOATS, w, p + 4 * LANES), y4);
      y5 = v.fma(FloatVector.fromArray(FLOATS, w, p + 5 * LANES), y5);
      y6 = v.fma(FloatVector.fromArray(FLOATS, w, p + 6 * LANES), y6);
      y7 = v.fma(FloatVector.fromArray(FLOATS, w, p + 7 * LANES), y7);
      p += 128;
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
}
