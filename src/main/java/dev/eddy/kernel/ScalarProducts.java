package dev.eddy.kernel;

/**
 * Products in plain loops: the reference of {@link Kernels}' order of operations.
 *
 * <p>Each output takes its inputs two at a time: the pair's sum is the product of the first plus,
 * fused, that of the second, and is then added to the output. An odd last input is one fused
 * multiply-add. Against one long chain of multiply-adds this halves what waits on each other, and
 * rounds no worse.
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
    if (width < Matrix.STEP) {
      narrowPanel(w, start, stride, width, columns, z, zAt, x, xAt, y, yAt);
      return;
    }
    if (z != y || zAt != yAt) {
      System.arraycopy(z, zAt, y, yAt, width);
    }
    for (int column = 0; column < columns - 1; column += 2) {
      float a = x[xAt + column];
      float b = x[xAt + column + 1];
      int p = start + column * stride;
      int q = p + stride;
      for (int row = 0; row < width; row++) {
        y[yAt + row] += Math.fma(w[q + row], b, w[p + row] * a);
      }
    }
    if ((columns & 1) != 0) {
      float a = x[xAt + columns - 1];
      int p = start + (columns - 1) * stride;
      for (int row = 0; row < width; row++) {
        y[yAt + row] = Math.fma(w[p + row], a, y[yAt + row]);
      }
    }
  }

  /** Few outputs: one after the other, so that their sums need not go through memory. */
  private static void narrowPanel(
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
    for (int row = 0; row < width; row++) {
      float sum = z[zAt + row];
      int p = start + row;
      for (int column = 0; column < columns - 1; column += 2) {
        float pair = Math.fma(w[p + stride], x[xAt + column + 1], w[p] * x[xAt + column]);
        sum += pair;
        p += 2 * stride;
      }
      y[yAt + row] = (columns & 1) != 0 ? Math.fma(w[p], x[xAt + columns - 1], sum) : sum;
    }
  }
}
