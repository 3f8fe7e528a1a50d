package dev.eddy.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Pads a sequence with constant frames, or with its first and last one. */
final class TimePadStep implements Step {
  private static final int STARTED = 0;
  private static final int LAST = 1;

  private final TimePad pad;
  private final int size;
  private final boolean keepsLast;
  private final List<StatePart> parts;

  TimePadStep(TimePad pad, int size) {
    this.pad = pad;
    this.size = size;
    this.keepsLast = pad.mode() == TimePad.Mode.EDGE && pad.after() > 0;
    List<StatePart> list = new ArrayList<>();
    list.add(new StatePart("started.b" + pad.before() + ".a" + pad.after(), 1));
    if (keepsLast) {
      list.add(new StatePart("last", size));
    }
    this.parts = List.copyOf(list);
  }

  @Override
  public List<StatePart> stateParts() {
    return parts;
  }

  @Override
  public int maxFrames() {
    return pad.before() + 1;
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
    int frames = 0;
    if (state[stateOffset + STARTED] == 0f) {
      state[stateOffset + STARTED] = 1f;
      for (; frames < pad.before(); frames++) {
        fill(in, inOffset, out, outOffset + frames * size);
      }
    }
    System.arraycopy(in, inOffset, out, outOffset + frames * size, size);
    if (keepsLast) {
      System.arraycopy(in, inOffset, state, stateOffset + LAST, size);
    }
    return frames + 1;
  }

  private void fill(float[] edge, int edgeOffset, float[] out, int outOffset) {
    if (pad.mode() == TimePad.Mode.EDGE) {
      System.arraycopy(edge, edgeOffset, out, outOffset, size);
    } else {
      Arrays.fill(out, outOffset, outOffset + size, pad.value());
    }
  }

  @Override
  public int flushCalls() {
    return pad.after();
  }

  @Override
  public int flush(
      int call, float[] state, int stateOffset, float[] out, int outOffset, float[] scratch) {
    if (state[stateOffset + STARTED] == 0f) {
      return 0;
    }
    fill(state, stateOffset + LAST, out, outOffset);
    return 1;
  }
}
