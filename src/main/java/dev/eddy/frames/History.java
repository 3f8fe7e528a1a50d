package dev.eddy.frames;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The last frames of some channels, a ring. */
final class History {
  private final int length;
  private final int[] places;
  private final Before before;
  private final float[] ring; // [length][places]

  private int seen; // up to length
  private int position; // of the oldest, where the next goes

  History(int length, int[] places, Before before) {
    this.length = length;
    this.places = places;
    this.before = before;
    this.ring = new float[length * places.length];
  }

  /** A frame is next: the first of a sequence stands for those before it, where that is asked. */
  void begin(float[] frame) {
    if (seen == 0 && before == Before.FIRST) {
      for (int i = 0; i < length; i++) {
        put(i, frame);
      }
    }
  }

  /** Whether there is something to say of the frames before. */
  boolean suffices() {
    return before != Before.SKIP || seen == length;
  }

  /** The value of the channel at a place, so many frames before, up to the length. */
  float before(int lag, int place) {
    return ring[(position + length - lag) % length * places.length + place];
  }

  void add(float[] frame) {
    put(position, frame);
    position = (position + 1) % length;
    seen = Math.min(seen + 1, length);
  }

  private void put(int at, float[] frame) {
    for (int i = 0; i < places.length; i++) {
      ring[at * places.length + i] = frame[places[i]];
    }
  }

  void clear() {
    seen = 0;
    position = 0;
    Arrays.fill(ring, 0f);
  }

  boolean isClear() {
    return seen == 0;
  }

  void read(ByteBuffer bytes) {
    seen = bytes.getInt();
    position = bytes.getInt();
    StateWriter.getFloats(bytes, ring, 0, ring.length);
  }

  void write(StateWriter bytes) {
    bytes.putInt(seen).putInt(position).putFloats(ring, 0, ring.length);
  }
}
