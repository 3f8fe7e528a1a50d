package dev.eddy.avro;

import java.util.Optional;

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

  /** A fault of the record as a whole. */
  public BadRecordException(String reason) {
    this(null, reason);
  }

  /** A fault of one field; the reason reads on after {@code field "motor.temp": }. */
  public BadRecordException(String field, String reason) {
    super(field == null ? reason : "field \"" + field + "\": " + reason, null, false, false);
    this.reason = reason;
    this.field = field;
  }

  /** What was found and what is accepted, without the field. */
  public String reason() {
    return reason;
  }

  /** Path of the field at fault, as the mapping writes it; empty when the whole record is. */
  public Optional<String> field() {
    return Optional.ofNullable(field);
  }
}
