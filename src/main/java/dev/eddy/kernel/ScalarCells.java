package dev.eddy.kernel;

/**
 * The element-wise halves of recurrent steps in plain loops: the reference.
 *
 * <p>Divisions are what takes longest, so that a state has one, over a common denominator: with
 * {@code sigmoid(x) = 1 / (1 + e)}, {@code e = e^-x}, and {@code tanh x = N / D} as in {@link
 * Functions#tanhNumerator}, the cell state of an LSTM, {@code sigmoid(f) c + sigmoid(i) tanh(g)},
 * is {@code (c (1 + e_i) D + (1 + e_f) N) / ((1 + e_f) (1 + e_i) D)}, and the state of a GRU,
 * {@code (1 - sigmoid(z)) n + sigmoid(z) h}, is {@code (e_z N + D h) / ((1 + e_z) D)}.
 */
final class ScalarCells {
  private ScalarCells() {}

  /** See {@link Kernels#lstmCell}. */
  static void lstm(
      float[] gates, int gatesOffset, float[] c, int cOffset, float[] h, int hOffset, int units) {
    for (int unit = 0; unit < units; unit++) {
      int at = gatesOffset + unit;
      float input = Functions.expMinus(gates[at]);
      float forget = Functions.expMinus(gates[at + units]);
      float output = Functions.expMinus(gates[at + 2 * units]);
      float g = Functions.bounded(gates[at + 3 * units], Functions.TANH_BOUND);
      float numerator = Functions.tanhNumerator(g);
      float denominator = Functions.tanhDenominator(g);
      float below = Math.fma(input, denominator, denominator);
      float added = Math.fma(forget, numerator, numerator);
      float next = Math.fma(c[cOffset + unit], below, added) / Math.fma(forget, below, below);
      c[cOffset + unit] = next;
      float y = Functions.bounded(next, Functions.TANH_BOUND);
      float under = Functions.tanhDenominator(y);
      h[hOffset + unit] = Functions.tanhNumerator(y) / Math.fma(output, under, under);
    }
  }

  /** See {@link Kernels#gruCell}. */
  static void gru(float[] gates, int gatesOffset, float[] h, int hOffset, int units) {
    for (int unit = 0; unit < units; unit++) {
      int at = gatesOffset + unit;
      float reset = Functions.expMinus(gates[at]);
      float update = Functions.expMinus(gates[at + units]);
      float x = gates[at + 2 * units] + gates[at + 3 * units] / (reset + 1f);
      float y = Functions.bounded(x, Functions.TANH_BOUND);
      float numerator = Functions.tanhNumerator(y);
      float denominator = Functions.tanhDenominator(y);
      h[hOffset + unit] =
          Math.fma(h[hOffset + unit], denominator, update * numerator)
              / Math.fma(update, denominator, denominator);
    }
  }
}
