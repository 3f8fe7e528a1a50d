package dev.eddy.app.csv;

import dev.eddy.avro.EventTime;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Times in CSV files: read as the config says, else as a date, or a date and a time with a blank or
 * a T between, with or without an offset, or as milliseconds since 1970.
 */
public final class CsvTime {
  private static final DateTimeFormatter DATE_AND_TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendPattern("['T'][ ]HH:mm[:ss]")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .optionalStart()
          .appendOffset("+HH:mm", "Z")
          .toFormatter(Locale.ENGLISH);

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final DateTimeFormatter formatter;
  private final boolean takesMillis;
  private final ZoneId zone;

  public CsvTime(EventTime time) {
    this.formatter =
        time.pattern()
            .map(pattern -> DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH))
            .orElse(DATE_AND_TIME);
    this.takesMillis = time.pattern().isEmpty();
    this.zone = time.zone();
  }

  /** Milliseconds since 1970 UTC; empty if the text is no time, or one before 1970. */
  public OptionalLong millis(String cell) {
    String text = cell.strip();
    try {
      long millis = takesMillis && text.matches("\\d{1,18}") ? Long.parseLong(text) : parse(text);
      return millis < 0 ? OptionalLong.empty() : OptionalLong.of(millis);
    } catch (DateTimeException | ArithmeticException e) {
      return OptionalLong.empty();
    }
  }

  private long parse(String text) {
    TemporalAccessor read = EventTime.read(formatter, text);
    if (read instanceof ZonedDateTime zoned) {
      return zoned.toInstant().toEpochMilli();
    } else if (read instanceof LocalDateTime local) {
      return local.atZone(zone).toInstant().toEpochMilli();
    } else if (read instanceof LocalDate date) {
      return date.atStartOfDay(zone).toInstant().toEpochMilli();
    }
    return Instant.from(read).toEpochMilli();
  }

  /**
   * As a CSV file of scores has it, UTC: {@code 2013-12-02 21:15:00}, with the milliseconds if any.
   */
  public static String text(long millis) {
    return (millis % 1000 == 0 ? SECONDS : MILLIS).format(Instant.ofEpochMilli(millis));
  }
}
