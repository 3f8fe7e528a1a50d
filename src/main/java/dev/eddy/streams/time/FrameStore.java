package dev.eddy.streams.time;

import dev.eddy.avro.Observation;
import dev.eddy.frames.Cells;
import dev.eddy.frames.FrameTask;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The states of keys and their cells in one store.
 *
 * <pre>
 * state   key    0 (1 byte) | the record's key
 *         value  due, ms (8) | offset (8) | partition (4) | length of topic (4), topic | state;
 *                or 0 (1 byte): the key is gone, and its cells are being removed
 * cell    key    1 (1 byte) | length of key (4) | the record's key | part (1) | index (8)
 * </pre>
 *
 * Big-endian, but for the state itself. Offset, partition and topic are those of the key's last
 * record, so that what is made of several and fails later can be traced.
 */
final class FrameStore implements Cells {
  private static final byte STATE = 0;
  private static final byte CELL = 1;
  private static final int DUE_BYTES = 8;
  private static final int ORIGIN_BYTES = 16;
  private static final byte[] GONE = {0};

  private final KeyValueStore<byte[], byte[]> store;
  private byte[] key; // of the record in hand
  private byte[] stateKey;
  private byte[] topic = {};
  private String topicName = "";

  FrameStore(KeyValueStore<byte[], byte[]> store) {
    this.store = store;
  }

  /** Takes up a key. Null if nothing is stored of it; what is left of one that is gone goes too. */
  byte[] begin(byte[] key) {
    select(key);
    byte[] stored = store.get(stateKey);
    if (stored != null && isGone(stored)) {
      deleteAll();
      return null;
    }
    return stored;
  }

  /** Takes up a key whose state is known, or not of interest. */
  void select(byte[] key) {
    this.key = key;
    this.stateKey = new byte[1 + key.length];
    stateKey[0] = STATE;
    System.arraycopy(key, 0, stateKey, 1, key.length);
  }

  /** Goes through the states of all keys. */
  static StoreScan<byte[]> scan(KeyValueStore<byte[], byte[]> store) {
    return new StoreScan<>(store, new ByteArraySerializer(), new byte[] {STATE}, new byte[] {CELL});
  }

  /** The record's key of a state. */
  static byte[] recordKey(byte[] stateKey) {
    return Arrays.copyOfRange(stateKey, 1, stateKey.length);
  }

  /** Whether only cells are left of a key. */
  static boolean isGone(byte[] stored) {
    return stored.length == GONE.length;
  }

  /** Until when time must pass for something of the key to come out. */
  static long dueMs(byte[] stored) {
    return ByteBuffer.wrap(stored).getLong();
  }

  /** Where the state itself begins. */
  static int stateOffset(byte[] stored) {
    return DUE_BYTES + ORIGIN_BYTES + ByteBuffer.wrap(stored).getInt(DUE_BYTES + 12);
  }

  /** Time of the key's last record. */
  static long lastTimeMs(byte[] stored) {
    return FrameTask.lastTimeMsOf(stored, stateOffset(stored));
  }

  /** Where the key's last record was read; its value is not known any more. */
  Observation.Origin origin(byte[] stored) {
    ByteBuffer bytes = ByteBuffer.wrap(stored).position(DUE_BYTES);
    long offset = bytes.getLong();
    int partition = bytes.getInt();
    byte[] name = new byte[bytes.getInt()];
    bytes.get(name);
    if (!Arrays.equals(name, topic)) {
      topic = name;
      topicName = new String(name, StandardCharsets.UTF_8);
    }
    return new Observation.Origin(topicName, partition, offset, null);
  }

  /** How much stands before a state that is put. */
  int room(Observation.Origin origin) {
    if (!origin.topic().equals(topicName)) {
      topicName = origin.topic();
      topic = topicName.getBytes(StandardCharsets.UTF_8);
    }
    return DUE_BYTES + ORIGIN_BYTES + topic.length;
  }

  /**
   * Stores the key's state.
   *
   * @param state with {@link #room} at the front; kept
   */
  void put(byte[] state, long dueMs, Observation.Origin origin) {
    ByteBuffer.wrap(state)
        .putLong(dueMs)
        .putLong(origin.offset())
        .putInt(origin.partition())
        .putInt(topic.length)
        .put(topic);
    store.put(stateKey, state);
  }

  /** Removes the key's state. */
  void delete() {
    store.delete(stateKey);
  }

  /** Removes the key's state and all its cells. */
  void deleteAll() {
    delete();
    deleteCells(Integer.MAX_VALUE);
  }

  /** Removes some of the key's cells; returns how many, fewer than {@code most} if none is left. */
  int deleteCells(int most) {
    List<byte[]> cells = new ArrayList<>();
    try (KeyValueIterator<byte[], byte[]> found =
        store.range(cellKey((byte) 0, 0), cellKey((byte) 127, -1))) {
      while (cells.size() < most && found.hasNext()) {
        cells.add(found.next().key);
      }
    }
    cells.forEach(store::delete);
    return cells.size();
  }

  /** Remembers that only cells are left of the key. */
  void putGone() {
    store.put(stateKey, GONE);
  }

  @Override
  public byte[] get(byte part, long index) {
    return store.get(cellKey(part, index));
  }

  @Override
  public void put(byte part, long index, byte[] value) {
    store.put(cellKey(part, index), value);
  }

  @Override
  public void delete(byte part, long index) {
    store.delete(cellKey(part, index));
  }

  private byte[] cellKey(byte part, long index) {
    return ByteBuffer.allocate(1 + 4 + key.length + 1 + 8)
        .put(CELL)
        .putInt(key.length)
        .put(key)
        .put(part)
        .putLong(index)
        .array();
  }
}
