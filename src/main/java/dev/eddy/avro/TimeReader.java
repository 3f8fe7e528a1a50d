package dev.eddy.avro;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/** An {@link EventTime}, resolved against one schema. Immutable. */
final class TimeReader {
  private static final String ACCEPTED =
      "; accepted: a long of milliseconds since 1970, a timestamp, or a string";

  private final EventTime time;
  private final FieldAccess access;
  private final DateTimeFormatter formatter;
  private final boolean isPlain; // a number that doesn't say what it counts
  private final long unitsPerMs;
  private final boolean local;

  TimeReader(EventTime time, Schema root) {
    this.time = time;
    this.access = new FieldAccess(FieldPath.parse(time.field()), root);
    this.formatter =
        time.pattern()
            .map(text -> DateTimeFormatter.ofPattern(text, Locale.ENGLISH))
            .orElse(DateTimeFormatter.ISO_DATE_TIME);
    String logical =
        access.targets().stream()
            .filter(type -> type.getType() == Schema.Type.LONG && type.getLogicalType() != null)
            .map(type -> type.getLogicalType().getName())
            .findFirst()
            .orElse("");
    this.isPlain = logical.isEmpty();
    this.local = logical.startsWith("local-");
    this.unitsPerMs =
        logical.endsWith("micros") ? 1_000 : logical.endsWith("nanos") ? 1_000_000 : 1;
  }

  long timeMs(IndexedRecord record) {
    Object value = access.get(record);
    if (value instanceof FieldAccess.Fault fault) {
      throw bad(fault.found() + ACCEPTED);
    }
    long timeMs = timeMs(value);
    if (timeMs < 0) {
      throw bad("is " + Quoted.value(value) + ", a time before 1970; accepted: 1970 or later");
    }
    if (timeMs > Observation.LATEST_TIME_MS) {
      throw bad(
          "is "
              + Quoted.value(value)
              + ", a time after the year 9999; accepted: "
              + (value instanceof Long && isPlain
                  ? "milliseconds since 1970, or a timestamp type that says micros or nanos"
                  : "up to the year 9999"));
    }
    return timeMs;
  }

  private long timeMs(Object value) {
    try {
      if (value instanceof Long units) {
        long ms = Math.floorDiv(units, unitsPerMs);
        return local ? at(Instant.ofEpochMilli(ms).atZone(ZoneOffset.UTC).toLocalDateTime()) : ms;
      } else if (value instanceof CharSequence text) {
        return parse(text.toString());
      } else if (value instanceof Instant instant) {
        return instant.toEpochMilli();
      } else if (value instanceof LocalDateTime reading) {
        return at(reading);
      }
    } catch (DateTimeException | ArithmeticException e) {
      String accepted =
          time.pattern().map(text -> "a time like " + text).orElse("an ISO 8601 time with a date");
      throw bad("is " + Quoted.value(value) + ", which is no time; accepted: " + accepted);
    }
    throw bad("is " + Quoted.value(value) + ACCEPTED);
  }

  private long parse(String text) {
    TemporalAccessor read =
        time.pattern().isEmpty() && text.length() == 10
            ? LocalDate.parse(text)
            : EventTime.read(formatter, text);
    if (read instanceof ZonedDateTime zoned) {
      return zoned.toInstant().toEpochMilli();
    } else if (read instanceof Instant instant) {
      return instant.toEpochMilli();
    } else if (read instanceof LocalDateTime reading) {
      return at(reading);
    }
    return at(((LocalDate) read).atStartOfDay());
  }

  private long at(LocalDateTime reading) {
    ZoneId zone = time.zone();
    return reading.atZone(zone).toInstant().toEpochMilli();
  }

  private BadRecordException bad(String reason) {
    return new BadRecordException(time.field(), reason);
  }
}
