package dev.eddy.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of panels of fewer than {@value Matrix#PANEL} outputs: what {@link VectorProducts} says
 * holds here too, but each output is the sum of two, four or eight chains, which take the inputs in
 * turn, so that eight multiply-adds at once don't wait for each other.
 *
 * <p>Where registers are narrower than 512 bits, 32 outputs take two walks over the inputs, each
 * for two of their four chains: what the first wrote, the second adds to.
 */
final class VectorNarrowProducts {
  private static final VectorSpecies<Float> FLOATS = VectorRegisters.FLOATS;
  private static final int LANES = FLOATS.length();

  /** Whether two registers hold 32 outputs; four have too many chains for 16 registers. */
  private static final boolean WIDE = LANES == Matrix.LINE;

  private VectorNarrowProducts() {}

  /** {@code y = b + W x} of one panel. */
  static void panel(Matrix w, int panel, float[] x, int xAt, float[] y, int yAt) {
    int start = w.starts[panel];
    switch (w.strides[panel]) {
      case 64 -> {
        for (int row = 0; row < 64; row += 4 * LANES) {
          block4by2(w.packed, start + row, w.columns, x, xAt, y, yAt + row);
        }
      }
      case 32 -> {
        if (WIDE) {
          block2by4(w.packed, start, w.columns, x, xAt, y, yAt);
        } else {
          for (int row = 0; row < 32; row += 4 * LANES) {
            block4by4First(w.packed, start + row, w.columns, x, xAt, y, yAt + row);
            block4by4Second(w.packed, start + row, w.columns, x, xAt, y, yAt + row);
          }
        }
      }
      default -> {
        int width = w.width(panel);
        for (int next = 0; next < width; next += LANES) {
          int row = Math.min(next, width - LANES); // the last ones may overlap
          block1by8(w.packed, start + row, w.columns, x, xAt, y, yAt + row);
        }
      }
    }
  }

  /** Four registers, two chains each. */
  private static void block4by2(
      float[] w, int bias, int columns, float[] x, int xAt, float[] y, int yAt) {
    FloatVector y0a = FloatVector.fromArray(FLOATS, w, bias);
    FloatVector y1a = FloatVector.fromArray(FLOATS, w, bias + LANES);
    FloatVector y2a = FloatVector.fromArray(FLOATS, w, bias + 2 * LANES);
    FloatVector y3a = FloatVector.fromArray(FLOATS, w, bias + 3 * LANES);
    FloatVector y0b = FloatVector.zero(FLOATS);
    FloatVector y1b = FloatVector.zero(FLOATS);
    FloatVector y2b = FloatVector.zero(FLOATS);
    FloatVector y3b = FloatVector.zero(FLOATS);
    int end = xAt + columns;
    int whole = end - columns % 4;
    int p = bias + 64;
    int at = xAt;
    FloatVector v;
    while (at != whole) {
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0a = v.fma(FloatVector.fromArray(FLOATS, w, p), y0a);
      y1a = v.fma(FloatVector.fromArray(FLOATS, w, p + LANES), y1a);
      y2a = v.fma(FloatVector.fromArray(FLOATS, w, p + 2 * LANES), y2a);
      y3a = v.fma(FloatVector.fromArray(FLOATS, w, p + 3 * LANES), y3a);
      v = FloatVector.broadcast(FLOATS, x[at + 1]);
      y0b = v.fma(FloatVector.fromArray(FLOATS, w, p + 64), y0b);
      y1b = v.fma(FloatVector.fromArray(FLOATS, w, p + 64 + LANES), y1b);
      y2b = v.fma(FloatVector.fromArray(FLOATS, w, p + 64 + 2 * LANES), y2b);
      y3b = v.fma(FloatVector.fromArray(FLOATS, w, p + 64 + 3 * LANES), y3b);
      v = FloatVector.broadcast(FLOATS, x[at + 2]);
      y0a = v.fma(FloatVector.fromArray(FLOATS, w, p + 128), y0a);
      y1a = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + LANES), y1a);
      y2a = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + 2 * LANES), y2a);
      y3a = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + 3 * LANES), y3a);
      v = FloatVector.broadcast(FLOATS, x[at + 3]);
      y0b = v.fma(FloatVector.fromArray(FLOATS, w, p + 192), y0b);
      y1b = v.fma(FloatVector.fromArray(FLOATS, w, p + 192 + LANES), y1b);
      y2b = v.fma(FloatVector.fromArray(FLOATS, w, p + 192 + 2 * LANES), y2b);
      y3b = v.fma(FloatVector.fromArray(FLOATS, w, p + 192 + 3 * LANES), y3b);
      p += 256;
      at += 4;
    }
    if (at + 2 <= end) {
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0a = v.fma(FloatVector.fromArray(FLOATS, w, p), y0a);
      y1a = v.fma(FloatVector.fromArray(FLOATS, w, p + LANES), y1a);
      y2a = v.fma(FloatVector.fromArray(FLOATS, w, p + 2 * LANES), y2a);
      y3a = v.fma(FloatVector.fromArray(FLOATS, w, p + 3 * LANES), y3a);
      v = FloatVector.broadcast(FLOATS, x[at + 1]);
      y0b = v.fma(FloatVector.fromArray(FLOATS, w, p + 64), y0b);
      y1b = v.fma(FloatVector.fromArray(FLOATS, w, p + 64 + LANES), y1b);
      y2b = v.fma(FloatVector.fromArray(FLOATS, w, p + 64 + 2 * LANES), y2b);
      y3b = v.fma(FloatVector.fromArray(FLOATS, w, p + 64 + 3 * LANES), y3b);
      p += 128;
      at += 2;
    }
    while (at != end) {
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0a = v.fma(FloatVector.fromArray(FLOATS, w, p), y0a);
      y1a = v.fma(FloatVector.fromArray(FLOATS, w, p + LANES), y1a);
      y2a = v.fma(FloatVector.fromArray(FLOATS, w, p + 2 * LANES), y2a);
      y3a = v.fma(FloatVector.fromArray(FLOATS, w, p + 3 * LANES), y3a);
      p += 64;
      at++;
    }
    y0a.add(y0b).intoArray(y, yAt);
    y1a.add(y1b).intoArray(y, yAt + LANES);
    y2a.add(y2b).intoArray(y, yAt + 2 * LANES);
    y3a.add(y3b).intoArray(y, yAt + 3 * LANES);
  }

  /** Two registers, four chains each. */
  private static void block2by4(
      float[] w, int bias, int columns, float[] x, int xAt, float[] y, int yAt) {
    FloatVector y0a = FloatVector.fromArray(FLOATS, w, bias);
    FloatVector y1a = FloatVector.fromArray(FLOATS, w, bias + LANES);
    FloatVector y0b = FloatVector.zero(FLOATS);
    FloatVector y1b = FloatVector.zero(FLOATS);
    FloatVector y0c = FloatVector.zero(FLOATS);
    FloatVector y1c = FloatVector.zero(FLOATS);
    FloatVector y0d = FloatVector.zero(FLOATS);
    FloatVector y1d = FloatVector.zero(FLOATS);
    int end = xAt + columns;
    int whole = end - columns % 8;
    int p = bias + 32;
    int at = xAt;
    FloatVector v;
    while (at != whole) {
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0a = v.fma(FloatVector.fromArray(FLOATS, w, p), y0a);
      y1a = v.fma(FloatVector.fromArray(FLOATS, w, p + LANES), y1a);
      v = FloatVector.broadcast(FLOATS, x[at + 1]);
      y0b = v.fma(FloatVector.fromArray(FLOATS, w, p + 32), y0b);
      y1b = v.fma(FloatVector.fromArray(FLOATS, w, p + 32 + LANES), y1b);
      v = FloatVector.broadcast(FLOATS, x[at + 2]);
      y0c = v.fma(FloatVector.fromArray(FLOATS, w, p + 64), y0c);
      y1c = v.fma(FloatVector.fromArray(FLOATS, w, p + 64 + LANES), y1c);
      v = FloatVector.broadcast(FLOATS, x[at + 3]);
      y0d = v.fma(FloatVector.fromArray(FLOATS, w, p + 96), y0d);
      y1d = v.fma(FloatVector.fromArray(FLOATS, w, p + 96 + LANES), y1d);
      v = FloatVector.broadcast(FLOATS, x[at + 4]);
      y0a = v.fma(FloatVector.fromArray(FLOATS, w, p + 128), y0a);
      y1a = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + LANES), y1a);
      v = FloatVector.broadcast(FLOATS, x[at + 5]);
      y0b = v.fma(FloatVector.fromArray(FLOATS, w, p + 160), y0b);
      y1b = v.fma(FloatVector.fromArray(FLOATS, w, p + 160 + LANES), y1b);
      v = FloatVector.broadcast(FLOATS, x[at + 6]);
      y0c = v.fma(FloatVector.fromArray(FLOATS, w, p + 192), y0c);
      y1c = v.fma(FloatVector.fromArray(FLOATS, w, p + 192 + LANES), y1c);
      v = FloatVector.broadcast(FLOATS, x[at + 7]);
      y0d = v.fma(FloatVector.fromArray(FLOATS, w, p + 224), y0d);
      y1d = v.fma(FloatVector.fromArray(FLOATS, w, p + 224 + LANES), y1d);
      p += 256;
      at += 8;
    }
    if (at + 4 <= end) {
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0a = v.fma(FloatVector.fromArray(FLOATS, w, p), y0a);
      y1a = v.fma(FloatVector.fromArray(FLOATS, w, p + LANES), y1a);
      v = FloatVector.broadcast(FLOATS, x[at + 1]);
      y0b = v.fma(FloatVector.fromArray(FLOATS, w, p + 32), y0b);
      y1b = v.fma(FloatVector.fromArray(FLOATS, w, p + 32 + LANES), y1b);
      v = FloatVector.broadcast(FLOATS, x[at + 2]);
      y0c = v.fma(FloatVector.fromArray(FLOATS, w, p + 64), y0c);
      y1c = v.fma(FloatVector.fromArray(FLOATS, w, p + 64 + LANES), y1c);
      v = FloatVector.broadcast(FLOATS, x[at + 3]);
      y0d = v.fma(FloatVector.fromArray(FLOATS, w, p + 96), y0d);
      y1d = v.fma(FloatVector.fromArray(FLOATS, w, p + 96 + LANES), y1d);
      p += 128;
      at += 4;
    }
    while (at != end) {
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0a = v.fma(FloatVector.fromArray(FLOATS, w, p), y0a);
      y1a = v.fma(FloatVector.fromArray(FLOATS, w, p + LANES), y1a);
      p += 32;
      at++;
    }
    y0a.add(y0b).add(y0c.add(y0d)).intoArray(y, yAt);
    y1a.add(y1b).add(y1c.add(y1d)).intoArray(y, yAt + LANES);
  }

  /** Four registers, the first two of four chains each. */
  private static void block4by4First(
      float[] w, int bias, int columns, float[] x, int xAt, float[] y, int yAt) {
    FloatVector y0a = FloatVector.fromArray(FLOATS, w, bias);
    FloatVector y1a = FloatVector.fromArray(FLOATS, w, bias + LANES);
    FloatVector y2a = FloatVector.fromArray(FLOATS, w, bias + 2 * LANES);
    FloatVector y3a = FloatVector.fromArray(FLOATS, w, bias + 3 * LANES);
    FloatVector y0b = FloatVector.zero(FLOATS);
    FloatVector y1b = FloatVector.zero(FLOATS);
    FloatVector y2b = FloatVector.zero(FLOATS);
    FloatVector y3b = FloatVector.zero(FLOATS);
    int end = xAt + columns;
    int whole = end - columns % 8;
    int p = bias + 32;
    int at = xAt;
    FloatVector v;
    while (at != whole) {
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0a = v.fma(FloatVector.fromArray(FLOATS, w, p), y0a);
      y1a = v.fma(FloatVector.fromArray(FLOATS, w, p + LANES), y1a);
      y2a = v.fma(FloatVector.fromArray(FLOATS, w, p + 2 * LANES), y2a);
      y3a = v.fma(FloatVector.fromArray(FLOATS, w, p + 3 * LANES), y3a);
      v = FloatVector.broadcast(FLOATS, x[at + 1]);
      y0b = v.fma(FloatVector.fromArray(FLOATS, w, p + 32), y0b);
      y1b = v.fma(FloatVector.fromArray(FLOATS, w, p + 32 + LANES), y1b);
      y2b = v.fma(FloatVector.fromArray(FLOATS, w, p + 32 + 2 * LANES), y2b);
      y3b = v.fma(FloatVector.fromArray(FLOATS, w, p + 32 + 3 * LANES), y3b);
      v = FloatVector.broadcast(FLOATS, x[at + 4]);
      y0a = v.fma(FloatVector.fromArray(FLOATS, w, p + 128), y0a);
      y1a = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + LANES), y1a);
      y2a = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + 2 * LANES), y2a);
      y3a = v.fma(FloatVector.fromArray(FLOATS, w, p + 128 + 3 * LANES), y3a);
      v = FloatVector.broadcast(FLOATS, x[at + 5]);
      y0b = v.fma(FloatVector.fromArray(FLOATS, w, p + 160), y0b);
      y1b = v.fma(FloatVector.fromArray(FLOATS, w, p + 160 + LANES), y1b);
      y2b = v.fma(FloatVector.fromArray(FLOATS, w, p + 160 + 2 * LANES), y2b);
      y3b = v.fma(FloatVector.fromArray(FLOATS, w, p + 160 + 3 * LANES), y3b);
      p += 256;
      at += 8;
    }
    if (at + 4 <= end) {
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0a = v.fma(FloatVector.fromArray(FLOATS, w, p), y0a);
      y1a = v.fma(FloatVector.fromArray(FLOATS, w, p + LANES), y1a);
      y2a = v.fma(FloatVector.fromArray(FLOATS, w, p + 2 * LANES), y2a);
      y3a = v.fma(FloatVector.fromArray(FLOATS, w, p + 3 * LANES), y3a);
      v = FloatVector.broadcast(FLOATS, x[at + 1]);
      y0b = v.fma(FloatVector.fromArray(FLOATS, w, p + 32), y0b);
      y1b = v.fma(FloatVector.fromArray(FLOATS, w, p + 32 + LANES), y1b);
      y2b = v.fma(FloatVector.fromArray(FLOATS, w, p + 32 + 2 * LANES), y2b);
      y3b = v.fma(FloatVector.fromArray(FLOATS, w, p + 32 + 3 * LANES), y3b);
      p += 128;
      at += 4;
    }
    while (at != end) {
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0a = v.fma(FloatVector.fromArray(FLOATS, w, p), y0a);
      y1a = v.fma(FloatVector.fromArray(FLOATS, w, p + LANES), y1a);
      y2a = v.fma(FloatVector.fromArray(FLOATS, w, p + 2 * LANES), y2a);
      y3a = v.fma(FloatVector.fromArray(FLOATS, w, p + 3 * LANES), y3a);
      p += 32;
      at++;
    }
    y0a.add(y0b).intoArray(y, yAt);
    y1a.add(y1b).intoArray(y, yAt + LANES);
    y2a.add(y2b).intoArray(y, yAt + 2 * LANES);
    y3a.add(y3b).intoArray(y, yAt + 3 * LANES);
  }

  /** The other two chains, added to what {@link #block4by4First} left in {@code y}. */
  private static void block4by4Second(
      float[] w, int bias, int columns, float[] x, int xAt, float[] y, int yAt) {
    FloatVector y0c = FloatVector.zero(FLOATS);
    FloatVector y1c = FloatVector.zero(FLOATS);
    FloatVector y2c = FloatVector.zero(FLOATS);
    FloatVector y3c = FloatVector.zero(FLOATS);
    FloatVector y0d = FloatVector.zero(FLOATS);
    FloatVector y1d = FloatVector.zero(FLOATS);
    FloatVector y2d = FloatVector.zero(FLOATS);
    FloatVector y3d = FloatVector.zero(FLOATS);
    int end = xAt + columns;
    int whole = end - columns % 8;
    int p = bias + 32;
    int at = xAt;
    FloatVector v;
    while (at != whole) {
      v = FloatVector.broadcast(FLOATS, x[at + 2]);
      y0c = v.fma(FloatVector.fromArray(FLOATS, w, p + 64), y0c);
      y1c = v.fma(FloatVector.fromArray(FLOATS, w, p + 64 + LANES), y1c);
      y2c = v.fma(FloatVector.fromArray(FLOATS, w, p + 64 + 2 * LANES), y2c);
      y3c = v.fma(FloatVector.fromArray(FLOATS, w, p + 64 + 3 * LANES), y3c);
      v = FloatVector.broadcast(FLOATS, x[at + 3]);
      y0d = v.fma(FloatVector.fromArray(FLOATS, w, p + 96), y0d);
      y1d = v.fma(FloatVector.fromArray(FLOATS, w, p + 96 + LANES), y1d);
      y2d = v.fma(FloatVector.fromArray(FLOATS, w, p + 96 + 2 * LANES), y2d);
      y3d = v.fma(FloatVector.fromArray(FLOATS, w, p + 96 + 3 * LANES), y3d);
      v = FloatVector.broadcast(FLOATS, x[at + 6]);
      y0c = v.fma(FloatVector.fromArray(FLOATS, w, p + 192), y0c);
      y1c = v.fma(FloatVector.fromArray(FLOATS, w, p + 192 + LANES), y1c);
      y2c = v.fma(FloatVector.fromArray(FLOATS, w, p + 192 + 2 * LANES), y2c);
      y3c = v.fma(FloatVector.fromArray(FLOATS, w, p + 192 + 3 * LANES), y3c);
      v = FloatVector.broadcast(FLOATS, x[at + 7]);
      y0d = v.fma(FloatVector.fromArray(FLOATS, w, p + 224), y0d);
      y1d = v.fma(FloatVector.fromArray(FLOATS, w, p + 224 + LANES), y1d);
      y2d = v.fma(FloatVector.fromArray(FLOATS, w, p + 224 + 2 * LANES), y2d);
      y3d = v.fma(FloatVector.fromArray(FLOATS, w, p + 224 + 3 * LANES), y3d);
      p += 256;
      at += 8;
    }
    if (at + 4 <= end) {
      v = FloatVector.broadcast(FLOATS, x[at + 2]);
      y0c = v.fma(FloatVector.fromArray(FLOATS, w, p + 64), y0c);
      y1c = v.fma(FloatVector.fromArray(FLOATS, w, p + 64 + LANES), y1c);
      y2c = v.fma(FloatVector.fromArray(FLOATS, w, p + 64 + 2 * LANES), y2c);
      y3c = v.fma(FloatVector.fromArray(FLOATS, w, p + 64 + 3 * LANES), y3c);
      v = FloatVector.broadcast(FLOATS, x[at + 3]);
      y0d = v.fma(FloatVector.fromArray(FLOATS, w, p + 96), y0d);
      y1d = v.fma(FloatVector.fromArray(FLOATS, w, p + 96 + LANES), y1d);
      y2d = v.fma(FloatVector.fromArray(FLOATS, w, p + 96 + 2 * LANES), y2d);
      y3d = v.fma(FloatVector.fromArray(FLOATS, w, p + 96 + 3 * LANES), y3d);
    }
    FloatVector.fromArray(FLOATS, y, yAt).add(y0c.add(y0d)).intoArray(y, yAt);
    FloatVector.fromArray(FLOATS, y, yAt + LANES).add(y1c.add(y1d)).intoArray(y, yAt + LANES);
    FloatVector.fromArray(FLOATS, y, yAt + 2 * LANES)
        .add(y2c.add(y2d))
        .intoArray(y, yAt + 2 * LANES);
    FloatVector.fromArray(FLOATS, y, yAt + 3 * LANES)
        .add(y3c.add(y3d))
        .intoArray(y, yAt + 3 * LANES);
  }

  /** One register, eight chains. */
  private static void block1by8(
      float[] w, int bias, int columns, float[] x, int xAt, float[] y, int yAt) {
    FloatVector y0a = FloatVector.fromArray(FLOATS, w, bias);
    FloatVector y0b = FloatVector.zero(FLOATS);
    FloatVector y0c = FloatVector.zero(FLOATS);
    FloatVector y0d = FloatVector.zero(FLOATS);
    FloatVector y0e = FloatVector.zero(FLOATS);
    FloatVector y0f = FloatVector.zero(FLOATS);
    FloatVector y0g = FloatVector.zero(FLOATS);
    FloatVector y0h = FloatVector.zero(FLOATS);
    int end = xAt + columns;
    int whole = end - columns % 8;
    int p = bias + 16;
    int at = xAt;
    FloatVector v;
    while (at != whole) {
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0a = v.fma(FloatVector.fromArray(FLOATS, w, p), y0a);
      v = FloatVector.broadcast(FLOATS, x[at + 1]);
      y0b = v.fma(FloatVector.fromArray(FLOATS, w, p + 16), y0b);
      v = FloatVector.broadcast(FLOATS, x[at + 2]);
      y0c = v.fma(FloatVector.fromArray(FLOATS, w, p + 32), y0c);
      v = FloatVector.broadcast(FLOATS, x[at + 3]);
      y0d = v.fma(FloatVector.fromArray(FLOATS, w, p + 48), y0d);
      v = FloatVector.broadcast(FLOATS, x[at + 4]);
      y0e = v.fma(FloatVector.fromArray(FLOATS, w, p + 64), y0e);
      v = FloatVector.broadcast(FLOATS, x[at + 5]);
      y0f = v.fma(FloatVector.fromArray(FLOATS, w, p + 80), y0f);
      v = FloatVector.broadcast(FLOATS, x[at + 6]);
      y0g = v.fma(FloatVector.fromArray(FLOATS, w, p + 96), y0g);
      v = FloatVector.broadcast(FLOATS, x[at + 7]);
      y0h = v.fma(FloatVector.fromArray(FLOATS, w, p + 112), y0h);
      p += 128;
      at += 8;
    }
    while (at != end) {
      v = FloatVector.broadcast(FLOATS, x[at]);
      y0a = v.fma(FloatVector.fromArray(FLOATS, w, p), y0a);
      p += 16;
      at++;
    }
    y0a.add(y0b).add(y0c.add(y0d)).add(y0e.add(y0f).add(y0g.add(y0h))).intoArray(y, yAt);
  }
}
