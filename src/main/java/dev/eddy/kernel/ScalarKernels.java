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
  public void multiplyAdd(Matrix w, float[] x, int xOffset, float[] y, int yOffset) {
    ScalarProducts.affine(w, y, yOffset, x, xOffset, y, yOffset);
  }

  @Override
  public void affine(Matrix w, float[] bias, float[] x, int xOffset, float[] y, int yOffset) {
    ScalarProducts.affine(w, bias, 0, x, xOffset, y, yOffset);
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
    for (int i = offset; i < offset + length; i++) {
      values[i] = Functions.apply(activation, values[i]);
    }
  }

  @Override
  public void softmaxInPlace(float[] values, int offset, int length) {
    float max = values[offset];
    for (int i = 1; i < length; i++) {
      max = Math.max(max, values[offset + i]);
    }
    float sum = 0f;
    for (int i = offset; i < offset + length; i++) {
      values[i] = Functions.exp(values[i] - max);
      sum += values[i];
    }
    for (int i = offset; i < offset + length; i++) {
      values[i] /= sum;
    }
  }

  @Override
  public void lstmCell(
      float[] gates, int gatesOffset, float[] c, int cOffset, float[] h, int hOffset, int units) {
    ScalarCells.lstm(gates, gatesOffset, c, cOffset, h, hOffset, units);
  }

  @Override
  public void gruCell(
      float[] a, int aOffset, float[] b, int bOffset, float[] h, int hOffset, int units) {
    ScalarCells.gru(a, aOffset, b, bOffset, h, hOffset, units);
  }
}
