package dev.eddy.kernel;

/**
 * Products in plain loops: the reference of {@link Kernels}' order of operations.
 *
 * <p>Each output takes its inputs by fused multiply-adds in one chain, two, four or eight, the
 * inputs in turn ({@link Matrix#chains}). The first chain starts from the bias, the others from 0.
 * Inputs that are too few for a last round go to the first chain. In the end the chains are added
 * up, neighbours first.
 */
final class ScalarProducts {
  private ScalarProducts() {}

  /** {@code y = b + W x}. */
  static void affine(Matrix w, float[] x, int xOffset, float[] y, int yOffset) {
    for (int panel = 0; panel < w.starts.length; panel++) {
      panel(w, panel, x, xOffset, y, yOffset + w.firstRows[panel]);
    }
  }

  static void panel(Matrix w, int panel, float[] x, int xAt, float[] y, int yAt) {
    int width = w.width(panel);
    if (w.chains(panel) == 1) {
      inOneChain(w, w.starts[panel], x, xAt, y, yAt);
      return;
    }
    int weights = w.starts[panel] + w.strides[panel];
    for (int row = 0; row < width; row++) {
      y[yAt + row] =
          row(
              w.packed,
              weights + row,
              w.strides[panel],
              w.chains(panel),
              w.columns,
              w.packed[w.starts[panel] + row],
              x,
              xAt);
    }
  }

  private static void inOneChain(Matrix w, int start, float[] x, int xAt, float[] y, int yAt) {
    System.arraycopy(w.packed, start, y, yAt, Matrix.PANEL);
    int p = start + Matrix.PANEL;
    for (int first = 0; first < Matrix.PANEL; first += w.strip) {
      for (int column = 0; column < w.columns; column++, p += w.strip) {
        float v = x[xAt + column];
        for (int row = 0; row < w.strip; row++) {
          y[yAt + first + row] = Math.fma(w.packed[p + row], v, y[yAt + first + row]);
        }
      }
    }
  }

  private static float row(
      float[] w, int start, int stride, int chains, int columns, float bias, float[] x, int xAt) {
    float s0 = bias;
    float s1 = 0f;
    float s2 = 0f;
    float s3 = 0f;
    float s4 = 0f;
    float s5 = 0f;
    float s6 = 0f;
    float s7 = 0f;
    int column = 0;
    int p = start;
    for (; column <= columns - chains; column += chains, p += chains * stride) {
      s0 = Math.fma(w[p], x[xAt + column], s0);
      s1 = Math.fma(w[p + stride], x[xAt + column + 1], s1);
      if (chains > 2) {
        s2 = Math.fma(w[p + 2 * stride], x[xAt + column + 2], s2);
        s3 = Math.fma(w[p + 3 * stride], x[xAt + column + 3], s3);
      }
      if (chains > 4) {
        s4 = Math.fma(w[p + 4 * stride], x[xAt + column + 4], s4);
        s5 = Math.fma(w[p + 5 * stride], x[xAt + column + 5], s5);
        s6 = Math.fma(w[p + 6 * stride], x[xAt + column + 6], s6);
        s7 = Math.fma(w[p + 7 * stride], x[xAt + column + 7], s7);
      }
    }
    for (; column < columns; column++, p += stride) {
      s0 = Math.fma(w[p], x[xAt + column], s0);
    }
    float sum = s0 + s1;
    if (chains > 2) {
      sum += s2 + s3;
    }
    return chains > 4 ? sum + ((s4 + s5) + (s6 + s7)) : sum;
  }
}
