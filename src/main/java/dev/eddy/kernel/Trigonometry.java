package dev.eddy.kernel;

/**
 * Sine, cosine and tangent of float32 values, in double precision, within 1 ulp of a float32 once
 * rounded. Those of {@link StrictMath} allocate on some JVMs.
 *
 * <p>{@code x = n pi / 2 + r} with {@code |r| <= pi / 4}: as the multiples are fused, each of the
 * three parts of {@code pi / 2} takes off what the ones before it left, and what is left of an
 * {@code x} next to a zero keeps its digits. Then Taylor's series, with a relative error below
 * 1e-11. Where a float is further from the next than a few periods, {@link StrictMath} does it.
 */
final class Trigonometry {
  private static final double TWO_OVER_PI = 2 / Math.PI;
  private static final double HALF_PI_1 = 0x1.921fb54442d18p0;
  private static final double HALF_PI_2 = 0x1.1a62633145c07p-54;
  private static final double HALF_PI_3 = -0x1.f1976b7ed8fbcp-110;
  private static final double REDUCED_UP_TO = 0x1p28; // n is exact, and two are two apart at most

  private Trigonometry() {}

  static double sin(float x) {
    if (!(Math.abs(x) < REDUCED_UP_TO)) {
      return StrictMath.sin(x);
    }
    double n = Math.rint(x * TWO_OVER_PI);
    return quarter(n, 0, reduced(x, n));
  }

  static double cos(float x) {
    if (!(Math.abs(x) < REDUCED_UP_TO)) {
      return StrictMath.cos(x);
    }
    double n = Math.rint(x * TWO_OVER_PI);
    return quarter(n, 1, reduced(x, n));
  }

  static double tan(float x) {
    if (!(Math.abs(x) < REDUCED_UP_TO)) {
      return StrictMath.tan(x);
    }
    double n = Math.rint(x * TWO_OVER_PI);
    double r = reduced(x, n);
    return quarter(n, 0, r) / quarter(n, 1, r);
  }

  private static double reduced(double x, double n) {
    return Math.fma(-n, HALF_PI_3, Math.fma(-n, HALF_PI_2, Math.fma(-n, HALF_PI_1, x)));
  }

  /** The sine of r and {@code n + more} quarters of a turn. */
  private static double quarter(double n, int more, double r) {
    int quarters = (int) n + more;
    double magnitude = (quarters & 1) == 0 ? sinOfReduced(r) : cosOfReduced(r);
    return (quarters & 2) == 0 ? magnitude : -magnitude;
  }

  private static double sinOfReduced(double r) {
    double s = r * r;
    double p = Math.fma(s, -1.0 / 39_916_800, 1.0 / 362_880);
    p = Math.fma(s, p, -1.0 / 5_040);
    p = Math.fma(s, p, 1.0 / 120);
    p = Math.fma(s, p, -1.0 / 6);
    return Math.fma(r * s, p, r);
  }

  private static double cosOfReduced(double r) {
    double s = r * r;
    double p = Math.fma(s, 1.0 / 479_001_600, -1.0 / 3_628_800);
    p = Math.fma(s, p, 1.0 / 40_320);
    p = Math.fma(s, p, -1.0 / 720);
    p = Math.fma(s, p, 1.0 / 24);
    p = Math.fma(s, p, -0.5);
    return Math.fma(s, p, 1.0);
  }
}
