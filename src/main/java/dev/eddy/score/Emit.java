package dev.eddy.score;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which rows go out. The state steps all the same. */
public sealed interface Emit {

  /** All of them. */
  record Every() implements Emit {}

  /**
   * The first of a sequence, and each that differs from the last one that went out.
   *
   * @param column in which it differs; empty for the label, or where there is none for any
   */
  record Change(Optional<String> column) implements Emit {
    public Change {
      Objects.requireNonNull(column, "column");
    }
  }

  /** The last of each sequence, when it ends. */
  record End() implements Emit {}

  /**
   * Those with a number above a limit.
   *
   * @param column whose number; empty for the anomaly likelihood, else the probability, else the
   *     only column
   */
  record Above(double limit, Optional<String> column) implements Emit {
    public Above {
      Objects.requireNonNull(column, "column");
      if (!Double.isFinite(limit)) {
        throw new IllegalArgumentException("the limit must be a number, got " + limit);
      }
    }
  }

  /**
   * The {@code count}-th of a sequence, the {@code 2 count}-th and so on.
   *
   * @param count 1..1,000,000
   */
  record Nth(int count) implements Emit {
    public Nth {
      if (count < 1 || count > 1_000_000) {
        throw new IllegalArgumentException("nth must be 1..1000000, got " + count);
      }
    }
  }

  Emit EVERY = new Every();

  /**
   * Reads {@code every}, {@code change}, {@code end}, {@code above(0.99)} or {@code nth(10)}.
   *
   * @param column of a change or a limit; empty for the usual one
   * @throws IllegalArgumentException if it is none of these
   */
  static Emit parse(String text, Optional<String> column) {
    Matcher matcher = Pattern.compile("(\\w+)(?:\\(([^()]*)\\))?").matcher(text.strip());
    String number = matcher.matches() ? matcher.group(2) : null;
    String word = matcher.matches() ? matcher.group(1) : "";
    try {
      if (word.equals("above") && number != null) {
        return new Above(Double.parseDouble(number.strip()), column);
      }
      if (column.isPresent() && !word.equals("change")) {
        throw new IllegalArgumentException(
            "only change and above(NUMBER) are of a column, got \"" + text + "\"");
      }
      if (word.equals("nth") && number != null) {
        return new Nth(Integer.parseInt(number.strip()));
      } else if (number == null) {
        switch (word) {
          case "every":
            return EVERY;
          case "change":
            return new Change(column);
          case "end":
            return new End();
          default: // said below
        }
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is not accepted; accepted: every, change, end, above(0.99), nth(10)");
  }
}
