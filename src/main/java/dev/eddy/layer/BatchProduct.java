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
    return count * (w.rows() + w.columns());
  }

  static int scratchLength(int count, Matrix[] stack) {
    int length = 0;
    for (Matrix w : stack) {
      length = Math.max(length, scratchLength(count, w));
    }
    return length;
  }

  /**
   * {@code y[k] = b + W x[k]}, side by side in {@code scratch} from {@code yOffset}.
   *
   * @param x vectors of {@code w.columns()} values, each from its offset
   * @param scratch takes {@code count * w.columns()} values from {@code free}
   */
  static void affine(
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
    kernels.affineAll(w, scratch, free, columns, scratch, yOffset, w.rows(), count);
  }

  /** The same, of vectors that all lie at one place of their arrays. */
  static void affine(
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
    kernels.affineAll(w, scratch, free, columns, scratch, yOffset, w.rows(), count);
  }

  /** The same for a stack's first layer, of {@link RecurrentWeights#joined}; results from 0. */
  static void joined(
      Kernels kernels,
      Matrix w,
      int count,
      float[][] x,
      int[] xOffsets,
      float[][] states,
      int h,
      int hidden,
      float[] scratch) {
    int free = count * w.rows();
    int columns = w.columns();
    for (int k = 0; k < count; k++) {
      int at = free + k * columns;
      RecurrentWeights.join(x[k], xOffsets[k], columns - hidden, states[k], h, hidden, scratch, at);
    }
    kernels.affineAll(w, scratch, free, columns, scratch, 0, w.rows(), count);
  }

  /** The same for a layer whose input is a hidden state too, from {@code below} in the states. */
  static void joined(
      Kernels kernels,
      Matrix w,
      int count,
      int below,
      float[][] states,
      int h,
      int hidden,
      float[] scratch) {
    int free = count * w.rows();
    int columns = w.columns();
    for (int k = 0; k < count; k++) {
      int at = free + k * columns;
      RecurrentWeights.join(states[k], below, columns - hidden, states[k], h, hidden, scratch, at);
    }
    kernels.affineAll(w, scratch, free, columns, scratch, 0, w.rows(), count);
  }
}
