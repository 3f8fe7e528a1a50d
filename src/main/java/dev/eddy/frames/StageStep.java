package dev.eddy.frames;

import java.nio.ByteBuffer;

/**
 * A stage at work: one task's scratch space, for one key after the other.
 *
 * <p>Takes frames in order of time, and gives what is ready to the next stage. Whatever {@link
 * #advance} lets go would have come out just so before the next frame: the passing of time changes
 * when a frame comes out, never which.
 */
public abstract class StageStep {
  /** No time: later than all. */
  static final long NEVER = Long.MAX_VALUE;

  StageStep next;

  StageStep() {}

  /**
   * One frame.
   *
   * @param timeMs not less than that of any frame before in this sequence
   * @param frame valid during the call only; not modified
   */
  abstract void frame(long timeMs, float[] frame);

  /** No more frames come with a time up to this one. */
  void advance(long untilMs) {
    next.advance(untilMs);
  }

  /**
   * The sequence is over: gives what is left, then begins anew.
   *
   * @param timeMs when
   */
  void end(long timeMs) {
    clear();
    next.end(timeMs);
  }

  /** The sequence is over, and what is left is not wanted. */
  void restart(long timeMs) {
    clear();
    next.restart(timeMs);
  }

  /**
   * Until when time must have passed for something to come out without another frame.
   *
   * @param nextMs the same of the stages that follow
   */
  long dueMs(long nextMs) {
    return nextMs;
  }

  /** The same of this stage and those that follow as they are; {@link #NEVER} for nothing. */
  final long dueMs() {
    return dueMs(next == null ? NEVER : next.dueMs());
  }

  /** Whether something waits here or behind for time to pass. */
  final boolean waits() {
    return dueMs() < NEVER;
  }

  /** Frames that are older come too late: what they belong to has come out. */
  long openFromMs() {
    return Long.MIN_VALUE;
  }

  /** The state of a key that is new. */
  abstract void clear();

  /** Whether nothing is remembered. */
  abstract boolean isClear();

  /** Takes up a state. */
  abstract void read(ByteBuffer bytes);

  /** What {@link #read} takes up. */
  abstract void write(StateWriter bytes);
}
