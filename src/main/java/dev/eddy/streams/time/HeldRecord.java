package dev.eddy.streams.time;

import dev.eddy.avro.Observation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;

/**
 * A record that waits, as stored bytes, little-endian.
 *
 * <pre>
 * version 3 (1 byte) | time, ms (8) | number (8) | passed, ms (8) | key | headers | frames | origin
 *
 * passed  all records up to it had gone on when this one was held
 * headers count, then of each the name and the value
 * frames  values, -1 for an end of a sequence without a record; then, where there is a record, the
 *         count of frames, whether it ends the sequence (1 byte), each value as float32
 * origin  topic, partition (4), offset (8), value
 * </pre>
 *
 * Counts and lengths have 4 bytes and stand before what they are of; a length of -1 stands for
 * null. Versions 1 and 2 had time, number (big-endian) and key as the key in the store; version 1
 * had one frame, which ended nothing, and neither the count nor whether.
 */
final class HeldRecord {
  private static final byte VERSION = 3;
  private static final byte ONE_FRAME = 1;
  private static final int KEY_HEADER = 16;

  private HeldRecord() {}

  /** What is in the store under a key. */
  static HeldRecords.Held held(byte[] stored, byte[] value) {
    if (stored.length < KEY_HEADER) {
      ByteBuffer bytes = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
      checkVersion(bytes.get());
      long timeMs = bytes.getLong();
      long number = bytes.getLong();
      bytes.getLong();
      return new HeldRecords.Held(timeMs, number, Bytes.wrap(get(bytes)), stored, null, null);
    }
    ByteBuffer bytes = ByteBuffer.wrap(stored);
    Bytes key = Bytes.wrap(Arrays.copyOfRange(stored, KEY_HEADER, stored.length));
    return new HeldRecords.Held(bytes.getLong(), bytes.getLong(), key, stored, null, null);
  }

  /** Up to which time all had gone on when a record was held. */
  static long passedMs(byte[] value) {
    ByteBuffer bytes = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.get() == VERSION ? bytes.getLong(1 + 8 + 8) : Long.MIN_VALUE;
  }

  private static void checkVersion(byte version) {
    if (version < ONE_FRAME || version > VERSION) {
      throw new IllegalStateException(
          "a held record's byte layout has version " + version + ", known: 1 to " + VERSION);
    }
  }

  /**
   * @param observation null for the end of a sequence
   */
  static byte[] write(
      long timeMs,
      long number,
      Bytes ofKey,
      long passedMs,
      Observation observation,
      Headers headers) {
    Header[] all = headers.toArray();
    byte[][] names = new byte[all.length][];
    byte[] key = ofKey.get();
    int size = 1 + 8 + 8 + 8 + 4 + key.length + 4;
    for (int i = 0; i < all.length; i++) {
      names[i] = all[i].key().getBytes(StandardCharsets.UTF_8);
      size += 8 + names[i].length + length(all[i].value());
    }
    float[] frame = observation == null ? null : observation.frame();
    Observation.Origin origin = observation == null ? null : observation.origin();
    byte[] topic =
        origin == null || origin.topic() == null
            ? null
            : origin.topic().getBytes(StandardCharsets.UTF_8);
    byte[] source = origin == null ? null : origin.value();
    size +=
        4
            + (frame == null ? 0 : 5 + 4 * frame.length)
            + 4
            + length(topic)
            + 12
            + 4
            + length(source);
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(VERSION).putLong(timeMs).putLong(number).putLong(passedMs);
    put(bytes, key);
    bytes.putInt(all.length);
    for (int i = 0; i < all.length; i++) {
      put(bytes, names[i]);
      put(bytes, all[i].value());
    }
    bytes.putInt(frame == null ? -1 : frame.length);
    if (frame != null) {
      bytes.putInt(observation.count()).put((byte) (observation.ends() ? 1 : 0));
      bytes.asFloatBuffer().put(frame);
      bytes.position(bytes.position() + 4 * frame.length);
    }
    put(bytes, topic);
    bytes.putInt(origin == null ? -1 : origin.partition());
    bytes.putLong(origin == null ? -1 : origin.offset());
    put(bytes, source);
    return bytes.array();
  }

  /** What {@link #write} was given; {@code headers} receives the headers. */
  static Observation read(byte[] stored, long timeMs, RecordHeaders headers) {
    ByteBuffer bytes = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
    byte version = bytes.get();
    checkVersion(version);
    if (version == VERSION) {
      bytes.position(bytes.position() + 24);
      bytes.position(bytes.getInt() + bytes.position());
    }
    int count = bytes.getInt();
    for (int i = 0; i < count; i++) {
      headers.add(new String(get(bytes), StandardCharsets.UTF_8), get(bytes));
    }
    int values = bytes.getInt();
    if (values < 0) {
      return null;
    }
    int frames = version == ONE_FRAME ? 1 : bytes.getInt();
    boolean ends = version != ONE_FRAME && bytes.get() != 0;
    float[] frame = new float[values];
    bytes.asFloatBuffer().get(frame);
    bytes.position(bytes.position() + 4 * values);
    byte[] topic = get(bytes);
    int partition = bytes.getInt();
    long offset = bytes.getLong();
    byte[] source = get(bytes);
    Observation observation = new Observation(frame, frames, timeMs);
    observation = ends ? observation.ending() : observation;
    return topic == null
        ? observation
        : observation.from(
            new Observation.Origin(
                new String(topic, StandardCharsets.UTF_8), partition, offset, source));
  }

  private static int length(byte[] value) {
    return value == null ? 0 : value.length;
  }

  private static void put(ByteBuffer bytes, byte[] value) {
    bytes.putInt(value == null ? -1 : value.length);
    if (value != null) {
      bytes.put(value);
    }
  }

  private static byte[] get(ByteBuffer bytes) {
    int length = bytes.getInt();
    if (length < 0) {
      return null;
    }
    byte[] value = new byte[length];
    bytes.get(value);
    return value;
  }
}
