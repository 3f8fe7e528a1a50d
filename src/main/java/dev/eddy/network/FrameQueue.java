package dev.eddy.network;

/**
 * Where the frames of one branch wait for those of the others: a ring in the key's state.
 * Immutable; what changes is in the state.
 *
 * <pre>
 *  | oldest | waiting | capacity frames |
 * </pre>
 */
final class FrameQueue {
  private static final int OLDEST = 0;
  private static final int WAITING = 1;
  private static final int FRAMES = 2;

  private final int offset;
  private final int capacity;
  private final int size;

  /**
   * @param offset of the queue in the state
   * @param capacity frames that ever wait, found by {@link Timing}; a queue of none takes no state
   * @param size values of a frame
   */
  FrameQueue(int offset, int capacity, int size) {
    this.offset = offset;
    this.capacity = capacity;
    this.size = size;
  }

  /** Values of state. */
  static long length(int capacity, int size) {
    return capacity == 0 ? 0 : FRAMES + (long) capacity * size;
  }

  int waiting(float[] state) {
    return capacity == 0 ? 0 : (int) state[offset + WAITING];
  }

  /** Where in the state a waiting frame lies; 0 is the oldest. */
  int offsetOf(int frame, float[] state) {
    return offset + FRAMES + ((int) state[offset + OLDEST] + frame) % capacity * size;
  }

  void removeOldest(int frames, float[] state) {
    if (frames > 0) {
      state[offset + OLDEST] = ((int) state[offset + OLDEST] + frames) % capacity;
      state[offset + WAITING] -= frames;
    }
  }

  void add(float[] from, int fromOffset, float[] state) {
    int waiting = waiting(state);
    if (waiting == capacity) {
      throw new IllegalStateException("more than " + capacity + " frames wait for a merge");
    }
    System.arraycopy(from, fromOffset, state, offsetOf(waiting, state), size);
    state[offset + WAITING] = waiting + 1;
  }
}
