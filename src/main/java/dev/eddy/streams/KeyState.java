package dev.eddy.streams;

import dev.eddy.network.StateBytes;
import dev.eddy.network.StateMismatchException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A key's stored bytes where models change: the state of the version that scores, and what a change
 * needs. Where there is nothing but the state, its bytes are stored as they are, as without
 * changing models.
 *
 * <pre>
 *   0        4         8        16        24
 *  +--------+---------+--------+---------+---------+------------------------------------
 *  | magic  | version | first  | least   | first   | state, next state, frames, kept ones,
 *  | "EDDK" | 1       | number | number  | of next | each with its length or count before it
 *  +--------+---------+--------+---------+---------+------------------------------------
 * </pre>
 *
 * All little-endian. One per task, for one key after the other.
 */
final class KeyState {
  private static final int MAGIC = 'E' | 'D' << 8 | 'D' << 16 | 'K' << 24;
  private static final int VERSION = 1;
  private static final int HEADER = 32;
  private static final int MAX_KEPT = 4;

  /** The state of a version that scored before. */
  record Kept(byte[] state, long firstNumber, long untilMs) {}

  private final int capacity; // frames
  private final int frameSize;
  private final float[] frames; // [capacity][frameSize], oldest first

  byte[] main; // null for a key without state
  long firstNumber;
  long leastNumber;
  byte[] next; // of the version that is to take over; null for none
  long nextFirstNumber;
  int frameCount;
  final List<Kept> kept = new ArrayList<>();

  /**
   * @param capacity so many of the last frames are kept
   */
  KeyState(int capacity, int frameSize) {
    this.capacity = capacity;
    this.frameSize = frameSize;
    this.frames = new float[Math.multiplyExact(capacity, frameSize)];
  }

  void clear() {
    main = null;
    next = null;
    firstNumber = 0;
    leastNumber = 0;
    nextFirstNumber = 0;
    frameCount = 0;
    kept.clear();
  }

  /**
   * Takes up what {@link #write} gave, or the bytes of a state alone.
   *
   * @throws StateMismatchException if the bytes are neither
   */
  void read(byte[] stored) {
    clear();
    ByteBuffer bytes = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
    if (stored.length < HEADER || bytes.getInt(0) != MAGIC) {
      main = stored;
      return;
    }
    if (bytes.getInt(4) != VERSION) {
      throw new StateMismatchException(
          "the byte layout around the state has version " + bytes.getInt(4) + ", known: 1");
    }
    try {
      bytes.position(8);
      firstNumber = bytes.getLong();
      leastNumber = bytes.getLong();
      nextFirstNumber = bytes.getLong();
      main = block(bytes);
      next = block(bytes);
      next = next.length == 0 ? null : next;
      readFrames(bytes);
      int count = bytes.getInt();
      for (int i = 0; i < count; i++) {
        long first = bytes.getLong();
        long untilMs = bytes.getLong();
        kept.add(new Kept(block(bytes), first, untilMs));
      }
    } catch (java.nio.BufferUnderflowException | IllegalArgumentException e) {
      throw new StateMismatchException("the bytes around the state end too early");
    }
  }

  /**
   * Latest event time of a key's frames, of what {@link #write} gave or the bytes of a state alone.
   *
   * @throws StateMismatchException if the bytes are neither
   */
  static long lastTimeMsOf(byte[] stored) {
    if (stored.length >= HEADER + 4) {
      ByteBuffer bytes = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
      if (bytes.getInt(0) == MAGIC) {
        bytes.position(HEADER);
        return StateBytes.lastTimeMsOf(block(bytes));
      }
    }
    return StateBytes.lastTimeMsOf(stored);
  }

  private static byte[] block(ByteBuffer bytes) {
    int length = bytes.getInt();
    if (length < 0 || length > bytes.remaining()) {
      throw new StateMismatchException("the bytes around the state end too early");
    }
    byte[] block = new byte[length];
    bytes.get(block);
    return block;
  }

  /** Frames of another size are of no use; of more than fit now, the last ones are. */
  private void readFrames(ByteBuffer bytes) {
    int count = bytes.getInt();
    int size = bytes.getInt();
    int values = Math.multiplyExact(count, size);
    if (size == frameSize && capacity > 0) {
      frameCount = Math.min(count, capacity);
      bytes.position(bytes.position() + 4 * (count - frameCount) * size);
      bytes.asFloatBuffer().get(frames, 0, frameCount * size);
      bytes.position(bytes.position() + 4 * frameCount * size);
    } else {
      bytes.position(bytes.position() + 4 * values);
    }
  }

  /** The bytes to store; a new array. */
  byte[] write() {
    if (next == null && kept.isEmpty() && capacity == 0 && firstNumber == 0 && leastNumber == 0) {
      return main;
    }
    int size = HEADER + 4 + main.length + 4 + (next == null ? 0 : next.length);
    size += 8 + 4 * frameCount * frameSize + 4;
    for (Kept one : kept) {
      size += 20 + one.state.length;
    }
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(MAGIC).putInt(VERSION);
    bytes.putLong(firstNumber).putLong(leastNumber).putLong(nextFirstNumber);
    bytes.putInt(main.length).put(main);
    bytes.putInt(next == null ? 0 : next.length);
    if (next != null) {
      bytes.put(next);
    }
    bytes.putInt(frameCount).putInt(frameSize);
    bytes.asFloatBuffer().put(frames, 0, frameCount * frameSize);
    bytes.position(bytes.position() + 4 * frameCount * frameSize);
    bytes.putInt(kept.size());
    for (Kept one : kept) {
      bytes.putLong(one.firstNumber).putLong(one.untilMs).putInt(one.state.length).put(one.state);
    }
    return bytes.array();
  }

  /** Remembers a frame, and forgets the oldest where there are as many as are kept. */
  void add(float[] frame) {
    if (capacity == 0) {
      return;
    }
    if (frameCount == capacity) {
      System.arraycopy(frames, frameSize, frames, 0, (capacity - 1) * frameSize);
      frameCount--;
    }
    System.arraycopy(frame, 0, frames, frameCount * frameSize, frameSize);
    frameCount++;
  }

  /** Copies a frame that is kept, the oldest first. */
  void frame(int number, float[] target) {
    System.arraycopy(frames, number * frameSize, target, 0, frameSize);
  }

  /** Keeps a state for a roll-back; of several, the last ones. */
  void keep(Kept one) {
    kept.add(one);
    if (kept.size() > MAX_KEPT) {
      kept.remove(0);
    }
  }
}
