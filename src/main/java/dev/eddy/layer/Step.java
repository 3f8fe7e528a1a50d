package dev.eddy.layer;

import java.util.List;

/**
 * A layer as a step function: {@code (frame, state) -> (frames, state')}. Immutable and shared by
 * all threads; everything that changes is in the caller's arrays.
 *
 * <p>A step allocates nothing. State and scratch are ranges of arrays that the caller owns; the
 * scratch's content means nothing before and after a call.
 */
public interface Step {

  /** The parts of the state, in order. A state without parts has length 0. */
  List<StatePart> stateParts();

  /**
   * Makes a fresh state: what {@code stateLength} values from {@code stateOffset} hold before the
   * first frame.
   */
  default void reset(float[] state, int stateOffset) {
    java.util.Arrays.fill(state, stateOffset, stateOffset + stateLength(), 0f);
  }

  /** Values of state: the sum over {@link #stateParts}. */
  default int stateLength() {
    List<StatePart> parts = stateParts();
    int length = 0;
    for (int i = 0; i < parts.size(); i++) { // no stream, no iterator: a flush resets
      length += parts.get(i).length();
    }
    return length;
  }

  /** Values of scratch that a call needs. */
  default int scratchLength() {
    return 0;
  }

  /** The most frames that one call of {@link #step} or {@link #flush} writes. */
  default int maxFrames() {
    return 1;
  }

  /**
   * Where in its state a step leaves the one frame that it writes, instead of writing it to {@code
   * out}: a recurrent layer's frame is its hidden state. -1 for one that writes to {@code out}. A
   * step that leaves it there does so each time, and has no more at the end of a sequence.
   */
  default int frameInState() {
    return -1;
  }

  /**
   * Consumes one frame.
   *
   * @param in one input frame from {@code inOffset}; not modified
   * @param state this layer's state from {@code stateOffset}; becomes the state after this frame
   * @param out receives the frames written, one after the other, from {@code outOffset}; what lies
   *     behind them is left alone; must not be {@code in}; not used where the frame is in the state
   * @param scratch at least {@link #scratchLength} values from 0; the last value of a task's is its
   *     {@link Turn}
   * @return frames written, 0 to {@link #maxFrames}
   */
  int step(
      float[] in,
      int inOffset,
      float[] state,
      int stateOffset,
      float[] out,
      int outOffset,
      float[] scratch);

  /**
   * Consumes one frame of each of several sequences, with the bytes of {@link #step}; where it
   * pays, a weight is read once for several of them.
   *
   * @param in the frames, each from its offset; not modified
   * @param states the sequences' states, no two the same, each from {@code stateOffset}
   * @param out receives the frames written, each sequence's from 0 of its own array; not used where
   *     they are in the states
   * @param written receives how many
   * @param scratch at least {@link #batchScratchLength} values
   */
  default void stepBatch(
      int count,
      float[][] in,
      int[] inOffsets,
      float[][] states,
      int stateOffset,
      float[][] out,
      int[] written,
      float[] scratch) {
    for (int k = 0; k < count; k++) {
      written[k] = step(in[k], inOffsets[k], states[k], stateOffset, out[k], 0, scratch);
    }
  }

  /** Values of scratch that {@link #stepBatch} needs. */
  default int batchScratchLength(int count) {
    return scratchLength();
  }

  /** How many times {@link #flush} is called at the end of a sequence. */
  default int flushCalls() {
    return 0;
  }

  /**
   * Ends a sequence, a bit at a time, and writes what was held back. Called {@link #flushCalls}
   * times; after that the state is used up and only {@link #reset} makes it of use again.
   *
   * @return frames written, 0 to {@link #maxFrames}
   */
  default int flush(
      int call, float[] state, int stateOffset, float[] out, int outOffset, float[] scratch) {
    return 0;
  }
}
