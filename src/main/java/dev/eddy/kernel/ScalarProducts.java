package dev.eddy.kernel;

/**
 * Products in plain loops: the reference of {@link Kernels}' order of operations.
 *
 * <p>Each output takes its inputs by fused multiply-adds in one chain, two or four, the inputs in
 * turn ({@link Matrix#chains}); the first chain starts from what the output begins with, the others
 * from 0, and at the end they are added up.
 */
final class ScalarProducts {
  private ScalarProducts() {}

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
    if (z != y || zAt != yAt) {
      System.arraycopy(z, zAt, y, yAt, width);
    }
    if (Matrix.chains(width) == 1) {
      for (int column = 0; column < columns; column++) {
        float v = x[xAt + column];
        int p = start + column * stride;
        for (int row = 0; row < width; row++) {
          y[yAt + row] = Math.fma(w[p + row], v, y[yAt + row]);
        }
      }
      return;
    }
    for (int row = 0; row < width; row++) {
      y[yAt + row] =
          row(w, start + row, stride, Matrix.chains(width), columns, y[yAt + row], x, xAt);
    }
  }

  private static float row(
      float[] w, int start, int stride, int chains, int columns, float first, float[] x, int xAt) {
    float s0 = first;
    float s1 = 0f;
    float s2 = 0f;
    float s3 = 0f;
    int column = 0;
    int p = start;
    if (chains == 2) {
      for (; column <= columns - 2; column += 2, p += 2 * stride) {
        s0 = Math.fma(w[p], x[xAt + column], s0);
        s1 = Math.fma(w[p + stride], x[xAt + column + 1], s1);
      }
      return (column < columns ? Math.fma(w[p], x[xAt + column], s0) : s0) + s1;
    }
    for (; column <= columns - 4; column += 4, p += 4 * stride) {
      s0 = Math.fma(w[p], x[xAt + column], s0);
      s1 = Math.fma(w[p + stride], x[xAt + column + 1], s1);
      s2 = Math.fma(w[p + 2 * stride], x[xAt + column + 2], s2);
      s3 = Math.fma(w[p + 3 * stride], x[xAt + column + 3], s3);
    }
    if (column < columns) {
      s0 = Math.fma(w[p], x[xAt + column], s0);
    }
    if (column + 1 < columns) {
      s1 = Math.fma(w[p + stride], x[xAt + column + 1], s1);
    }
    if (column + 2 < columns) {
      s2 = Math.fma(w[p + 2 * stride], x[xAt + column + 2], s2);
    }
    return (s0 + s1) + (s2 + s3);
  }
}
