package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.Matrix;

/**
 * Products for several sequences: what they multiply lies in arrays of their own and is gathered
 * first, into {@code scratch}, behind the results.
 */
final class BatchProduct {
  private BatchProduct() {}

  /** Values of scratch that the methods here need, where results begin at 0. */
  static int scratchLength(int count, Matrix w) {
    return count * (w.rows() + w.columns()) + Kernels.scratchOfAll(w.columns(), count);
  }

  static int scratchLength(int count, Matrix[] stack) {
    int length = 0;
    for (Matrix w : stack) {
      length = Math.max(length, scratchLength(count, w));
    }
    return length;
  }

  /**
   * {@code y[k] = b + W x[k]}, side by side in {@code scratch} from 0.
   *
   * @param x vectors of {@code w.columns()} values, each from its offset
   * @param scratch takes {@link #scratchLength} values, the results in front
   */
  static void affine(
      Kernels kernels, Matrix w, int count, float[][] x, int[] xOffsets, float[] scratch) {
    int free = count * w.rows();
    int columns = w.columns();
    for (int k = 0; k < count; k++) {
      System.arraycopy(x[k], xOffsets[k], scratch, free + k * columns, columns);
    }
    int side = free + count * columns;
    kernels.affineAll(w, scratch, free, columns, scratch, 0, w.rows(), count, scratch, side);
  }

  /**
   * The same for a layer of a stack, with {@link RecurrentWeights#joined}; results from 0.
   *
   * @param x the stack's inputs, or null for a layer whose input is the hidden state at {@code
   *     below} in the states
   */
  static void joined(
      Kernels kernels,
      Matrix w,
      int count,
      float[][] x,
      int[] xOffsets,
      float[][] states,
      int below,
      int h,
      int hidden,
      float[] scratch) {
    int free = count * w.rows();
    int columns = w.columns();
    for (int k = 0; k < count; k++) {
      float[] from = x == null ? states[k] : x[k];
      int at = x == null ? below : xOffsets[k];
      int to = free + k * columns;
      kernels.join(from, at, columns - hidden, states[k], h, hidden, scratch, to);
    }
    int side = free + count * columns;
    kernels.affineAll(w, scratch, free, columns, scratch, 0, w.rows(), count, scratch, side);
  }
}
