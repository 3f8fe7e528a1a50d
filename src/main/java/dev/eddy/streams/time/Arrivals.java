package dev.eddy.streams.time;

import dev.eddy.avro.BadRecordException;
import dev.eddy.avro.Observation;
import org.apache.kafka.common.header.Headers;

/** What a record needs before anything is made of it: a key, a time, a value that was decoded. */
public final class Arrivals {
  private static final String WITHOUT_TIME = "eddy.time.missing";
  private static final String RESTART = "eddy.sequence.restart";
  private static final String PASSED = "eddy.time.passed";

  private Arrivals() {}

  /** Takes off all marks, which are ours to make: a record may come with any headers. */
  public static void clear(Headers headers) {
    headers.remove(WITHOUT_TIME);
    headers.remove(RESTART);
    headers.remove(PASSED);
  }

  /** Marks the end of a sequence, a null value, as one of which nothing more is to come out. */
  static void markRestart(Headers headers) {
    headers.add(RESTART, new byte[0]);
  }

  /** Whether of the end of a sequence nothing more is to come out. */
  public static boolean isRestart(Headers headers) {
    return headers.lastHeader(RESTART) != null;
  }

  /** Marks what is no record, and has no key, as said of time: all records up to it have come. */
  static void markPassed(Headers headers) {
    headers.add(PASSED, new byte[0]);
  }

  /** Whether only time is told. */
  static boolean isPassed(Headers headers) {
    return headers.lastHeader(PASSED) != null;
  }

  /** Marks a record that has no time, so that it can go on to where {@link #check} refuses it. */
  public static void markWithoutTime(Headers headers) {
    headers.add(WITHOUT_TIME, new byte[0]);
  }

  /** Whether {@link #check} takes a record. */
  static boolean isUsable(Object key, Observation observation, Headers headers) {
    return key != null
        && headers.lastHeader(WITHOUT_TIME) == null
        && (observation == null || observation.fault() == null);
  }

  /**
   * @param observation null for the end of a sequence
   * @throws BadRecordException if the record lacks what it needs
   */
  public static void check(Object key, Observation observation, Headers headers) {
    if (key == null) {
      throw new BadRecordException("the record has no key");
    }
    if (headers.lastHeader(WITHOUT_TIME) != null) {
      throw new BadRecordException("the record has no time in the years 1970 to 9999");
    }
    if (observation != null && observation.fault() != null) {
      throw observation.fault();
    }
  }
}
