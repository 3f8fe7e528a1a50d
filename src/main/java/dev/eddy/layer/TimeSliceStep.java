package dev.eddy.layer;

import java.util.ArrayList;
import java.util.List;

/**
 * Keeps every step-th frame and lets it out {@code end} frames later.
 *
 * <p>Two countdowns: to the next frame that is kept, and to the next that is let out, which is the
 * oldest kept. The frames kept in between lie in a ring.
 */
final class TimeSliceStep implements Step {
  private static final int WAIT = 0; // frames before the one that lets the next one out
  private static final int SKIP = 1; // frames before the next one that is kept
  private static final int OLDEST = 2; // in the ring
  private static final int FREE = 3; // in the ring
  private static final int RING = 4;

  private final TimeSlice slice;
  private final int size;
  private final int capacity; // frames
  private final List<StatePart> parts;

  TimeSliceStep(TimeSlice slice, int size) {
    this.slice = slice;
    this.size = size;
    this.capacity = capacity(slice);
    String window = ".s" + slice.step() + ".e" + slice.end();
    List<StatePart> list = new ArrayList<>();
    list.add(new StatePart("wait" + window, 1));
    if (capacity > 0) {
      list.add(new StatePart("skip" + window, 1));
      list.add(new StatePart("oldest", 1));
      list.add(new StatePart("free", 1));
      list.add(new StatePart("kept" + window, Math.multiplyExact(capacity, size)));
    }
    this.parts = List.copyOf(list);
  }

  /** The most frames that are kept and not yet let out. */
  static int capacity(TimeSlice slice) {
    return (slice.end() + slice.step() - 1) / slice.step();
  }

  @Override
  public List<StatePart> stateParts() {
    return parts;
  }

  @Override
  public void reset(float[] state, int stateOffset) {
    Step.super.reset(state, stateOffset);
    state[stateOffset + WAIT] = slice.start() + slice.end();
    if (capacity > 0) {
      state[stateOffset + SKIP] = slice.start();
    }
  }

  @Override
  public int step(
      float[] in,
      int inOffset,
      float[] state,
      int stateOffset,
      float[] out,
      int outOffset,
      float[] scratch) {
    boolean emits = comesRound(state, stateOffset + WAIT);
    if (capacity == 0) {
      if (emits) {
        System.arraycopy(in, inOffset, out, outOffset, size);
      }
      return emits ? 1 : 0;
    }
    if (emits) {
      int oldest = stateOffset + RING + turn(state, stateOffset + OLDEST) * size;
      System.arraycopy(state, oldest, out, outOffset, size);
    }
    if (comesRound(state, stateOffset + SKIP)) {
      int free = stateOffset + RING + turn(state, stateOffset + FREE) * size;
      System.arraycopy(in, inOffset, state, free, size);
    }
    return emits ? 1 : 0;
  }

  /** Counts down; at 0 starts over. */
  private boolean comesRound(float[] state, int countdown) {
    int wait = (int) state[countdown];
    state[countdown] = wait > 0 ? wait - 1 : slice.step() - 1;
    return wait == 0;
  }

  /** A position in the ring, which moves on. */
  private int turn(float[] state, int at) {
    int position = (int) state[at];
    state[at] = position + 1 == capacity ? 0 : position + 1;
    return position;
  }
}
