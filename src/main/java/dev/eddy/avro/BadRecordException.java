package dev.eddy.avro;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * This record can't become a frame, and no retry will change that: its bytes don't decode, its
 * schema is unknown, or a field is missing, of a wrong type or not finite.
 *
 * <p>The message is one line. Carries no stack trace: bad records may come as fast as good ones.
 */
public final class BadRecordException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final String field;
  private final long lateMs;
  private final long timeMs;

  /** A fault of the record as a whole. */
  public BadRecordException(String reason) {
    this(null, reason);
  }

  /** A fault of one field; the reason reads on after {@code field "motor.temp": }. */
  public BadRecordException(String field, String reason) {
    this(field, reason, -1, Observation.NO_TIME);
  }

  private BadRecordException(String field, String reason, long lateMs, long timeMs) {
    super(field == null ? reason : "field \"" + field + "\": " + reason, null, false, false);
    this.reason = reason;
    this.field = field;
    this.lateMs = lateMs;
    this.timeMs = timeMs;
  }

  /** The record comes too late to be put in its place; the reason reads on after how late. */
  public static BadRecordException late(long lateMs, String reason) {
    String whole = "late by " + lateMs + " ms: " + reason;
    return new BadRecordException(null, whole, lateMs, Observation.NO_TIME);
  }

  /** The same, of a record of this time, or {@link Observation#UNREADABLE_TIME}. */
  BadRecordException at(long timeMs) {
    return new BadRecordException(field, reason, lateMs, timeMs);
  }

  /** What was found and what is accepted, without the field. */
  public String reason() {
    return reason;
  }

  /** By how much the record is late, in milliseconds; empty where that is not its fault. */
  public OptionalLong lateMs() {
    return lateMs < 0 ? OptionalLong.empty() : OptionalLong.of(lateMs);
  }

  /**
   * The record's event time, or {@link Observation#UNREADABLE_TIME}; {@link Observation#NO_TIME}
   * where the Kafka record carries it, or where that is not said.
   */
  public long timeMs() {
    return timeMs;
  }

  /** Path of the field at fault, as the mapping writes it; empty when the whole record is. */
  public Optional<String> field() {
    return Optional.ofNullable(field);
  }
}
