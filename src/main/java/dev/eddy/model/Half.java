package dev.eddy.model;

/** The 16 bit float types that weights are kept in. */
public final class Half {
  private Half() {}

  /** IEEE 754 binary16 to binary32, exactly. */
  public static float toFloat(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24f;
          case 31 -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Math.scalb(1f + fraction * 0x1p-10f, exponent - 15);
        };
    return bits < 0 ? -magnitude : magnitude;
  }

  /** bfloat16, the upper half of binary32, exactly. */
  public static float fromUpperHalf(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
