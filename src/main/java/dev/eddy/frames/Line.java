package dev.eddy.frames;

/** Frames between two others. */
final class Line {
  private Line() {}

  /**
   * The frame at a time from the first one's to before the second's, each value on a line between
   * theirs; computed in double.
   */
  static void at(long firstMs, float[] first, long secondMs, float[] second, long ms, float[] out) {
    double share = (double) (ms - firstMs) / (secondMs - firstMs);
    for (int i = 0; i < first.length; i++) {
      out[i] = (float) (first[i] + share * ((double) second[i] - first[i]));
    }
  }
}
