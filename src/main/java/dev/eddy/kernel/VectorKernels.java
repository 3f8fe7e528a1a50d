package dev.eddy.kernel;

/**
 * The Vector API twin of {@link ScalarKernels}: the same operations in the same order, many outputs
 * at once.
 *
 * <p>Reached by name only, from {@link KernelBackend}, so that a JVM without the module falls back.
 * Only this class and those it names know the Vector API.
 */
final class VectorKernels implements Kernels {

  /** For {@link KernelBackend}, by reflection. */
  VectorKernels() {}

  @Override
  public String name() {
    return "vector (" + VectorRegisters.FLOATS.vectorBitSize() + " bits)";
  }

  @Override
  public void affine(Matrix w, float[] x, int xOffset, float[] y, int yOffset, boolean backwards) {
    VectorProducts.affine(w, x, xOffset, y, yOffset, backwards);
  }

  @Override
  public void affineJoined(
      Matrix w,
      float[] x,
      int xOffset,
      int inputs,
      float[] h,
      int hOffset,
      float[] y,
      int yOffset,
      boolean backwards,
      float[] scratch,
      int scratchOffset) {
    if (VectorSmallProducts.isOnePanel(w)) {
      int hidden = w.columns - inputs;
      VectorSmallProducts.panel(
          w.packed, w.starts[0], x, xOffset, inputs, h, hOffset, hidden, y, yOffset);
    } else {
      Kernels.super.affineJoined(
          w, x, xOffset, inputs, h, hOffset, y, yOffset, backwards, scratch, scratchOffset);
    }
  }

  @Override
  public void affineAll(
      Matrix w,
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int count,
      float[] scratch,
      int scratchOffset) {
    VectorBatchProducts.affineAll(
        w, x, xOffset, xStride, y, yOffset, yStride, count, scratch, scratchOffset);
  }

  @Override
  public void copy(float[] from, int fromOffset, float[] to, int toOffset, int length) {
    VectorProducts.copy(from, fromOffset, to, toOffset, length);
  }

  @Override
  public void multiplyAdd(
      float[] a, int aOffset, float[] x, int xOffset, float[] y, int yOffset, int length) {
    VectorProducts.elementWise(a, aOffset, x, xOffset, y, yOffset, length);
  }

  @Override
  public void activateInPlace(Activation activation, float[] values, int offset, int length) {
    VectorActivations.activateInPlace(activation, values, offset, length);
  }

  @Override
  public void softmaxInPlace(float[] values, int offset, int length) {
    VectorActivations.softmaxInPlace(values, offset, length);
  }

  @Override
  public void lstmCell(
      float[] gates, int gatesOffset, float[] c, int cOffset, float[] h, int hOffset, int units) {
    VectorCells.lstm(gates, gatesOffset, c, cOffset, h, hOffset, units);
  }

  @Override
  public void gruCell(float[] gates, int gatesOffset, float[] h, int hOffset, int units) {
    VectorCells.gru(gates, gatesOffset, h, hOffset, units);
  }
}
