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
    int rows = w.rows;
    float[] packed = w.packed;
    for (int column = 0; column < w.columns; column++) {
      float value = x[xOffset + column];
      int at = column * rows;
      for (int row = 0; row < rows; row++) {
        y[yOffset + row] = Math.fma(packed[at + row], value, y[yOffset + row]);
      }
    }
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
    for (int unit = 0; unit < units; unit++) {
      float input = Functions.sigmoid(gates[gatesOffset + unit]);
      float forget = Functions.sigmoid(gates[gatesOffset + units + unit]);
      float cell = Functions.tanh(gates[gatesOffset + 2 * units + unit]);
      float output = Functions.sigmoid(gates[gatesOffset + 3 * units + unit]);
      float next = Math.fma(forget, c[cOffset + unit], input * cell);
      c[cOffset + unit] = next;
      h[hOffset + unit] = output * Functions.tanh(next);
    }
  }

  @Override
  public void gruCell(
      float[] a, int aOffset, float[] b, int bOffset, float[] h, int hOffset, int units) {
    for (int unit = 0; unit < units; unit++) {
      float reset = Functions.sigmoid(a[aOffset + unit] + b[bOffset + unit]);
      float update = Functions.sigmoid(a[aOffset + units + unit] + b[bOffset + units + unit]);
      float fresh =
          Functions.tanh(
              Math.fma(reset, b[bOffset + 2 * units + unit], a[aOffset + 2 * units + unit]));
      h[hOffset + unit] = Math.fma(update, h[hOffset + unit] - fresh, fresh);
    }
  }
}
