package dev.eddy.app.csv;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Numbers as C's {@code printf("%.9g")} prints them; nine significant digits tell any two float32
 * values apart.
 *
 * <p>The exact decimal value of the float is rounded once, half to even, as a C library does.
 * Exponents below -4 and above 8 are written as {@code 1.5e-05}; trailing zeros are dropped.
 */
public final class FloatText {
  private static final int DIGITS = 9;
  private static final MathContext ROUNDING = new MathContext(DIGITS, RoundingMode.HALF_EVEN);

  private FloatText() {}

  public static String of(float value) {
    return of((double) value);
  }

  public static String of(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0" : "0";
    }
    BigDecimal rounded = new BigDecimal(value).round(ROUNDING);
    int exponent = rounded.precision() - rounded.scale() - 1;
    String digits = rounded.unscaledValue().abs().toString();
    int length = digits.length();
    while (length > 1 && digits.charAt(length - 1) == '0') {
      length--;
    }
    StringBuilder text = new StringBuilder(16);
    if (value < 0) {
      text.append('-');
    }
    if (exponent < -4 || exponent >= DIGITS) {
      return scientific(text, digits, length, exponent);
    }
    if (exponent < 0) {
      return text.append("0.")
          .append("0".repeat(-exponent - 1))
          .append(digits, 0, length)
          .toString();
    }
    int whole = exponent + 1;
    text.append(digits, 0, Math.min(whole, length)).append("0".repeat(Math.max(0, whole - length)));
    return length > whole
        ? text.append('.').append(digits, whole, length).toString()
        : text.toString();
  }

  private static String scientific(StringBuilder text, String digits, int length, int exponent) {
    text.append(digits.charAt(0));
    if (length > 1) {
      text.append('.').append(digits, 1, length);
    }
    text.append('e').append(exponent < 0 ? '-' : '+');
    int size = Math.abs(exponent);
    return (size < 10 ? text.append('0') : text).append(size).toString();
  }
}
