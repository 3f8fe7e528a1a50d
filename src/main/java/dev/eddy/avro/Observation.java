package dev.eddy.avro;

/**
 * One decoded record: its frames, mostly one, and the event time if the mapping reads one.
 *
 * <p>All frames are of the record's time and are stepped in order, or none of them. A record that
 * ends its key's sequence says so; its frames, if it has any, are the last ones.
 *
 * <p>The frames are not copied. They are made for this observation, and whoever holds the
 * observation owns them and may change them, in particular put the last value where a {@link
 * BadValue#HOLD} left NaN. Not thread-safe.
 */
public final class Observation {
  /** Stands for the time that the Kafka record carries. */
  public static final long NO_TIME = Long.MIN_VALUE;

  /** Stands for a time that the record has of its own, of one that can't be read. */
  public static final long UNREADABLE_TIME = -1;

  /** The last time that a record may be of, the end of the year 9999; what is later is no time. */
  public static final long LATEST_TIME_MS = 253_402_300_799_999L;

  private static final float[] NO_FRAME = {};

  private final float[] frames; // [count][frame]
  private final int count;
  private final long timeMs;
  private final boolean ends;
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
   * One frame.
   *
   * @param frame not copied; NaN where the last value is to be held
   * @param timeMs event time, at least 0, or {@link #NO_TIME}
   */
  public Observation(float[] frame, long timeMs) {
    this(frame, 1, timeMs, false, null, null);
  }

  /**
   * Several frames of one time, or none.
   *
   * @param frames one after another, not copied; NaN where the last value is to be held
   * @param count how many
   * @param timeMs event time, at least 0, or {@link #NO_TIME}
   * @throws IllegalArgumentException if the values are not so many frames
   */
  public Observation(float[] frames, int count, long timeMs) {
    this(frames, count, timeMs, false, null, null);
    if (count < 0 || (count == 0 ? frames.length > 0 : frames.length % count != 0)) {
      throw new IllegalArgumentException(frames.length + " values are not " + count + " frames");
    }
  }

  /** A frame of these values, not copied, with the time that the Kafka record carries. */
  public static Observation of(float... frame) {
    return new Observation(frame, NO_TIME);
  }

  private Observation(
      float[] frames,
      int count,
      long timeMs,
      boolean ends,
      BadRecordException fault,
      Origin origin) {
    this.frames = frames;
    this.count = count;
    this.timeMs = timeMs;
    this.ends = ends;
    this.fault = fault;
    this.origin = origin;
  }

  /** Stands for a record that could not be decoded, so that it can go on to where such are kept. */
  public static Observation unusable(BadRecordException fault) {
    return new Observation(NO_FRAME, 0, fault.timeMs(), false, fault, null);
  }

  /** The same, and where it was read. */
  public Observation from(Origin origin) {
    return new Observation(frames, count, timeMs, ends, fault, origin);
  }

  /** The same, and it ends its key's sequence. */
  public Observation ending() {
    return new Observation(frames, count, timeMs, true, fault, origin);
  }

  /** The same with other frames, one after another, not copied; as many. */
  public Observation with(float[] frames) {
    return new Observation(frames, count, timeMs, ends, fault, origin);
  }

  /** Why there is no frame; null where there is one. */
  public BadRecordException fault() {
    return fault;
  }

  /** Where it was read; null where the record in hand is the one. */
  public Origin origin() {
    return origin;
  }

  /** How many frames there are; 1 for most inputs. */
  public int count() {
    return count;
  }

  /**
   * The frame itself, not a copy; NaN where the last value is to be held. Of several, all, one
   * after another.
   */
  public float[] frame() {
    return frames;
  }

  /** Whether it ends its key's sequence, after its frames. */
  public boolean ends() {
    return ends;
  }

  /**
   * Event time in milliseconds since 1970 UTC, or {@link #NO_TIME}; of one that is unusable also
   * {@link #UNREADABLE_TIME}.
   */
  public long timeMs() {
    return timeMs;
  }
}
