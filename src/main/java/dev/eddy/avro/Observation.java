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

  private final float[] frame;
  private final long timeMs;

  /**
   * @param frame not copied; NaN where the last value is to be held
   * @param timeMs event time, at least 0, or {@link #NO_TIME}
   */
  public Observation(float[] frame, long timeMs) {
    this.frame = frame;
    this.timeMs = timeMs;
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
