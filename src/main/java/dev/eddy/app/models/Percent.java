package dev.eddy.app.models;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Shares of keys as users write them: {@code 10%}, {@code 2.5%}. */
final class Percent {
  private static final Pattern SHARE = Pattern.compile("(\\d{1,3})(?:\\.(\\d))?%?");

  private Percent() {}

  /** In thousandths, 1 to 1,000; empty if it is none. */
  static OptionalInt permille(String text) {
    Matcher parts = SHARE.matcher(text);
    if (!parts.matches()) {
      return OptionalInt.empty();
    }
    int tenth = parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2));
    int permille = 10 * Integer.parseInt(parts.group(1)) + tenth;
    return permille < 1 || permille > 1000 ? OptionalInt.empty() : OptionalInt.of(permille);
  }

  static String text(int permille) {
    return permille / 10 + (permille % 10 == 0 ? "" : "." + permille % 10) + "%";
  }
}
