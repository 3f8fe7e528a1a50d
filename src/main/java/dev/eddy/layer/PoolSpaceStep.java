package dev.eddy.layer;

import java.util.List;

/** One value a channel, of all its positions; sums in double precision. */
final class PoolSpaceStep implements Step {
  private final GlobalPool.How how;
  private final int channels;
  private final int positions;

  PoolSpaceStep(GlobalPool.How how, int channels, int positions) {
    this.how = how;
    this.channels = channels;
    this.positions = positions;
  }

  @Override
  public List<StatePart> stateParts() {
    return List.of();
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
    for (int channel = 0; channel < channels; channel++) {
      int at = inOffset + channel * positions;
      out[outOffset + channel] =
          switch (how) {
            case MAX -> max(in, at);
            case AVERAGE -> (float) (sum(in, at) / positions);
            case SUM -> (float) sum(in, at);
            case VARIANCE -> throw new AssertionError("over time only");
          };
    }
    return 1;
  }

  private float max(float[] in, int at) {
    float max = in[at];
    for (int i = 1; i < positions; i++) {
      max = Math.max(max, in[at + i]);
    }
    return max;
  }

  private double sum(float[] in, int at) {
    double sum = 0;
    for (int i = 0; i < positions; i++) {
      sum += in[at + i];
    }
    return sum;
  }
}
