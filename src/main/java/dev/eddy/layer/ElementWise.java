package dev.eddy.layer;

/**
 * The operations on two frames, value by value, in one place for {@link Merge} and {@link
 * Arithmetic}.
 *
 * <p>Truth is 1 or 0, and what is not 0 counts as true, NaN as well. What Java's operators don't do
 * goes through {@link StrictMath}, whose bits are the same on every machine.
 */
final class ElementWise {
  private ElementWise() {}

  /**
   * {@code out = a how b} for {@code length} values.
   *
   * @param out may be {@code a} or {@code b} if the offsets are the same, too
   */
  static void apply(
      Merge.How how,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] out,
      int outOffset,
      int length) {
    switch (how) { // plain loops where the compiler makes vectors of them
      case ADD -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = a[aOffset + i] + b[bOffset + i];
        }
      }
      case SUBTRACT -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = a[aOffset + i] - b[bOffset + i];
        }
      }
      case MULTIPLY -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = a[aOffset + i] * b[bOffset + i];
        }
      }
      case DIVIDE -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = a[aOffset + i] / b[bOffset + i];
        }
      }
      case MAX -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = Math.max(a[aOffset + i], b[bOffset + i]);
        }
      }
      case MIN -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = Math.min(a[aOffset + i], b[bOffset + i]);
        }
      }
      case POWER,
          MODULO,
          REMAINDER,
          EQUAL,
          GREATER,
          GREATER_OR_EQUAL,
          LESS,
          LESS_OR_EQUAL,
          AND,
          OR,
          XOR -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = of(how, a[aOffset + i], b[bOffset + i]);
        }
      }
      case CONCAT, SELECT, MATRIX_PRODUCT -> throw new AssertionError(how);
    }
  }

  private static float of(Merge.How how, float a, float b) {
    return switch (how) {
      case POWER -> power(a, b);
      case MODULO -> modulo(a, b);
      case REMAINDER -> a % b;
      case EQUAL -> truth(a == b);
      case GREATER -> truth(a > b);
      case GREATER_OR_EQUAL -> truth(a >= b);
      case LESS -> truth(a < b);
      case LESS_OR_EQUAL -> truth(a <= b);
      case AND -> truth(a != 0f && b != 0f);
      case OR -> truth(a != 0f || b != 0f);
      case XOR -> truth(a != 0f ^ b != 0f);
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, MAX, MIN, CONCAT, SELECT, MATRIX_PRODUCT ->
          throw new AssertionError(how);
    };
  }

  private static float truth(boolean holds) {
    return holds ? 1f : 0f;
  }

  /**
   * Squares and cubes, by far the most, need no logarithm. The rest is as {@link Math#pow} has it,
   * by way of {@code e^(b ln a)} in double precision, whose error is far below a float's ({@link
   * StrictMath#pow} allocates).
   */
  private static float power(float a, float b) {
    if (b == 2f) {
      return a * a;
    }
    if (b == 3f) {
      return (float) ((double) a * a * a);
    }
    if (b == 0f) {
      return 1f;
    }
    double magnitude = StrictMath.exp(b * StrictMath.log(Math.abs(a)));
    if (a > 0f || isEven(b)) {
      return (float) magnitude;
    }
    if (isEven(b + 1.0)) {
      return (float) Math.copySign(magnitude, a); // -0 has powers below 0, too
    }
    return a == 0f || Float.isInfinite(a) ? (float) magnitude : Float.NaN;
  }

  /** Whether it is an even whole number, as infinity counts. */
  private static boolean isEven(double b) {
    return Double.isInfinite(b) || b % 2 == 0;
  }

  /** What is left of a division rounded down: it has the sign of the divisor. */
  private static float modulo(float a, float b) {
    float rest = a % b;
    return rest != 0f && rest < 0f != b < 0f ? rest + b : rest;
  }
}
