package dev.eddy.kernel;

/**
 * Functions that are taken in double precision and rounded once, by {@link StrictMath}, whose bits
 * are the same on every machine. Within 1 ulp of a float32.
 */
final class DoubleFunctions {
  private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);
  private static final double ERF_BOUND = 4; // from there on erf rounds to 1

  private DoubleFunctions() {}

  /** Of the functions that {@link Functions} sends here. */
  static double apply(Activation.Function function, double x) {
    return switch (function) {
      case LOG -> StrictMath.log(x);
      case ERF -> erf(x);
      case SIN -> StrictMath.sin(x);
      case COS -> StrictMath.cos(x);
      case TAN -> StrictMath.tan(x);
      case ASIN -> StrictMath.asin(x);
      case ACOS -> StrictMath.acos(x);
      case ATAN -> StrictMath.atan(x);
      case SINH -> StrictMath.sinh(x);
      case COSH -> StrictMath.cosh(x);
      case ASINH -> asinh(x);
      case ACOSH -> acosh(x);
      case ATANH -> atanh(x);
      case IDENTITY,
          AFFINE,
          SCALED_TANH,
          RELU,
          LEAKY_RELU,
          ELU,
          CELU,
          SELU,
          GELU,
          GELU_TANH,
          SILU,
          MISH,
          SOFTPLUS,
          SOFTSIGN,
          SIGMOID,
          LOG_SIGMOID,
          TANH,
          HARD_SIGMOID,
          HARD_TANH,
          HARD_SWISH,
          SWISH,
          THRESHOLDED_RELU,
          SHRINK,
          CLIP,
          ABS,
          NEGATE,
          SIGN,
          RECIPROCAL,
          SQRT,
          EXP,
          FLOOR,
          CEIL,
          ROUND,
          TRUNCATE,
          NOT,
          IS_NAN,
          IS_INF ->
          throw new AssertionError(function);
    };
  }

  /** ln(x + sqrt(x^2 + 1)), in a form that keeps the digits of a small x. */
  private static double asinh(double x) {
    double a = Math.abs(x);
    if (Double.isInfinite(a)) {
      return x;
    }
    double square = a * a;
    return Math.copySign(StrictMath.log1p(a + square / (1 + Math.sqrt(square + 1))), x);
  }

  /** ln(x + sqrt(x^2 - 1)), in a form that keeps the digits of an x near 1. */
  private static double acosh(double x) {
    double t = x - 1;
    return StrictMath.log1p(t + Math.sqrt(t * (t + 2)));
  }

  private static double atanh(double x) {
    double a = Math.abs(x);
    return Math.copySign(0.5 * StrictMath.log1p(2 * a / (1 - a)), x);
  }

  /** By the series {@code 2 / sqrt(pi) e^(-x^2) (x + 2 x^3 / 3 + 4 x^5 / 15 + ...)}. */
  private static double erf(double x) {
    double a = Math.abs(x);
    if (a > ERF_BOUND) {
      return Math.copySign(1, x);
    }
    double square = a * a;
    double term = a;
    double sum = a;
    for (int n = 1; term > 1e-12 * sum; n++) {
      term *= 2 * square / (2 * n + 1);
      sum += term;
    }
    return Math.copySign(TWO_OVER_SQRT_PI * StrictMath.exp(-square) * sum, x);
  }
}
