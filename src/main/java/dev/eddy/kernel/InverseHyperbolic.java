package dev.eddy.kernel;

/** What {@link StrictMath} lacks, in double precision, within 1 ulp of a float32. */
final class InverseHyperbolic {
  private InverseHyperbolic() {}

  /** ln(x + sqrt(x^2 + 1)), in a form that keeps the digits of a small x. */
  static double asinh(double x) {
    double a = Math.abs(x);
    if (Double.isInfinite(a)) {
      return x;
    }
    double square = a * a;
    return Math.copySign(StrictMath.log1p(a + square / (1 + Math.sqrt(square + 1))), x);
  }

  /** ln(x + sqrt(x^2 - 1)), in a form that keeps the digits of an x near 1. */
  static double acosh(double x) {
    double t = x - 1;
    return StrictMath.log1p(t + Math.sqrt(t * (t + 2)));
  }

  static double atanh(double x) {
    double a = Math.abs(x);
    return Math.copySign(0.5 * StrictMath.log1p(2 * a / (1 - a)), x);
  }
}
