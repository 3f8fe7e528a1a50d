package dev.eddy.frames;

/** Takes what comes out, in order of time for each key. */
public interface TimedFrameSink {
  /**
   * One frame.
   *
   * @param values valid during the call only; not to be changed
   */
  void frame(long timeMs, float[] values);

  /** The key's sequence is over; what was held back for it is to come out. */
  void end(long timeMs);

  /** The key's sequence is over, and nothing more of it is to come out. */
  void restart(long timeMs);
}
