package dev.eddy.kernel;

/** Activations in plain loops: the reference. */
final class ScalarActivations {
  private ScalarActivations() {}

  /** See {@link Kernels#activateInPlace}. */
  static void activateInPlace(Activation activation, float[] values, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      values[i] = Functions.apply(activation, values[i]);
    }
  }

  /** See {@link Kernels#softmaxInPlace}. */
  static void softmaxInPlace(float[] values, int offset, int length) {
    float max = values[offset];
    for (int i = 1; i < length; i++) {
      max = Math.max(max, values[offset + i]);
    }
    for (int i = offset; i < offset + length; i++) {
      values[i] = Functions.exp(values[i] - max);
    }
    normalise(values, offset, length);
  }

  /** Divides by the sum, which is taken in four parts, of every fourth value each. */
  static void normalise(float[] values, int offset, int length) {
    float sum0 = 0f;
    float sum1 = 0f;
    float sum2 = 0f;
    float sum3 = 0f;
    int i = offset;
    for (; i < offset + length - 3; i += 4) {
      sum0 += values[i];
      sum1 += values[i + 1];
      sum2 += values[i + 2];
      sum3 += values[i + 3];
    }
    for (; i < offset + length; i++) {
      sum0 += values[i];
    }
    float sum = (sum0 + sum1) + (sum2 + sum3);
    for (i = offset; i < offset + length; i++) {
      values[i] /= sum;
    }
  }
}
