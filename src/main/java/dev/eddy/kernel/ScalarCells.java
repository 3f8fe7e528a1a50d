package dev.eddy.kernel;

/**
 * The element-wise halves of recurrent steps in plain loops: the reference.
 *
 * <p>Products of a gate and a tanh share one division: with {@code d = 1 + e^-x} and {@code m =
 * e^2z - 1}, {@code sigmoid(x) tanh(z) = m / (d (m + 2))}.
 */
final class ScalarCells {
  private ScalarCells() {}

  /** See {@link Kernels#lstmCell}. */
  static void lstm(
      float[] gates, int gatesOffset, float[] c, int cOffset, float[] h, int hOffset, int units) {
    for (int unit = 0; unit < units; unit++) {
      float input = Functions.onePlusExpMinus(gates[gatesOffset + unit]);
      float forget = Functions.onePlusExpMinus(gates[gatesOffset + units + unit]);
      float cell = Functions.expm1Bounded(2f * gates[gatesOffset + 3 * units + unit]);
      float output = Functions.onePlusExpMinus(gates[gatesOffset + 2 * units + unit]);
      float next = c[cOffset + unit] / forget + cell / (input * (cell + 2f));
      c[cOffset + unit] = next;
      float m = Functions.expm1Bounded(2f * next);
      h[hOffset + unit] = m / (output * (m + 2f));
    }
  }

  /** See {@link Kernels#gruCell}. */
  static void gru(float[] gates, int gatesOffset, float[] h, int hOffset, int units) {
    for (int unit = 0; unit < units; unit++) {
      int at = gatesOffset + unit;
      float reset = Functions.onePlusExpMinus(gates[at]);
      float update = Functions.onePlusExpMinus(gates[at + units]);
      float fresh = Functions.tanh(gates[at + 2 * units] + gates[at + 3 * units] / reset);
      h[hOffset + unit] = fresh + (h[hOffset + unit] - fresh) / update;
    }
  }
}
