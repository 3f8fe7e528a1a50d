package dev.eddy.kernel;

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
 * same operations gives the same bits. What is too rare for a twin is taken in double precision by
 * {@link StrictMath}, whose bits are the same on every machine, and rounded once. Bounds are
 * compared for, not taken by {@code Math.max}, whose care for signed zeros costs vectors more than
 * the polynomial does.
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
  static final float EXPM1_BOUND = 20f; // e^-20 - 1 rounds to -1, tanh 10 to 1

  static final float GATE_BOUND = 40f; // e^-40 is 4e-18, and e^80 far from infinity
  static final float TANH_BOUND = 9f; // tanh 9 rounds to 1

  // tanh x = x N(x^2) / D(x^2) up to 9, N0 = D0 = 1: relative error below 4.1e-8, D up to 418
  static final float N1 = 0x1.12205ap-3f;
  static final float N2 = 0x1.caca96p-9f;
  static final float N3 = 0x1.5b0016p-16f;
  static final float N4 = 0x1.ce2364p-27f;
  static final float D1 = 0x1.de657ap-2f;
  static final float D2 = 0x1.a8442ep-6f;
  static final float D3 = 0x1.595082p-12f;
  static final float D4 = 0x1.a3ac3ep-21f;

  static final float SELU_ALPHA = 1.6732632423543772f;
  static final float SELU_SCALE = 1.0507009873554805f;
  static final float GELU_TANH_CUBIC = 0.044715f;
  static final float TWICE_SQRT_2_OVER_PI = 1.5957691216057308f;

  // 2 atanh(s) / s in powers of s^2, for s up to 1/3: relative error below 4e-9
  static final float L0 = 2f;
  static final float L1 = 0x1.5554ep-1f;
  static final float L2 = 0x1.99daecp-2f;
  static final float L3 = 0x1.1e50bp-2f;
  static final float L4 = 0x1.208da6p-2f;

  // Q(a) e^(a^2 / 2), Q the upper tail of the normal distribution, in powers of t = 1 / (1 + a / 4)
  static final float Q_BOUND = 13f; // from there on Q is less than a float can hold
  static final float Q1 = 0x1.989336p-4f;
  static final float Q2 = 0x1.976222p-4f;
  static final float Q3 = 0x1.884f5ap-4f;
  static final float Q4 = 0x1.2229c8p-4f;
  static final float Q5 = 0x1.6ff9cep-4f;
  static final float Q6 = 0x1.ceae2ep-8f;
  static final float Q7 = 0x1.1e4872p-5f;
  static final float Q8 = 0x1.80a856p-5f;
  static final float Q9 = -0x1.f2977ap-5f;
  static final float Q10 = 0x1.0a00c2p-6f;
  // erf(x) / x in powers of x^2, for x up to 1: relative error below 5e-8; the first one in two
  // parts
  static final float E0 = 0x1.20dd74p0f;
  static final float E0_LOW = 0x1.51b4fap-26f;
  static final float E1 = -0x1.812680p-2f;
  static final float E2 = 0x1.ce0ab2p-4f;
  static final float E3 = -0x1.b5b310p-6f;
  static final float E4 = 0x1.428d76p-8f;
  static final float E5 = -0x1.281efap-11f;
  static final float ERF_BOUND = 4f; // from there on erf rounds to 1
  static final float QUARTER_SQRT_2 = 0.35355339059327373f;

  static final float MISH_MAX = 12f; // from 9.02 on, m / (m + 2) rounds to 1

  private Functions() {}

  /** e^r - 1 for |r| <= ln2 / 2. */
  private static float expm1Reduced(float r) {
    float r2 = r * r;
    float low = Math.fma(C3, r, C2);
    float high = Math.fma(C6, r2, Math.fma(C5, r, C4));
    return Math.fma(Math.fma(high, r2, low), r2, r);
  }

  /** x, or the bound that it is beyond; NaN stays. */
  static float bounded(float x, float bound) {
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

  /** e^x, for x between -87 and 87; beyond, as there. */
  static float expBounded(float x) {
    float y = bounded(x, LOGISTIC_BOUND);
    float shifted = Math.fma(y, LOG2_E, ROUND);
    float minus = ROUND - shifted;
    float r = Math.fma(minus, LN2_LOW, Math.fma(minus, LN2_HIGH, y));
    float scale = powerOfTwo(shifted);
    return Math.fma(scale, expm1Reduced(r), scale);
  }

  /** 1 + e^-x, for x between -87 and 87; beyond, as there. */
  static float onePlusExpMinus(float x) {
    return expBounded(-x) + 1f;
  }

  /** e^-x within 3 ulp, for x between -40 and 40; beyond, as there. */
  static float expMinus(float x) {
    float y = bounded(x, GATE_BOUND);
    float shifted = Math.fma(y, -LOG2_E, ROUND);
    return powerOfTwo(shifted) * expMinusReduced(Math.fma(shifted - ROUND, LN2, y));
  }

  /** e^-t for |t| <= ln2 / 2. */
  private static float expMinusReduced(float t) {
    float t2 = t * t;
    float low = Math.fma(-C3, t, C2);
    float high = Math.fma(C6, t2, Math.fma(-C5, t, C4));
    return Math.fma(Math.fma(high, t2, low), t2, 1f - t);
  }

  /**
   * x N(x^2), for |x| <= 9: the numerator of tanh x as a rational function (minimax on that range
   * for the relative error, by Lawson's iteration with the denominator of the round before).
   */
  static float tanhNumerator(float x) {
    float s = x * x;
    float s2 = s * s;
    float high = Math.fma(N4, s2, Math.fma(N3, s, N2));
    return x * Math.fma(high, s2, Math.fma(N1, s, 1f));
  }

  /** D(x^2), for |x| <= 9: what {@link #tanhNumerator} divided by is tanh x within 5 ulp. */
  static float tanhDenominator(float x) {
    float s = x * x;
    float s2 = s * s;
    float high = Math.fma(D4, s2, Math.fma(D3, s, D2));
    return Math.fma(high, s2, Math.fma(D1, s, 1f));
  }

  /** e^x - 1, for x between -20 and 20; beyond, as there. */
  static float expm1Bounded(float x) {
    float y = bounded(x, EXPM1_BOUND);
    float shifted = Math.fma(y, LOG2_E, ROUND);
    float r = Math.fma(ROUND - shifted, LN2, y);
    float scale = powerOfTwo(shifted);
    return Math.fma(scale, expm1Reduced(r), scale - 1f);
  }

  /** tanh x within 3 ulp: with {@code m = e^2x - 1}, {@code m / (m + 2)}. For -0 it gives 0. */
  static float tanh(float x) {
    float m = expm1Bounded(2f * x);
    return m / (m + 2f);
  }

  /** 1 / (1 + e^-x) within 3 ulp; below -87 it stays at e^-87, which is 1.6e-38. */
  static float sigmoid(float x) {
    return 1f / onePlusExpMinus(x);
  }

  /**
   * x Phi(x), the Gaussian error linear unit, within 7 ulp for x above -13; below, as there.
   *
   * <p>With {@code a = |x|} it is {@code max(x, 0) - a Q(a)}. {@code Q} is {@code e^(-a^2 / 2)}
   * times a polynomial in {@code 1 / (1 + a / 4)} (the form is that of Abramowitz and Stegun
   * 7.1.26), which keeps its relative accuracy in the tail; so does the exponential, as what
   * rounding takes from {@code a^2} is added to the reduced exponent.
   */
  static float gelu(float x) {
    float a = bounded(Math.abs(x), Q_BOUND);
    float square = a * a;
    float rest = Math.fma(a, a, -square);
    float y = -0.5f * square;
    float shifted = Math.fma(y, LOG2_E, ROUND);
    float minus = ROUND - shifted;
    float r = Math.fma(minus, LN2_LOW, Math.fma(minus, LN2_HIGH, y));
    r = Math.fma(-0.5f, rest, r);
    float scale = powerOfTwo(shifted);
    float e = Math.fma(scale, expm1Reduced(r), scale);
    float t = 1f / Math.fma(0.25f, a, 1f);
    return Math.fma(-a, e * tail(t), x > 0f ? x : 0f);
  }

  /**
   * The error function, within 3 ulp: up to 1 a polynomial, beyond it {@code 1 - 2 Q(x sqrt 2)}
   * with the {@code Q} of {@link #gelu}.
   */
  static float erf(float x) {
    float a = Math.abs(x);
    if (a < 1f) {
      float s = x * x;
      float p = Math.fma(E5, s, E4);
      p = Math.fma(p, s, E3);
      p = Math.fma(p, s, E2);
      p = Math.fma(p, s, E1);
      p = Math.fma(p, s, E0_LOW);
      return Math.fma(x, E0, x * p);
    }
    float b = bounded(a, ERF_BOUND);
    float e = expBounded(-(b * b));
    float t = 1f / Math.fma(QUARTER_SQRT_2, b, 1f);
    return Math.copySign(Math.fma(-2f * e, tail(t), 1f), x);
  }

  /** What makes {@code Q(a)} of {@code e^(-a^2 / 2)}, with {@code t = 1 / (1 + a / 4)}. */
  private static float tail(float t) {
    float p = Math.fma(Q10, t, Q9);
    p = Math.fma(p, t, Q8);
    p = Math.fma(p, t, Q7);
    p = Math.fma(p, t, Q6);
    p = Math.fma(p, t, Q5);
    p = Math.fma(p, t, Q4);
    p = Math.fma(p, t, Q3);
    p = Math.fma(p, t, Q2);
    p = Math.fma(p, t, Q1);
    return p * t;
  }

  /** ln(1 + e^x) within 4 ulp, for x above -87; below, as there. */
  static float softplus(float x) {
    float e = expBounded(-Math.abs(x));
    float s = e / (e + 2f); // ln(1 + e) = 2 atanh(s)
    float s2 = s * s;
    float p = Math.fma(L4, s2, L3);
    p = Math.fma(p, s2, L2);
    p = Math.fma(p, s2, L1);
    p = Math.fma(p, s2, L0);
    return Math.fma(p, s, x > 0f ? x : 0f);
  }

  /** x divided by {@code 1 + e^-z}, where far below 0 neither x nor z has to be exact. */
  private static float gated(float x, float z) {
    return (x < -LOGISTIC_BOUND ? -LOGISTIC_BOUND : x) / onePlusExpMinus(z);
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
    return (x < -EXP_BOUND ? -EXP_BOUND : x) * (m / (m + 2f)); // minus infinity times 0 is NaN
  }

  static float apply(Activation activation, float x) {
    return switch (activation.function()) {
      case IDENTITY -> x;
      case AFFINE -> Math.fma(activation.alpha(), x, activation.beta());
      case SCALED_TANH -> activation.alpha() * tanh(activation.beta() * x);
      case RELU -> Math.max(x, 0f);
      case LEAKY_RELU -> x >= 0f ? x : activation.alpha() * x;
      case ELU -> x > 0f ? x : activation.alpha() * expm1Bounded(x);
      case CELU -> x > 0f ? x : activation.alpha() * expm1Bounded(x / activation.alpha());
      case SELU -> x > 0f ? activation.beta() * x : seluBelow(activation) * expm1Bounded(x);
      case GELU -> gelu(x);
      case GELU_TANH -> gated(x, TWICE_SQRT_2_OVER_PI * Math.fma(GELU_TANH_CUBIC * x * x, x, x));
      case SILU -> gated(x, x);
      case MISH -> mish(x);
      case SOFTPLUS -> softplus(x);
      case SOFTSIGN -> x / (Math.abs(x) + 1f);
      case SIGMOID -> sigmoid(x);
      case LOG_SIGMOID -> -softplus(-x);
      case TANH -> tanh(x);
      case HARD_SIGMOID ->
          Math.min(Math.max(Math.fma(activation.alpha(), x, activation.beta()), 0f), 1f);
      case HARD_TANH -> Math.min(Math.max(x, activation.alpha()), activation.beta());
      case HARD_SWISH -> x * Math.min(Math.max(Math.fma(1f / 6f, x, 0.5f), 0f), 1f);
      case SWISH -> swish(activation.alpha(), x);
      case THRESHOLDED_RELU -> x <= activation.alpha() ? 0f : x;
      case SHRINK -> shrink(activation.alpha(), activation.beta(), x);
      case CLIP -> Math.min(Math.max(x, activation.alpha()), activation.beta());
      case ABS -> Math.abs(x);
      case NEGATE -> -x;
      case SIGN -> x > 0f ? 1f : x < 0f ? -1f : x;
      case RECIPROCAL -> 1f / x;
      case SQRT -> (float) Math.sqrt(x);
      case EXP -> exp(x);
      case LOG -> (float) StrictMath.log(x);
      case ERF -> erf(x);
      case SIN -> (float) Trigonometry.sin(x);
      case COS -> (float) Trigonometry.cos(x);
      case TAN -> (float) Trigonometry.tan(x);
      case ASIN -> (float) StrictMath.asin(x);
      case ACOS -> (float) StrictMath.acos(x);
      case ATAN -> (float) StrictMath.atan(x);
      case SINH -> (float) StrictMath.sinh(x);
      case COSH -> (float) StrictMath.cosh(x);
      case ASINH -> (float) InverseHyperbolic.asinh(x);
      case ACOSH -> (float) InverseHyperbolic.acosh(x);
      case ATANH -> (float) InverseHyperbolic.atanh(x);
      case FLOOR -> (float) Math.floor(x);
      case CEIL -> (float) Math.ceil(x);
      case ROUND -> (float) Math.rint(x);
      case TRUNCATE -> (float) (x < 0f ? Math.ceil(x) : Math.floor(x));
      case NOT -> x == 0f ? 1f : 0f;
      case IS_NAN -> Float.isNaN(x) ? 1f : 0f;
      case IS_INF -> Float.isInfinite(x) ? 1f : 0f;
    };
  }

  /** What selu multiplies {@code e^x - 1} by. */
  static float seluBelow(Activation selu) {
    return (float) ((double) selu.alpha() * selu.beta());
  }

  /** x / (1 + e^-ax), where far below 0 neither has to be exact. */
  private static float swish(float alpha, float x) {
    float z = alpha * x;
    return (z < -LOGISTIC_BOUND ? swishBound(alpha) : x) / onePlusExpMinus(z);
  }

  /** The x from which on the exponential no longer changes. */
  static float swishBound(float alpha) {
    return -LOGISTIC_BOUND / alpha;
  }

  private static float shrink(float lambda, float bias, float x) {
    if (x >= -lambda && x <= lambda) {
      return 0f;
    }
    return x < -lambda ? x + bias : x - bias;
  }
}
