package dev.eddy.kernel;

import org.apache.commons.numbers.gamma.Erf;

/**
 * The scalar functions behind the activations and the recurrent cells, in float32.
 *
 * <p>All exponentials share one reduction: {@code x = n ln2 + r}, {@code |r| <= ln2 / 2}, then
 * {@code e^r - 1} as a polynomial of the sixth degree whose relative error is below 1.4e-8, a
 * quarter of an ulp (minimax on that range, by Lawson's iteration; evaluated in pairs, after
 * Estrin), then a scaling by {@code 2^n}. {@code n} comes from adding and subtracting {@link
 * #ROUND}, which rounds to the nearest integer in the default rounding mode and leaves {@code n +
 * 127} in the low bits, where one shift makes {@code 2^n} of it. {@code ln2} is split in two so
 * that {@code n * LN2_HIGH} is exact. (Method: W. J. Cody and W. Waite, Software Manual for the
 * Elementary Functions, 1980.)
 *
 * <p>Everything is plain IEEE arithmetic with fused multiply-add, so a vector twin that does the
 * same operations gives the same bits. Bounds are compared for, not taken by {@code Math.max},
 * whose care for signed zeros costs vectors more than the polynomial does.
 */
final class Functions {
  static final float LOG2_E = 1.442695040888963f;
  static final float LN2 = 0.6931471805599453f;
  static final float LN2_HIGH = 0.693359375f; // ten bits: times any |n| < 2^14 exact
  static final float LN2_LOW = -2.12194440054690583e-4f;
  static final float ROUND = 0x1.8p23f + 127;
  static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);
  static final float C2 = 0x1.fffffep-2f;
  static final float C3 = 0x1.5554bp-3f;
  static final float C4 = 0x1.555674p-5f;
  static final float C5 = 0x1.1227bp-7f;
  static final float C6 = 0x1.6bebfep-10f;
  static final float EXP_BOUND = 104f; // e^-104 rounds to 0, e^104 to infinity
  static final float LOGISTIC_BOUND = 87f; // e^87 and e^-87 are normal
  static final float TWICE_TANH_BOUND = 20f; // from 9.02 on, tanh rounds to 1

  private static final double SELU_ALPHA = 1.6732632423543772848170429916717;
  private static final double SELU_SCALE = 1.0507009873554804934193349852946;
  private static final double SQRT_HALF = Math.sqrt(0.5);
  private static final float SQRT_2_OVER_PI = (float) Math.sqrt(2 / Math.PI);

  private Functions() {}

  /** e^r - 1 for |r| <= ln2 / 2. */
  private static float expm1Reduced(float r) {
    float r2 = r * r;
    float low = Math.fma(C3, r, C2);
    float high = Math.fma(C6, r2, Math.fma(C5, r, C4));
    return Math.fma(Math.fma(high, r2, low), r2, r);
  }

  /** x, or the bound that it is beyond; NaN stays. */
  private static float bounded(float x, float bound) {
    return x > bound ? bound : x < -bound ? -bound : x;
  }

  /** 2^n for n in -126..127, where {@code shifted} is n plus {@link #ROUND}. */
  private static float powerOfTwo(float shifted) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(shifted) << 23);
  }

  /** e^x within 1.5 ulp, subnormal results included. */
  static float exp(float x) {
    float y = bounded(x, EXP_BOUND);
    float shifted = Math.fma(y, LOG2_E, ROUND);
    float minus = ROUND - shifted;
    float r = Math.fma(minus, LN2_LOW, Math.fma(minus, LN2_HIGH, y));
    float p = expm1Reduced(r) + 1f;
    int n = Float.floatToRawIntBits(shifted) - ROUND_BITS;
    int half = n >> 1; // in two steps, since 2^n itself may be subnormal or overflow
    return p
        * Float.intBitsToFloat((half + 127) << 23)
        * Float.intBitsToFloat((n - half + 127) << 23);
  }

  /** 1 + e^-x, for x between -87 and 87; beyond, as there. */
  static float onePlusExpMinus(float x) {
    float y = bounded(-x, LOGISTIC_BOUND);
    float shifted = Math.fma(y, LOG2_E, ROUND);
    float minus = ROUND - shifted;
    float r = Math.fma(minus, LN2_LOW, Math.fma(minus, LN2_HIGH, y));
    float scale = powerOfTwo(shifted);
    return Math.fma(scale, expm1Reduced(r), scale) + 1f;
  }

  /** e^2x - 1, for x between -10 and 10; beyond, as there. */
  static float expm1OfTwice(float x) {
    float y = bounded(2f * x, TWICE_TANH_BOUND);
    float shifted = Math.fma(y, LOG2_E, ROUND);
    float r = Math.fma(ROUND - shifted, LN2, y);
    float scale = powerOfTwo(shifted);
    return Math.fma(scale, expm1Reduced(r), scale - 1f);
  }

  /** tanh x within 3 ulp: with {@code m = e^2x - 1}, {@code m / (m + 2)}. For -0 it gives 0. */
  static float tanh(float x) {
    float m = expm1OfTwice(x);
    return m / (m + 2f);
  }

  /** 1 / (1 + e^-x) within 3 ulp; below -87 it stays at e^-87, which is 1.6e-38. */
  static float sigmoid(float x) {
    return 1f / onePlusExpMinus(x);
  }

  static float apply(Activation activation, float x) {
    return switch (activation.function()) {
      case IDENTITY -> x;
      case RELU -> Math.max(x, 0f);
      case LEAKY_RELU -> x >= 0f ? x : activation.alpha() * x;
      case ELU -> x > 0f ? x : activation.alpha() * (float) StrictMath.expm1(x);
      case SELU ->
          (float) (x > 0f ? SELU_SCALE * x : SELU_SCALE * SELU_ALPHA * StrictMath.expm1(x));
      case GELU -> (float) (0.5 * x * (1 + Erf.value(x * SQRT_HALF)));
      case GELU_TANH -> 0.5f * x * (1f + tanh(SQRT_2_OVER_PI * Math.fma(0.044715f * x * x, x, x)));
      case SILU -> x * sigmoid(x);
      case SOFTPLUS -> Math.max(x, 0f) + (float) StrictMath.log1p(exp(-Math.abs(x)));
      case SOFTSIGN -> x / (1f + Math.abs(x));
      case SIGMOID -> sigmoid(x);
      case TANH -> tanh(x);
      case HARD_SIGMOID ->
          Math.min(Math.max(Math.fma(activation.alpha(), x, activation.beta()), 0f), 1f);
      case HARD_TANH -> Math.min(Math.max(x, activation.alpha()), activation.beta());
      case HARD_SWISH -> x * Math.min(Math.max(Math.fma(1f / 6f, x, 0.5f), 0f), 1f);
    };
  }
}
