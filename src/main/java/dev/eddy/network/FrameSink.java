package dev.eddy.network;

/** Takes the frames that a network emits, in order. */
@FunctionalInterface
public interface FrameSink {

  /**
   * One output frame.
   *
   * @param values holds the frame from {@code offset}; valid during the call only, not to be
   *     changed
   */
  void frame(float[] values, int offset);
}
