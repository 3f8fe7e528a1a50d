package dev.eddy.kernel;

import org.apache.commons.numbers.gamma.Erf;

/**
 * The scalar functions behind the activations, in float32.
 *
 * <p>{@link #exp} and {@link #expm1} share one reduction: {@code x = n ln2 + r}, {@code |r| <= ln2
 * / 2}, then {@code e^r - 1} as its Taylor series to the seventh power in Horner's form (its
 * remainder, {@code r^8 / 8!}, is below a tenth of an ulp of {@code e^r}), then a scaling by {@code
 * 2^n} that is exact. {@code n} comes from adding and subtracting 1.5 * 2^23, which rounds to the
 * nearest integer in the default rounding mode and leaves that integer in the low bits. {@code ln2}
 * is split in two so that {@code n * LN2_HIGH} is exact. Everything is plain IEEE arithmetic with
 * fused multiply-add, so a vector twin that does the same operations gives the same bits. (Method:
 * W. J. Cody and W. Waite, Software Manual for the Elementary Functions, 1980.)
 */
final class Functions {
  static final float LOG2_E = 1.442695040888963f;
  static final float LN2_HIGH = 0.693359375f; // ten bits: times any |n| < 2^14 exact
  static final float LN2_LOW = -2.12194440054690583e-4f;
  static final float ROUND = 0x1.8p23f;
  static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);
  static final float C2 = 1f / 2;
  static final float C3 = 1f / 6;
  static final float C4 = 1f / 24;
  static final float C5 = 1f / 120;
  static final float C6 = 1f / 720;
  static final float C7 = 1f / 5040;
  static final float EXP_MIN = -104f; // below: 0, as half of the smallest subnormal is e^-103.97
  static final float EXP_MAX = 89f; // above: infinity, as the largest float is e^88.72
  static final float TANH_MAX = 10f; // from 9.02 on, tanh rounds to 1

  static final float MISH_MAX = 12f; // from 9.02 on, m / (m + 2) rounds to 1

  private static final double SELU_ALPHA = 1.6732632423543772848170429916717;
  private static final double SELU_SCALE = 1.0507009873554804934193349852946;
  private static final double SQRT_HALF = Math.sqrt(0.5);
  private static final float SQRT_2_OVER_PI = (float) Math.sqrt(2 / Math.PI);

  private Functions() {}

  /** e^r - 1 for |r| <= ln2 / 2. */
  private static float expm1Reduced(float r) {
    float p = Math.fma(C7, r, C6);
    p = Math.fma(p, r, C5);
    p = Math.fma(p, r, C4);
    p = Math.fma(p, r, C3);
    p = Math.fma(p, r, C2);
    return Math.fma(p, r * r, r);
  }

  /** 2^n, for n in -126..127. */
  private static float powerOfTwo(int n) {
    return Float.intBitsToFloat((n + 127) << 23);
  }

  /** e^x within 1.5 ulp, subnormal results included. */
  static float exp(float x) {
    float bounded = Math.min(Math.max(x, EXP_MIN), EXP_MAX);
    float shifted = Math.fma(bounded, LOG2_E, ROUND);
    int n = Float.floatToRawIntBits(shifted) - ROUND_BITS;
    float minus = ROUND - shifted;
    float r = Math.fma(minus, LN2_LOW, Math.fma(minus, LN2_HIGH, bounded));
    float p = expm1Reduced(r) + 1f;
    int half = n >> 1; // in two steps, since 2^n itself may be subnormal or overflow
    return p * powerOfTwo(half) * powerOfTwo(n - half);
  }

  /** tanh x within 3 ulp: with {@code m = e^2x - 1}, {@code m / (m + 2)}. For -0 it gives 0. */
  static float tanh(float x) {
    float twice = 2f * Math.min(Math.max(x, -TANH_MAX), TANH_MAX);
    float shifted = Math.fma(twice, LOG2_E, ROUND);
    int n = Float.floatToRawIntBits(shifted) - ROUND_BITS;
    float minus = ROUND - shifted;
    float r = Math.fma(minus, LN2_LOW, Math.fma(minus, LN2_HIGH, twice));
    float scale = powerOfTwo(n);
    float m = Math.fma(scale, expm1Reduced(r), scale - 1f);
    return m / (m + 2f);
  }

  /**
   * 1 / (1 + e^-x) within 3 ulp; below -88.72, where e^-x overflows and the true value is less than
   * a third of the smallest normal float, 0.
   */
  static float sigmoid(float x) {
    return 1f / (1f + exp(-x));
  }

  private static float celu(float alpha, float x) {
    return alpha * (float) StrictMath.expm1(x / alpha);
  }

  /**
   * x tanh(ln(1 + e^x)): with {@code m = e^x (e^x + 2)}, {@code x m / (m + 2)}, which neither
   * cancels nor, up to {@link #MISH_MAX}, overflows.
   */
  private static float mish(float x) {
    if (x > MISH_MAX) {
      return x;
    }
    float e = exp(x);
    float m = e * (e + 2f);
    return x * (m / (m + 2f));
  }

  static float apply(Activation activation, float x) {
    return switch (activation.function()) {
      case IDENTITY -> x;
      case RELU -> Math.max(x, 0f);
      case LEAKY_RELU -> x >= 0f ? x : activation.alpha() * x;
      case ELU -> x > 0f ? x : activation.alpha() * (float) StrictMath.expm1(x);
      case CELU -> x > 0f ? x : celu(activation.alpha(), x);
      case SELU ->
          (float) (x > 0f ? SELU_SCALE * x : SELU_SCALE * SELU_ALPHA * StrictMath.expm1(x));
      case GELU -> (float) (0.5 * x * (1 + Erf.value(x * SQRT_HALF)));
      case GELU_TANH -> 0.5f * x * (1f + tanh(SQRT_2_OVER_PI * Math.fma(0.044715f * x * x, x, x)));
      case SILU -> x * sigmoid(x);
      case MISH -> mish(x);
      case SOFTPLUS -> Math.max(x, 0f) + (float) StrictMath.log1p(exp(-Math.abs(x)));
      case SOFTSIGN -> x / (1f + Math.abs(x));
      case SIGMOID -> sigmoid(x);
      case LOG_SIGMOID -> Math.min(x, 0f) - (float) StrictMath.log1p(exp(-Math.abs(x)));
      case TANH -> tanh(x);
      case HARD_SIGMOID ->
          Math.min(Math.max(Math.fma(activation.alpha(), x, activation.beta()), 0f), 1f);
      case HARD_TANH -> Math.min(Math.max(x, activation.alpha()), activation.beta());
      case HARD_SWISH -> x * Math.min(Math.max(Math.fma(1f / 6f, x, 0.5f), 0f), 1f);
    };
  }
}
