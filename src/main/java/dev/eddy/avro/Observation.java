package dev.eddy.avro;

/**
 * One decoded record: a frame, and the event time if the mapping reads one.
 *
 * <p>The frame is not copied. It is made for this observation, and whoever holds the observation
 * owns it and may change it, in particular put the last value where a {@link BadValue#HOLD} left
 * NaN. Not thread-safe.
 */
public final class Observation {
  /** Stands for the time that the Kafka record carries. */
  public static final long NO_TIME = Long.MIN_VALUE;

  private static final float[] NO_FRAME = {};

  private final float[] frame;
  private final long timeMs;
  private final BadRecordException fault;

  /**
   * @param frame not copied; NaN where the last value is to be held
   * @param timeMs event time, at least 0, or {@link #NO_TIME}
   */
  public Observation(float[] frame, long timeMs) {
    this(frame, timeMs, null);
  }

  /** A frame of these values, not copied, with the time that the Kafka record carries. */
  public static Observation of(float... frame) {
    return new Observation(frame, NO_TIME);
  }

  private Observation(float[] frame, long timeMs, BadRecordException fault) {
    this.frame = frame;
    this.timeMs = timeMs;
    this.fault = fault;
  }

  /** Stands for a record that could not be decoded, so that it can go on to where such are kept. */
  public static Observation unusable(BadRecordException fault) {
    return new Observation(NO_FRAME, NO_TIME, fault);
  }

  /** Why there is no frame; null where there is one. */
  public BadRecordException fault() {
    return fault;
  }

  /** The frame itself, not a copy; NaN where the last value is to be held. */
  public float[] frame() {
    return frame;
  }

  /** Event time in milliseconds since 1970 UTC, or {@link #NO_TIME}. */
  public long timeMs() {
    return timeMs;
  }
}
