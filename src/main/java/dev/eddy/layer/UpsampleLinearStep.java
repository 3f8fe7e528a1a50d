package dev.eddy.layer;

import java.util.List;

/**
 * Straight lines between frames, from the middle of one to the middle of the next, or from one's
 * first output to the next one's.
 *
 * <p>Output frame {@code k} lies at {@code (k + 0.5) / n - 0.5} input frames, or at {@code k / n}.
 * A frame that arrives determines the {@code n} outputs behind the last frame's place, up to its
 * own; those before the first frame's place equal the first frame, and those behind the last one's
 * the last frame, which is known to be the last at the end only.
 */
final class UpsampleLinearStep implements Step {
  private static final int STARTED = 0;
  private static final int LAST = 1;

  private final int times;
  private final int size;
  private final int edge; // outputs up to the first frame's place
  private final float[] shares; // [times] of the newer frame
  private final List<StatePart> parts;

  UpsampleLinearStep(int times, Upsample.Mode mode, int size) {
    this.times = times;
    this.size = size;
    this.edge = edge(times, mode);
    this.shares = new float[times];
    for (int i = 0; i < times; i++) {
      shares[i] =
          mode == Upsample.Mode.LINEAR
              ? (float) ((edge + i + 0.5) / times - 0.5)
              : (float) ((edge + i) / (double) times);
    }
    String started = "started.n" + times + (mode == Upsample.Mode.LINEAR ? "" : ".asymmetric");
    this.parts = List.of(new StatePart(started, 1), new StatePart("last", size));
  }

  static int edge(int times, Upsample.Mode mode) {
    return mode == Upsample.Mode.LINEAR ? (times + 1) / 2 : 1;
  }

  @Override
  public List<StatePart> stateParts() {
    return parts;
  }

  @Override
  public int maxFrames() {
    return times;
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
    int last = stateOffset + LAST;
    int written = times;
    if (state[stateOffset + STARTED] == 0f) {
      state[stateOffset + STARTED] = 1f;
      written = edge;
      repeat(in, inOffset, edge, out, outOffset);
    } else {
      int at = outOffset;
      for (int frame = 0; frame < times; frame++) {
        float share = shares[frame];
        for (int i = 0; i < size; i++, at++) {
          out[at] = Math.fma(share, in[inOffset + i], (1f - share) * state[last + i]);
        }
      }
    }
    System.arraycopy(in, inOffset, state, last, size);
    return written;
  }

  private void repeat(float[] frame, int offset, int count, float[] out, int outOffset) {
    for (int i = 0; i < count; i++) {
      System.arraycopy(frame, offset, out, outOffset + i * size, size);
    }
  }

  @Override
  public int flushCalls() {
    return times > edge ? 1 : 0;
  }

  @Override
  public int flush(
      int call, float[] state, int stateOffset, float[] out, int outOffset, float[] scratch) {
    if (state[stateOffset + STARTED] == 0f) {
      return 0;
    }
    repeat(state, stateOffset + LAST, times - edge, out, outOffset);
    return times - edge;
  }
}
