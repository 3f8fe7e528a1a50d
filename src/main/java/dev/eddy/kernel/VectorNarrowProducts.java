package dev.eddy.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of panels with few outputs, in two chains or four: the other half of {@link
 * VectorProducts}, which says why it is written so.
 */
final class VectorNarrowProducts {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();

  private VectorNarrowProducts() {}

  /** One panel with two chains or four: {@code width} outputs from {@code zAt} to {@code yAt}. */
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
    boolean two = Matrix.chains(width) == 2;
    int overlapping = width % LANES == 0 ? 0 : LANES + width % LANES; // of the last two registers
    int whole = width - overlapping;
    int row = 0;
    if (two) {
      for (; row <= whole - 4 * LANES; row += 4 * LANES) {
        block4by2(w, start + row, stride, columns, z, zAt + row, x, xAt, y, yAt + row);
      }
    }
    for (; row <= whole - 2 * LANES; row += 2 * LANES) {
      pair(two, w, start + row, stride, LANES, columns, z, zAt + row, x, xAt, y, yAt + row);
    }
    if (row <= whole - LANES) {
      if (two) {
        block1by2(w, start + row, stride, columns, z, zAt + row, x, xAt, y, yAt + row);
      } else {
        block1by4(w, start + row, stride, columns, z, zAt + row, x, xAt, y, yAt + row);
      }
      row += LANES;
    }
    if (overlapping > 0) {
      int second = overlapping - LANES;
      pair(two, w, start + row, stride, second, columns, z, zAt + row, x, xAt, y, yAt + row);
    }
  }

  private static void pair(
      boolean two,
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
    if (two) {
      block2by2(w, start, stride, second, columns, z, zAt, x, xAt, y, yAt);
    } else {
      block2by4(w, start, stride, second, columns, z, zAt, x, xAt, y, yAt);
    }
  }

  /** Four registers of outputs, two chains each. */
  private static void block4by2(
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
    FloatVector y0a = FloatVector.fromArray(FLOATS, z, zAt);
    FloatVector y0b = FloatVector.zero(FLOATS);
    FloatVector y1a = FloatVector.fromArray(FLOATS, z, zAt + LANES);
    FloatVector y1b = FloatVector.zero(FLOATS);
    FloatVector y2a = FloatVector.fromArray(FLOATS, z, zAt + 2 * LANES);
    FloatVector y2b = FloatVector.zero(FLOATS);
    FloatVector y3a = FloatVector.fromArray(FLOATS, z, zAt + 3 * LANES);
    FloatVector y3b = FloatVector.zero(FLOATS);
    int column = 0;
    int p = start;
    for (; column <= columns - 2; column += 2) {
      FloatVector v;
      v = FloatVector.broadcast(FLOATS, x[xAt + column]);
      y0a = FloatVector.fromArray(FLOATS, w, p).fma(v, y0a);
      y1a = FloatVector.fromArray(FLOATS, w, p + LANES).fma(v, y1a);
      y2a = FloatVector.fromArray(FLOATS, w, p + 2 * LANES).fma(v, y2a);
      y3a = FloatVector.fromArray(FLOATS, w, p + 3 * LANES).fma(v, y3a);
      p += stride;
      v = FloatVector.broadcast(FLOATS, x[xAt + column + 1]);
      y0b = FloatVector.fromArray(FLOATS, w, p).fma(v, y0b);
      y1b = FloatVector.fromArray(FLOATS, w, p + LANES).fma(v, y1b);
      y2b = FloatVector.fromArray(FLOATS, w, p + 2 * LANES).fma(v, y2b);
      y3b = FloatVector.fromArray(FLOATS, w, p + 3 * LANES).fma(v, y3b);
      p += stride;
    }
    if (column < columns) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xAt + column]);
      y0a = FloatVector.fromArray(FLOATS, w, p).fma(v, y0a);
      y1a = FloatVector.fromArray(FLOATS, w, p + LANES).fma(v, y1a);
      y2a = FloatVector.fromArray(FLOATS, w, p + 2 * LANES).fma(v, y2a);
      y3a = FloatVector.fromArray(FLOATS, w, p + 3 * LANES).fma(v, y3a);
    }
    y0a.add(y0b).intoArray(y, yAt);
    y1a.add(y1b).intoArray(y, yAt + LANES);
    y2a.add(y2b).intoArray(y, yAt + 2 * LANES);
    y3a.add(y3b).intoArray(y, yAt + 3 * LANES);
  }

  private static void block2by2(
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
    FloatVector y0a = FloatVector.fromArray(FLOATS, z, zAt);
    FloatVector y0b = FloatVector.zero(FLOATS);
    FloatVector y1a = FloatVector.fromArray(FLOATS, z, zAt + second);
    FloatVector y1b = FloatVector.zero(FLOATS);
    int column = 0;
    int p = start;
    for (; column <= columns - 2; column += 2) {
      FloatVector v;
      v = FloatVector.broadcast(FLOATS, x[xAt + column]);
      y0a = FloatVector.fromArray(FLOATS, w, p).fma(v, y0a);
      y1a = FloatVector.fromArray(FLOATS, w, p + second).fma(v, y1a);
      p += stride;
      v = FloatVector.broadcast(FLOATS, x[xAt + column + 1]);
      y0b = FloatVector.fromArray(FLOATS, w, p).fma(v, y0b);
      y1b = FloatVector.fromArray(FLOATS, w, p + second).fma(v, y1b);
      p += stride;
    }
    if (column < columns) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xAt + column]);
      y0a = FloatVector.fromArray(FLOATS, w, p).fma(v, y0a);
      y1a = FloatVector.fromArray(FLOATS, w, p + second).fma(v, y1a);
    }
    y0a.add(y0b).intoArray(y, yAt);
    y1a.add(y1b).intoArray(y, yAt + second);
  }

  private static void block1by2(
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
    FloatVector y0a = FloatVector.fromArray(FLOATS, z, zAt);
    FloatVector y0b = FloatVector.zero(FLOATS);
    int column = 0;
    int p = start;
    for (; column <= columns - 2; column += 2) {
      FloatVector v;
      v = FloatVector.broadcast(FLOATS, x[xAt + column]);
      y0a = FloatVector.fromArray(FLOATS, w, p).fma(v, y0a);
      p += stride;
      v = FloatVector.broadcast(FLOATS, x[xAt + column + 1]);
      y0b = FloatVector.fromArray(FLOATS, w, p).fma(v, y0b);
      p += stride;
    }
    if (column < columns) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xAt + column]);
      y0a = FloatVector.fromArray(FLOATS, w, p).fma(v, y0a);
    }
    y0a.add(y0b).intoArray(y, yAt);
  }

  private static void block2by4(
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
    FloatVector y0a = FloatVector.fromArray(FLOATS, z, zAt);
    FloatVector y0b = FloatVector.zero(FLOATS);
    FloatVector y0c = FloatVector.zero(FLOATS);
    FloatVector y0d = FloatVector.zero(FLOATS);
    FloatVector y1a = FloatVector.fromArray(FLOATS, z, zAt + second);
    FloatVector y1b = FloatVector.zero(FLOATS);
    FloatVector y1c = FloatVector.zero(FLOATS);
    FloatVector y1d = FloatVector.zero(FLOATS);
    int column = 0;
    int p = start;
    for (; column <= columns - 4; column += 4) {
      FloatVector v;
      v = FloatVector.broadcast(FLOATS, x[xAt + column]);
      y0a = FloatVector.fromArray(FLOATS, w, p).fma(v, y0a);
      y1a = FloatVector.fromArray(FLOATS, w, p + second).fma(v, y1a);
      p += stride;
      v = FloatVector.broadcast(FLOATS, x[xAt + column + 1]);
      y0b = FloatVector.fromArray(FLOATS, w, p).fma(v, y0b);
      y1b = FloatVector.fromArray(FLOATS, w, p + second).fma(v, y1b);
      p += stride;
      v = FloatVector.broadcast(FLOATS, x[xAt + column + 2]);
      y0c = FloatVector.fromArray(FLOATS, w, p).fma(v, y0c);
      y1c = FloatVector.fromArray(FLOATS, w, p + second).fma(v, y1c);
      p += stride;
      v = FloatVector.broadcast(FLOATS, x[xAt + column + 3]);
      y0d = FloatVector.fromArray(FLOATS, w, p).fma(v, y0d);
      y1d = FloatVector.fromArray(FLOATS, w, p + second).fma(v, y1d);
      p += stride;
    }
    if (column < columns) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xAt + column]);
      y0a = FloatVector.fromArray(FLOATS, w, p).fma(v, y0a);
      y1a = FloatVector.fromArray(FLOATS, w, p + second).fma(v, y1a);
      p += stride;
    }
    if (column + 1 < columns) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xAt + column + 1]);
      y0b = FloatVector.fromArray(FLOATS, w, p).fma(v, y0b);
      y1b = FloatVector.fromArray(FLOATS, w, p + second).fma(v, y1b);
      p += stride;
    }
    if (column + 2 < columns) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xAt + column + 2]);
      y0c = FloatVector.fromArray(FLOATS, w, p).fma(v, y0c);
      y1c = FloatVector.fromArray(FLOATS, w, p + second).fma(v, y1c);
    }
    y0a.add(y0b).add(y0c.add(y0d)).intoArray(y, yAt);
    y1a.add(y1b).add(y1c.add(y1d)).intoArray(y, yAt + second);
  }

  private static void block1by4(
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
    FloatVector y0a = FloatVector.fromArray(FLOATS, z, zAt);
    FloatVector y0b = FloatVector.zero(FLOATS);
    FloatVector y0c = FloatVector.zero(FLOATS);
    FloatVector y0d = FloatVector.zero(FLOATS);
    int column = 0;
    int p = start;
    for (; column <= columns - 4; column += 4) {
      FloatVector v;
      v = FloatVector.broadcast(FLOATS, x[xAt + column]);
      y0a = FloatVector.fromArray(FLOATS, w, p).fma(v, y0a);
      p += stride;
      v = FloatVector.broadcast(FLOATS, x[xAt + column + 1]);
      y0b = FloatVector.fromArray(FLOATS, w, p).fma(v, y0b);
      p += stride;
      v = FloatVector.broadcast(FLOATS, x[xAt + column + 2]);
      y0c = FloatVector.fromArray(FLOATS, w, p).fma(v, y0c);
      p += stride;
      v = FloatVector.broadcast(FLOATS, x[xAt + column + 3]);
      y0d = FloatVector.fromArray(FLOATS, w, p).fma(v, y0d);
      p += stride;
    }
    if (column < columns) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xAt + column]);
      y0a = FloatVector.fromArray(FLOATS, w, p).fma(v, y0a);
      p += stride;
    }
    if (column + 1 < columns) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xAt + column + 1]);
      y0b = FloatVector.fromArray(FLOATS, w, p).fma(v, y0b);
      p += stride;
    }
    if (column + 2 < columns) {
      FloatVector v = FloatVector.broadcast(FLOATS, x[xAt + column + 2]);
      y0c = FloatVector.fromArray(FLOATS, w, p).fma(v, y0c);
    }
    y0a.add(y0b).add(y0c.add(y0d)).intoArray(y, yAt);
  }
}
