package dev.eddy.layer;

import java.util.List;

/** Writes a frame, its values picked by index, several times. */
final class UpsampleNearestStep implements Step {
  private final int times;
  private final int[] from; // [output size], an index into the input frame
  private final PickStep pick;

  UpsampleNearestStep(int times, int[] from) {
    this.times = times;
    this.from = from;
    this.pick = new PickStep(from);
  }

  @Override
  public List<StatePart> stateParts() {
    return List.of();
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
    pick.step(in, inOffset, state, stateOffset, out, outOffset, scratch);
    for (int again = 1; again < times; again++) {
      System.arraycopy(out, outOffset, out, outOffset + again * from.length, from.length);
    }
    return times;
  }
}
