package dev.eddy.app.terminal;

import java.util.regex.Pattern;

/** What anybody wrote, as it may be shown on a terminal. */
public final class Printable {
  /** C0, C1 (U+009B begins commands, too) and what turns the direction of writing. */
  private static final Pattern OBEYED =
      Pattern.compile("[\\p{Cntrl}\\u0080-\\u009f\\u202a-\\u202e\\u2066-\\u2069]");

  private Printable() {}

  /** The text with a question mark for every character that a terminal obeys, line ends too. */
  public static String of(String text) {
    return OBEYED.matcher(text).replaceAll("?");
  }
}
