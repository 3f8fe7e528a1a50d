package dev.eddy.layer;

import dev.eddy.kernel.Matrix;

/**
 * The learnt numbers of one layer, by tensor name; they don't change. Packed by one thread, the one
 * that compiles the network.
 *
 * <p>Whoever makes one has compared names and shapes with the layer's {@link Layer#tensors}.
 */
@FunctionalInterface
public interface Weights {

  /**
   * A tensor's values, row-major. Not a copy: callers must not change it.
   *
   * @param name one of the names in {@link Layer#tensors}
   */
  float[] tensor(String name);

  /**
   * Packs what a product multiplies with, beside the other weights of the network where there is
   * one; see {@link Matrix#ofRows(Matrix.Rows, float[], int)}.
   */
  default Matrix matrix(Matrix.Rows source, float[] bias, int columns) {
    return Matrix.ofRows(source, bias, columns);
  }

  /** The same of row-major values, from an offset on. */
  default Matrix matrix(float[] values, int offset, float[] bias, int columns) {
    return matrix(
        (row, to) -> System.arraycopy(values, offset + row * columns, to, 0, columns),
        bias,
        columns);
  }
}
