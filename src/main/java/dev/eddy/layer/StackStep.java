package dev.eddy.layer;

import java.util.List;

/** Collects frames until there are enough. */
final class StackStep implements Step {
  private static final int WAITING = 0; // frames
  private static final int STACK = 1;

  private final int frames;
  private final int size;
  private final List<StatePart> parts;

  StackStep(int frames, int size) {
    this.frames = frames;
    this.size = size;
    this.parts =
        List.of(
            new StatePart("waiting.n" + frames, 1),
            new StatePart("stack", Math.multiplyExact(frames - 1, size)));
  }

  @Override
  public List<StatePart> stateParts() {
    return parts;
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
    int waiting = (int) state[stateOffset + WAITING];
    if (waiting < frames - 1) {
      System.arraycopy(in, inOffset, state, stateOffset + STACK + waiting * size, size);
      state[stateOffset + WAITING] = waiting + 1;
      return 0;
    }
    System.arraycopy(state, stateOffset + STACK, out, outOffset, waiting * size);
    System.arraycopy(in, inOffset, out, outOffset + waiting * size, size);
    state[stateOffset + WAITING] = 0f;
    return 1;
  }
}
