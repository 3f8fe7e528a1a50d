package dev.eddy.frames;

import java.util.Locale;
import java.util.Objects;

/**
 * A number that sums up the values of a window.
 *
 * @param kind which
 * @param quantile of {@link Kind#QUANTILE}, 0..1; else 0
 */
public record Statistic(Kind kind, double quantile) {
  /** The choices, as they are named. */
  public enum Kind {
    MEAN,
    MIN,
    MAX,
    SUM,
    /** The standard deviation: the root of the mean square distance from the mean. */
    STD,
    FIRST,
    LAST,
    /** Of the line with the least squares through values over time; 0 where all are of one time. */
    SLOPE,
    /** Linear between the two values next to it in order of size. */
    QUANTILE,
    /** Of frames; one for all channels. */
    COUNT
  }

  public Statistic {
    Objects.requireNonNull(kind, "kind");
    if (!(quantile >= 0 && quantile <= 1) || kind != Kind.QUANTILE && quantile != 0) {
      throw new IllegalArgumentException("a quantile must be 0..1, got " + quantile);
    }
  }

  /**
   * The statistic of a word: {@code mean}, ..., {@code median}, or {@code q0.9} for a quantile.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Statistic of(String word) {
    if (word.equals("median")) {
      return new Statistic(Kind.QUANTILE, 0.5);
    }
    if (word.matches("q(0|1|[01]?\\.\\d{1,9})")) {
      return new Statistic(Kind.QUANTILE, Double.parseDouble(word.substring(1)));
    }
    for (Kind kind : Kind.values()) {
      if (kind != Kind.QUANTILE && kind.name().toLowerCase(Locale.ROOT).equals(word)) {
        return new Statistic(kind, 0);
      }
    }
    throw new IllegalArgumentException(
        "\""
            + word
            + "\" is not one of mean, min, max, sum, std, first, last, slope, count, median, q0.9");
  }

  /** The word that stands for it in a channel's name. */
  public String word() {
    return kind == Kind.QUANTILE ? "q" + quantile : kind.name().toLowerCase(Locale.ROOT);
  }

  /** A value of this statistic, of a channel. */
  FrameChannel of(FrameChannel channel) {
    String name = channel.name() + "_" + word();
    return switch (kind) {
      case MEAN, MIN, MAX, FIRST, LAST, QUANTILE -> channel.like(name);
      case SUM, STD, SLOPE -> channel.distance(name);
      case COUNT -> throw new IllegalStateException("the count is of no channel");
    };
  }
}
