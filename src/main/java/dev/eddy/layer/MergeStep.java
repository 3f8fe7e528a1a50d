package dev.eddy.layer;

/** A merge of frames of known shapes. Immutable, shared by all threads; allocates nothing. */
@FunctionalInterface
public interface MergeStep {

  /**
   * Makes one frame of several.
   *
   * @param ins the frames, each from its offset; not modified; may be longer lists than are read
   * @param out receives one frame from {@code outOffset}; must be none of {@code ins}
   */
  void meet(float[][] ins, int[] inOffsets, float[] out, int outOffset);
}
