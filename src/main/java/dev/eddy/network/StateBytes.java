package dev.eddy.network;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * A key's state as stored bytes. Equal history gives equal bytes.
 *
 * <pre>
 *   0        4         8             16        24       32        40          48
 *  +--------+---------+-------------+---------+--------+---------+-----------+----------------
 *  | magic  | version | fingerprint | model   | frames | frames  | last      | float32 values
 *  | "EDDY" | 1       | of layout   | version | seen   | emitted | time, ms  | in layout order
 *  +--------+---------+-------------+---------+--------+---------+-----------+----------------
 * </pre>
 *
 * All little-endian. Not thread-safe: one per task.
 */
public final class StateBytes {
  /** "EDDY", read as little-endian. */
  private static final int MAGIC = 'E' | 'D' << 8 | 'D' << 16 | 'Y' << 24;

  private static final int VERSION = 1;
  private static final int FINGERPRINT = 8;
  private static final int MODEL_VERSION = 16;
  private static final int FRAMES_SEEN = 24;
  private static final int FRAMES_EMITTED = 32;
  private static final int LAST_TIME = 40;
  private static final int VALUES = 48;

  private final StateLayout layout;
  private final long fingerprint;
  private final int length;

  private long modelVersion;
  private long framesSeen;
  private long framesEmitted;
  private long lastTimeMs;

  public StateBytes(StateLayout layout) {
    this.layout = layout;
    this.fingerprint = layout.fingerprint();
    this.length = layout.length();
  }

  /** Bytes of a stored state. */
  public int size() {
    return VALUES + 4 * length;
  }

  /**
   * The version of the model that wrote a state, whatever its layout.
   *
   * @throws StateMismatchException if these bytes are no state
   */
  public static long modelVersionOf(byte[] stored) {
    return header(stored).getLong(MODEL_VERSION);
  }

  /**
   * The fingerprint of a state's layout.
   *
   * @throws StateMismatchException if these bytes are no state
   */
  public static long fingerprintOf(byte[] stored) {
    return header(stored).getLong(FINGERPRINT);
  }

  /**
   * Event time of the last frame of a state, milliseconds since 1970.
   *
   * @throws StateMismatchException if these bytes are no state
   */
  public static long lastTimeMsOf(byte[] stored) {
    return header(stored).getLong(LAST_TIME);
  }

  /**
   * Input frames of a state.
   *
   * @throws StateMismatchException if these bytes are no state
   */
  public static long framesSeenOf(byte[] stored) {
    return header(stored).getLong(FRAMES_SEEN);
  }

  /**
   * Output frames of a state.
   *
   * @throws StateMismatchException if these bytes are no state
   */
  public static long framesEmittedOf(byte[] stored) {
    return header(stored).getLong(FRAMES_EMITTED);
  }

  /** Of the state last read: the version of the model that wrote it. */
  public long modelVersion() {
    return modelVersion;
  }

  /** Of the state last read: input frames of this key so far. */
  public long framesSeen() {
    return framesSeen;
  }

  /** Of the state last read: output frames of this key so far. */
  public long framesEmitted() {
    return framesEmitted;
  }

  /** Of the state last read: event time of the last frame, milliseconds since 1970. */
  public long lastTimeMs() {
    return lastTimeMs;
  }

  /**
   * Writes a state; the array is new, for a store keeps it.
   *
   * @param state the values, in layout order
   */
  public byte[] write(
      float[] state, long modelVersion, long framesSeen, long framesEmitted, long lastTimeMs) {
    ByteBuffer bytes = ByteBuffer.allocate(size()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(MAGIC).putInt(VERSION).putLong(fingerprint);
    bytes.putLong(modelVersion).putLong(framesSeen).putLong(framesEmitted).putLong(lastTimeMs);
    bytes.asFloatBuffer().put(state, 0, length);
    return bytes.array();
  }

  /**
   * Reads a state that {@link #write} made.
   *
   * @param state receives the values
   * @throws StateMismatchException if these bytes are no state, or not of this layout; {@code
   *     state} is unchanged
   */
  public void read(byte[] stored, float[] state) {
    ByteBuffer bytes = header(stored);
    long version = bytes.getLong(MODEL_VERSION);
    if (bytes.getLong(FINGERPRINT) != fingerprint) {
      throw new StateMismatchException(
          "written by model version "
              + version
              + " (layout "
              + StateLayout.text(bytes.getLong(FINGERPRINT))
              + "), which layout "
              + StateLayout.text(fingerprint)
              + " can't continue");
    }
    if (stored.length != size()) {
      throw new StateMismatchException(
          stored.length > size()
              ? (stored.length - size()) + " bytes are left over after the last part"
              : "the bytes end in part \"" + layout.partAt((stored.length - VALUES) / 4) + "\"");
    }
    modelVersion = version;
    framesSeen = bytes.getLong(FRAMES_SEEN);
    framesEmitted = bytes.getLong(FRAMES_EMITTED);
    lastTimeMs = bytes.getLong(LAST_TIME);
    FloatBuffer values = bytes.position(VALUES).asFloatBuffer();
    values.get(state, 0, length);
  }

  private static ByteBuffer header(byte[] stored) {
    ByteBuffer bytes = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
    if (stored.length < VALUES || bytes.getInt(0) != MAGIC) {
      throw new StateMismatchException(
          "the " + stored.length + " bytes found are not a state of Eddy's");
    }
    if (bytes.getInt(4) != VERSION) {
      throw new StateMismatchException(
          "the state's byte layout has version " + bytes.getInt(4) + ", known: " + VERSION);
    }
    return bytes;
  }
}
