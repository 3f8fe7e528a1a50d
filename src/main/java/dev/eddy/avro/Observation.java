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
  private final Origin origin;

  /**
   * Where an observation was read, for one that leaves its place in the stream and may fail later.
   *
   * @param topic null while only the bytes are known
   * @param value the record's value as it was read; not copied; null if not known
   */
  public record Origin(String topic, int partition, long offset, byte[] value) {}

  /**
   * @param frame not copied; NaN where the last value is to be held
   * @param timeMs event time, at least 0, or {@link #NO_TIME}
   */
  public Observation(float[] frame, long timeMs) {
    this(frame, timeMs, null, null);
  }

  /** A frame of these values, not copied, with the time that the Kafka record carries. */
  public static Observation of(float... frame) {
    return new Observation(frame, NO_TIME);
  }

  private Observation(float[] frame, long timeMs, BadRecordException fault, Origin origin) {
    this.frame = frame;
    this.timeMs = timeMs;
    this.fault = fault;
    this.origin = origin;
  }

  /** Stands for a record that could not be decoded, so that it can go on to where such are kept. */
  public static Observation unusable(BadRecordException fault) {
    return new Observation(NO_FRAME, NO_TIME, fault, null);
  }

  /** The same, and where it was read. */
  public Observation from(Origin origin) {
    return new Observation(frame, timeMs, fault, origin);
  }

  /** Why there is no frame; null where there is one. */
  public BadRecordException fault() {
    return fault;
  }

  /** Where it was read; null where the record in hand is the one. */
  public Origin origin() {
    return origin;
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
