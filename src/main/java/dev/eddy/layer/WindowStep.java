package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A window over time that moves by whole frames: what convolution and pooling share.
 *
 * <p>The past {@code extent - 1} frames live in a ring; the oldest lies at the ring's position and
 * is the first tap, the others follow {@code dilation} frames apart, and the present frame is the
 * last tap. Nothing is shifted: a step costs what its taps cost, however long the history. Padding
 * before the sequence is what a fresh ring holds; padding behind it is frames of padding that the
 * flush pushes through, if there was a sequence at all.
 */
abstract class WindowStep implements Step {
  private static final int POSITION = 0;
  private static final int WAIT = 1;
  private static final int SEEN = 2; // real frames, stops at extent
  private static final int RING = 3;

  final Kernels kernels;
  final Axis time;
  final int frameSize;
  final int history; // frames
  private final float padding;
  private final float waitAfter; // frames without a window after one, as the state keeps it
  private final boolean stateless;
  private final List<StatePart> parts;

  /** {@code padding}: what each value of a frame outside the sequence is taken to be. */
  WindowStep(Axis time, int frameSize, float padding, Kernels kernels) {
    this.kernels = kernels;
    this.time = time;
    this.frameSize = frameSize;
    this.history = time.extent() - 1;
    this.padding = padding;
    this.waitAfter = time.stride() - 1;
    this.stateless = history == 0 && time.stride() == 1;
    List<StatePart> list = new ArrayList<>();
    if (!stateless) {
      String window = "k" + time.kernel() + ".d" + time.dilation();
      list.add(new StatePart("position." + window, 1));
      list.add(new StatePart("wait.s" + time.stride() + ".p" + time.before(), 1));
      list.add(new StatePart("seen", 1));
      if (history > 0) {
        list.add(new StatePart("history." + window, Math.multiplyExact(history, frameSize)));
      }
    }
    this.parts = List.copyOf(list);
  }

  /**
   * Writes the frame of one complete window.
   *
   * @param in the present frame, the last tap
   * @param ring where the ring begins in {@code state}
   * @param position of the oldest frame in the ring
   * @param lead frames of the window's extent that lie before the sequence
   * @param trail frames of the window's extent that lie behind it
   */
  abstract void window(
      float[] in,
      int inOffset,
      float[] state,
      int ring,
      int position,
      int lead,
      int trail,
      float[] out,
      int outOffset,
      float[] scratch);

  /** Where tap {@code tap}, not the last one, begins in the ring. */
  final int tapOffset(int ring, int position, int tap) {
    int frame = position + tap * time.dilation();
    return ring + (frame >= history ? frame - history : frame) * frameSize;
  }

  @Override
  public final List<StatePart> stateParts() {
    return parts;
  }

  @Override
  public final void reset(float[] state, int stateOffset) {
    if (stateless) {
      return;
    }
    Arrays.fill(state, stateOffset, stateOffset + RING, 0f);
    state[stateOffset + WAIT] = WindowClock.firstWait(time);
    Arrays.fill(state, stateOffset + RING, stateOffset + RING + history * frameSize, padding);
  }

  @Override
  public final int step(
      float[] in,
      int inOffset,
      float[] state,
      int stateOffset,
      float[] out,
      int outOffset,
      float[] scratch) {
    if (stateless) {
      window(in, inOffset, state, stateOffset, 0, 0, 0, out, outOffset, scratch);
      return 1;
    }
    float seen = state[stateOffset + SEEN];
    if (seen <= history) {
      state[stateOffset + SEEN] = ++seen;
    }
    int lead = history + 1 - (int) seen;
    return push(in, inOffset, lead, 0, state, stateOffset, out, outOffset, scratch);
  }

  private int push(
      float[] in,
      int inOffset,
      int lead,
      int trail,
      float[] state,
      int stateOffset,
      float[] out,
      int outOffset,
      float[] scratch) {
    int position = (int) state[stateOffset + POSITION];
    int wait = (int) state[stateOffset + WAIT];
    int written = 0;
    if (wait > 0) {
      state[stateOffset + WAIT] = wait - 1;
    } else {
      window(
          in, inOffset, state, stateOffset + RING, position, lead, trail, out, outOffset, scratch);
      state[stateOffset + WAIT] = waitAfter;
      written = 1;
    }
    if (history > 0) {
      int place = stateOffset + RING + position * frameSize;
      kernels.copy(in, inOffset, state, place, frameSize);
      state[stateOffset + POSITION] = position + 1 == history ? 0 : position + 1;
    }
    return written;
  }

  @Override
  public final int flushCalls() {
    return time.after();
  }

  /** Scratch of {@link #window}. */
  abstract int windowScratch();

  @Override
  public final int scratchLength() {
    return windowScratch() + (time.after() > 0 ? frameSize : 0);
  }

  @Override
  public final int flush(
      int call, float[] state, int stateOffset, float[] out, int outOffset, float[] scratch) {
    int seen = (int) state[stateOffset + SEEN];
    if (seen == 0) {
      return 0;
    }
    Arrays.fill(scratch, windowScratch(), windowScratch() + frameSize, padding);
    int trail = call + 1;
    int lead = Math.max(0, history + 1 - trail - seen);
    return push(scratch, windowScratch(), lead, trail, state, stateOffset, out, outOffset, scratch);
  }
}
