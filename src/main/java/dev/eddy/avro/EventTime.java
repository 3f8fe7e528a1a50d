package dev.eddy.avro;

import java.text.ParsePosition;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Month;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The field that holds a record's event time.
 *
 * <p>A long is milliseconds since 1970 UTC, unless its logical type says micro- or nanoseconds;
 * {@code local-timestamp-*} is a wall clock's reading in {@code zone}. A string is read with {@code
 * pattern}, or as ISO 8601 when there is none; where it names no offset, it is in {@code zone}, and
 * where it names no time of day, at midnight. Where a clock in {@code zone} shows a time twice, it
 * is the earlier one; one that it leaves out is as much later as the clock is put forward. Times
 * before 1970 are refused, as Kafka does.
 *
 * @param field path, as in {@link ChannelSpec}
 * @param pattern of {@link DateTimeFormatter}, English names; for string fields
 * @param zone of strings and local timestamps that name none
 */
public record EventTime(String field, Optional<String> pattern, ZoneId zone) {
  public EventTime {
    FieldPath.parse(field);
    Objects.requireNonNull(zone, "zone");
    pattern.ifPresent(EventTime::check);
  }

  private static void check(String pattern) {
    DateTimeFormatter formatter;
    try {
      formatter = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    } catch (IllegalArgumentException e) {
      throw wrong(pattern, "is not a date and time pattern: " + e.getMessage());
    }
    if (pattern.contains("[")) {
      return; // what it reads depends on what of it a text has
    }
    ZonedDateTime afternoon = ZonedDateTime.of(2003, 11, 24, 17, 38, 49, 0, ZoneOffset.UTC);
    String text = formatter.format(afternoon);
    TemporalAccessor read;
    try {
      read = read(formatter, text);
    } catch (DateTimeException e) {
      throw wrong(pattern, "names no whole date: " + Quoted.text(text) + " is no time");
    }
    String other = formatter.format(afternoon.minusSeconds(10 * 3600 + 6 * 60 + 7));
    if (read instanceof LocalDate && !other.equals(text)) {
      throw wrong(pattern, "does not tell " + Quoted.text(text) + " from other times of the day");
    }
  }

  /**
   * As much as a text says: a {@link ZonedDateTime}, an {@link Instant}, a {@link LocalDateTime} or
   * a {@link LocalDate}. A formatter takes the 31st of a shorter month for its last day; this
   * doesn't.
   *
   * @throws DateTimeException if it says no date, or one that isn't there
   */
  public static TemporalAccessor read(DateTimeFormatter formatter, String text) {
    TemporalAccessor read =
        formatter.parseBest(
            text, ZonedDateTime::from, Instant::from, LocalDateTime::from, LocalDate::from);
    LocalDate date = read.query(TemporalQueries.localDate());
    if (date != null && (date.getDayOfMonth() <= 2 || date.getDayOfMonth() >= 27)) {
      // a month's last day, or one off: a text may say 24:00, or an offset other than its zone's
      TemporalAccessor written = formatter.parseUnresolved(text, new ParsePosition(0));
      if (written.isSupported(ChronoField.MONTH_OF_YEAR)
          && written.isSupported(ChronoField.DAY_OF_MONTH)
          && written.getLong(ChronoField.DAY_OF_MONTH)
              > Month.from(written).length(date.isLeapYear())) {
        throw new DateTimeException("the month has no such day");
      }
    }
    return read;
  }

  private static IllegalArgumentException wrong(String pattern, String why) {
    return new IllegalArgumentException(
        "pattern " + Quoted.text(pattern) + " " + why + "; write one like yyyy-MM-dd HH:mm:ss");
  }

  /** A field in UTC, without a pattern. */
  public static EventTime of(String field) {
    return new EventTime(field, Optional.empty(), ZoneOffset.UTC);
  }

  /** A string field with a pattern, in UTC unless the text names an offset. */
  public static EventTime of(String field, String pattern) {
    return new EventTime(field, Optional.of(pattern), ZoneOffset.UTC);
  }
}
