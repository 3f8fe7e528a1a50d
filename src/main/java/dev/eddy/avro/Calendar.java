package dev.eddy.avro;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/**
 * Channels that say where an event time stands in the day, the week and the year: sine and cosine
 * of a circle that is once round in it. Immutable.
 *
 * <p>They follow the clock on the wall of a time zone: six in the morning is a quarter round on
 * every day, also on those of 23 and 25 hours. A week begins on Monday. A year has as many days as
 * it has.
 *
 * @param name what the channels' names begin with, before {@code _day_sin}; empty for nothing
 * @param cycles in the order of their channels
 */
public record Calendar(String name, List<Cycle> cycles, ZoneId zone) {
  private static final double NANOS_PER_DAY = 86_400e9;

  /** What goes round. */
  public enum Cycle {
    DAY,
    WEEK,
    YEAR;

    /** How far round, 0 to 1. */
    private double part(ZonedDateTime time) {
      double day = time.toLocalTime().toNanoOfDay() / NANOS_PER_DAY;
      return switch (this) {
        case DAY -> day;
        case WEEK -> (time.get(ChronoField.DAY_OF_WEEK) - 1 + day) / 7;
        case YEAR -> (time.getDayOfYear() - 1 + day) / time.toLocalDate().lengthOfYear();
      };
    }
  }

  public Calendar {
    Objects.requireNonNull(zone, "zone");
    cycles = List.copyOf(cycles);
    if (cycles.isEmpty() || new HashSet<>(cycles).size() != cycles.size()) {
      throw new IllegalArgumentException(
          "a calendar must have 1 to 3 different cycles of day, week, year, got " + cycles);
    }
  }

  /** Channels: two for each cycle. */
  public int width() {
    return 2 * cycles.size();
  }

  /** Their names, such as {@code day_sin}, {@code day_cos}. */
  public List<String> channelNames() {
    List<String> names = new ArrayList<>();
    for (Cycle cycle : cycles) {
      String start =
          (name.isEmpty() ? "" : name + "_") + cycle.name().toLowerCase(java.util.Locale.ROOT);
      names.add(start + "_sin");
      names.add(start + "_cos");
    }
    return names;
  }

  /**
   * Writes the channels of a time; the same on every machine that knows the zone's rules.
   *
   * @param timeMs milliseconds since 1970 UTC
   * @param frame receives {@link #width()} values from {@code at}
   */
  public void write(long timeMs, float[] frame, int at) {
    ZonedDateTime time = Instant.ofEpochMilli(timeMs).atZone(zone);
    for (int i = 0; i < cycles.size(); i++) {
      double angle = 2 * Math.PI * cycles.get(i).part(time);
      frame[at + 2 * i] = (float) StrictMath.sin(angle);
      frame[at + 2 * i + 1] = (float) StrictMath.cos(angle);
    }
  }
}
