package dev.eddy.streams;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a key's sequence ends besides at a record that says so, and how long its state is kept.
 * Immutable; start from {@link #OPEN} and refine.
 *
 * @param idle a sequence ends when its key has had no record for longer than this: by stream time,
 *     or by the wall-clock when the partition is silent. What was held back is emitted
 * @param perRecord whether each record is a sequence of its own; no state is kept then
 * @param expiry when a key's state is forgotten; nothing is emitted
 */
public record Sequences(Optional<Duration> idle, boolean perRecord, Optional<Expiry> expiry) {
  /** The longest time that may be asked for. */
  public static final Duration MAX = Duration.ofDays(3_650);

  /** A key is one sequence, until a record ends it; states are kept. */
  public static final Sequences OPEN = new Sequences(Optional.empty(), false, Optional.empty());

  /** The clock by which a key is old. */
  public enum Clock {
    /** The largest event time of the records scored so far in the partition. */
    STREAM_TIME,
    /** The machine's. */
    WALL_CLOCK
  }

  /**
   * When a key's state is forgotten.
   *
   * @param after so long after its last event time
   */
  public record Expiry(Duration after, Clock clock) {
    public Expiry {
      Objects.requireNonNull(clock, "clock");
      check("expire", after);
    }
  }

  public Sequences {
    idle.ifPresent(time -> check("idle", time));
    if (perRecord && (idle.isPresent() || expiry.isPresent())) {
      throw new IllegalArgumentException(
          "where each record is a sequence, no state is kept that could be idle or expire");
    }
    if (idle.isPresent() && expiry.isPresent() && expiry.get().after().compareTo(idle.get()) <= 0) {
      throw new IllegalArgumentException(
          "a state would expire after "
              + expiry.get().after().toMillis()
              + " ms and never end by being idle for "
              + idle.get().toMillis()
              + " ms; expire later");
    }
  }

  private static void check(String what, Duration time) {
    if (time.toMillis() < 1 || time.compareTo(MAX) > 0) {
      throw new IllegalArgumentException(what + " must be 1 ms to 3650 days, got " + time);
    }
  }

  /** Ends a sequence when its key has had no record for longer than this. */
  public Sequences endingWhenIdleFor(Duration time) {
    return new Sequences(Optional.of(time), perRecord, expiry);
  }

  /** Makes each record a sequence of its own. */
  public Sequences ofOneRecord() {
    return new Sequences(idle, true, expiry);
  }

  /** Forgets a key's state so long after its last record, by stream time. */
  public Sequences expiringAfter(Duration time) {
    return expiringAfter(time, Clock.STREAM_TIME);
  }

  /** Forgets a key's state so long after the event time of its last record. */
  public Sequences expiringAfter(Duration time, Clock clock) {
    return new Sequences(idle, perRecord, Optional.of(new Expiry(time, clock)));
  }
}
