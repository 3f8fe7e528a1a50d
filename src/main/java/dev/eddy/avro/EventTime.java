package dev.eddy.avro;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The field that holds a record's event time.
 *
 * <p>A long is milliseconds since 1970 UTC, unless its logical type says micro- or nanoseconds;
 * {@code local-timestamp-*} is a wall clock's reading in {@code zone}. A string is read with {@code
 * pattern}, or as ISO 8601 when there is none; where it names no offset, it is in {@code zone}, and
 * where it names no time of day, at midnight. Times before 1970 are refused, as Kafka does.
 *
 * @param field path, as in {@link ChannelSpec}
 * @param pattern of {@link DateTimeFormatter}, English names; for string fields
 * @param zone of strings and local timestamps that name none
 */
public record EventTime(String field, Optional<String> pattern, ZoneId zone) {
  public EventTime {
    FieldPath.parse(field);
    Objects.requireNonNull(zone, "zone");
    pattern.ifPresent(
        text -> {
          try {
            DateTimeFormatter.ofPattern(text, Locale.ENGLISH);
          } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                "pattern "
                    + Quoted.text(text)
                    + " is not a date and time pattern: "
                    + e.getMessage()
                    + "; write one like yyyy-MM-dd HH:mm:ss",
                e);
          }
        });
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
