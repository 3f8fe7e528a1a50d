package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.Matrix;

/**
 * Products for several sequences: what they multiply lies in arrays of their own and is gathered
 * first, into {@code scratch}, behind the results.
 */
final class BatchProduct {
  private BatchProduct() {}

  /** {@code y[k] = bias} for {@code count} results, side by side from {@code yOffset}. */
  static void start(float[] bias, int count, float[] y, int yOffset) {
    for (int k = 0; k < count; k++) {
      System.arraycopy(bias, 0, y, yOffset + k * bias.length, bias.length);
    }
  }

  /**
   * {@code y[k] += W x[k]}.
   *
   * @param x vectors of {@code w.columns()} values, each from its offset
   * @param scratch holds the results from {@code yOffset} and takes {@code count * w.columns()}
   *     values from {@code free}
   */
  static void add(
      Kernels kernels,
      Matrix w,
      int count,
      float[][] x,
      int[] xOffsets,
      float[] scratch,
      int yOffset,
      int free) {
    int columns = w.columns();
    for (int k = 0; k < count; k++) {
      System.arraycopy(x[k], xOffsets[k], scratch, free + k * columns, columns);
    }
    kernels.multiplyAddAll(w, scratch, free, columns, scratch, yOffset, w.rows(), count);
  }

  /** The same, of vectors that all lie at one place of their arrays. */
  static void add(
      Kernels kernels,
      Matrix w,
      int count,
      float[][] x,
      int xOffset,
      float[] scratch,
      int yOffset,
      int free) {
    int columns = w.columns();
    for (int k = 0; k < count; k++) {
      System.arraycopy(x[k], xOffset, scratch, free + k * columns, columns);
    }
    kernels.multiplyAddAll(w, scratch, free, columns, scratch, yOffset, w.rows(), count);
  }

  /** The longest vector that a stack of layers multiplies. */
  static int widest(RecurrentWeights[] stack) {
    int widest = 0;
    for (RecurrentWeights weights : stack) {
      widest = Math.max(widest, Math.max(weights.input.columns(), weights.recurrent.columns()));
    }
    return widest;
  }
}
