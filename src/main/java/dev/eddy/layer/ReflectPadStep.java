package dev.eddy.layer;

import java.util.List;

/**
 * Pads a sequence with its own mirror images.
 *
 * <p>Which sequences are long enough is known when as many frames have passed as the longer end
 * has; until then all frames wait in a ring. The next one gives the mirrored beginning and all that
 * waits. From then on frames pass, and the ring keeps the last ones for the mirror at the end.
 */
final class ReflectPadStep implements Step {
  private static final int SEEN = 0; // stops when frames pass
  private static final int POSITION = 1; // of the oldest frame in the ring
  private static final int RING = 2;

  private final int before;
  private final int after;
  private final int wait; // frames
  private final int history; // frames
  private final int size;
  private final List<StatePart> parts;

  ReflectPadStep(TimePad pad, int size) {
    this.before = pad.before();
    this.after = pad.after();
    this.wait = wait(pad);
    this.history = history(pad);
    this.size = size;
    String ends = ".b" + before + ".a" + after;
    this.parts =
        List.of(
            new StatePart("seen" + ends, 1),
            new StatePart("position", 1),
            new StatePart("reflected" + ends, Math.multiplyExact(history, size)));
  }

  /** Frames before the one that lets the first ones out. */
  static int wait(TimePad pad) {
    return Math.max(pad.before(), pad.after());
  }

  static int history(TimePad pad) {
    return Math.max(pad.before(), pad.after() > 0 ? pad.after() + 1 : 0);
  }

  @Override
  public List<StatePart> stateParts() {
    return parts;
  }

  @Override
  public int maxFrames() {
    return before + wait + 1;
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
    int ring = stateOffset + RING;
    int seen = (int) state[stateOffset + SEEN];
    int frames = 0;
    if (seen <= wait) {
      state[stateOffset + SEEN] = seen + 1;
    }
    if (seen == wait) { // the ring holds the first frames, from its beginning
      for (int mirrored = before; mirrored > 0; mirrored--, frames++) {
        boolean present = mirrored == wait;
        System.arraycopy(
            present ? in : state,
            present ? inOffset : ring + mirrored * size,
            out,
            outOffset + frames * size,
            size);
      }
      System.arraycopy(state, ring, out, outOffset + frames * size, wait * size);
      frames += wait;
    }
    if (seen >= wait) {
      System.arraycopy(in, inOffset, out, outOffset + frames * size, size);
      frames++;
    }
    int position = (int) state[stateOffset + POSITION];
    System.arraycopy(in, inOffset, state, ring + position * size, size);
    state[stateOffset + POSITION] = position + 1 == history ? 0 : position + 1;
    return frames;
  }

  @Override
  public int flushCalls() {
    return after;
  }

  @Override
  public int flush(
      int call, float[] state, int stateOffset, float[] out, int outOffset, float[] scratch) {
    if (state[stateOffset + SEEN] <= wait) {
      return 0;
    }
    int position = (int) state[stateOffset + POSITION] - 2 - call; // the last frame itself is left
    int frame = position < 0 ? position + history : position;
    System.arraycopy(state, stateOffset + RING + frame * size, out, outOffset, size);
    return 1;
  }
}
