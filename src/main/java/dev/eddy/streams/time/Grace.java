package dev.eddy.streams.time;

import java.time.Duration;

/**
 * How long records wait for earlier ones of their key.
 *
 * @param grace a record is held until stream time has passed it by this much, and others may come
 *     so much behind stream time; 0 for no waiting
 * @param idle when so much wall-clock time has gone without a record, all that is held goes on;
 *     frames that wait for time then go by the wall-clock
 * @param maxRecordsPerKey held at once; one more, and the key's earliest goes on before its time
 */
public record Grace(Duration grace, Duration idle, int maxRecordsPerKey) {
  /** The longest grace. */
  public static final Duration MAX = Duration.ofDays(3_650);

  /** Where nothing else is said. */
  public static final Duration STANDARD_IDLE = Duration.ofMinutes(1);

  /** Where nothing else is said. */
  public static final int STANDARD_RECORDS_PER_KEY = 1_000;

  /** The most that may be asked for. */
  public static final int MAX_RECORDS_PER_KEY = 1_000_000;

  public Grace {
    if (grace.isNegative() || grace.compareTo(MAX) > 0) {
      throw new IllegalArgumentException("grace must be 0 to 3650 days, got " + grace);
    }
    if (idle.toMillis() < 1 || idle.compareTo(MAX) > 0) {
      throw new IllegalArgumentException("idle must be 1 ms to 3650 days, got " + idle);
    }
    if (maxRecordsPerKey < 1 || maxRecordsPerKey > MAX_RECORDS_PER_KEY) {
      throw new IllegalArgumentException(
          "records held of a key must be 1.." + MAX_RECORDS_PER_KEY + ", got " + maxRecordsPerKey);
    }
  }

  /** Records go on as they come. */
  public static final Grace NONE = of(Duration.ZERO);

  /** So long, with what is usual for the rest. */
  public static Grace of(Duration grace) {
    return new Grace(grace, STANDARD_IDLE, STANDARD_RECORDS_PER_KEY);
  }

  /**
   * By how much the time that all records have passed is behind the stream. One that is behind it
   * by grace is in time still, so a millisecond more; 0 where none is held.
   */
  long behindMs() {
    return holds() ? grace.toMillis() + 1 : 0;
  }

  /** Whether records are held at all. */
  public boolean holds() {
    return !grace.isZero();
  }
}
