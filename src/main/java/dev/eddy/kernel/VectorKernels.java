package dev.eddy.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The Vector API twin of {@link ScalarKernels}: the same operations in the same order, many outputs
 * at once.
 *
 * <p>Reached by name only, from {@link KernelBackend}, so that a JVM without the module falls back.
 */
final class VectorKernels implements Kernels {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, FLOATS.vectorShape());
  private static final int LANES = FLOATS.length();

  /** For {@link KernelBackend}, by reflection. */
  VectorKernels() {}

  @Override
  public String name() {
    return "vector (" + FLOATS.vectorBitSize() + " bits)";
  }

  @Override
  public void multiplyAdd(Matrix w, float[] x, int xOffset, float[] y, int yOffset) {
    VectorProducts.affine(w, y, yOffset, x, xOffset, y, yOffset);
  }

  @Override
  public void affine(Matrix w, float[] bias, float[] x, int xOffset, float[] y, int yOffset) {
    VectorProducts.affine(w, bias, 0, x, xOffset, y, yOffset);
  }

  @Override
  public void multiplyAdd(
      float[] a, int aOffset, float[] x, int xOffset, float[] y, int yOffset, int length) {
    VectorProducts.elementWise(a, aOffset, x, xOffset, y, yOffset, length);
  }

  @Override
  public void activateInPlace(Activation activation, float[] values, int offset, int length) {
    int i = 0;
    switch (activation.function()) {
      case RELU -> {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (; i <= length - LANES; i += LANES) {
          FloatVector.fromArray(FLOATS, values, offset + i).max(zero).intoArray(values, offset + i);
        }
      }
      case TANH,
          SIGMOID,
          SILU,
          IDENTITY,
          LEAKY_RELU,
          ELU,
          SELU,
          GELU,
          GELU_TANH,
          SOFTPLUS,
          SOFTSIGN,
          HARD_SIGMOID,
          HARD_TANH,
          HARD_SWISH -> {
        // no twin: a loop over the scalar function
      }
    }
    for (; i < length; i++) {
      values[offset + i] = Functions.apply(activation, values[offset + i]);
    }
  }

  @Override
  public void softmaxInPlace(float[] values, int offset, int length) {
    new ScalarKernels().softmaxInPlace(values, offset, length);
  }

  @Override
  public void lstmCell(
      float[] gates, int gatesOffset, float[] c, int cOffset, float[] h, int hOffset, int units) {
    VectorCells.lstm(gates, gatesOffset, c, cOffset, h, hOffset, units);
  }

  @Override
  public void gruCell(
      float[] a, int aOffset, float[] b, int bOffset, float[] h, int hOffset, int units) {
    VectorCells.gru(a, aOffset, b, bOffset, h, hOffset, units);
  }
}
