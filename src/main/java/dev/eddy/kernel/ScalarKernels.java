package dev.eddy.kernel;

/**
 * The reference: plain loops, written to be read. It is also what runs where the Vector API is
 * missing.
 */
final class ScalarKernels implements Kernels {

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void affine(Matrix w, float[] x, int xOffset, float[] y, int yOffset, boolean backwards) {
    ScalarProducts.affine(w, x, xOffset, y, yOffset);
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
    for (int k = 0; k < count; k++) {
      affine(w, x, xOffset + k * xStride, y, yOffset + k * yStride);
    }
  }

  @Override
  public void copy(float[] from, int fromOffset, float[] to, int toOffset, int length) {
    System.arraycopy(from, fromOffset, to, toOffset, length);
  }

  @Override
  public void multiplyAdd(
      float[] a, int aOffset, float[] x, int xOffset, float[] y, int yOffset, int length) {
    for (int i = 0; i < length; i++) {
      y[yOffset + i] = Math.fma(a[aOffset + i], x[xOffset + i], y[yOffset + i]);
    }
  }

  @Override
  public void activateInPlace(Activation activation, float[] values, int offset, int length) {
    ScalarActivations.activateInPlace(activation, values, offset, length);
  }

  @Override
  public void softmaxInPlace(float[] values, int offset, int length) {
    ScalarActivations.softmaxInPlace(values, offset, length);
  }

  @Override
  public void lstmCell(
      float[] gates, int gatesOffset, float[] c, int cOffset, float[] h, int hOffset, int units) {
    ScalarCells.lstm(gates, gatesOffset, c, cOffset, h, hOffset, units);
  }

  @Override
  public void gruCell(float[] gates, int gatesOffset, float[] h, int hOffset, int units) {
    ScalarCells.gru(gates, gatesOffset, h, hOffset, units);
  }
}
