package dev.eddy.streams;

/** What becomes of a key's state when the key meets a new version of the model. */
public enum StatePolicy {
  /** The new version goes on with the state as it is; possible where both have the same layout. */
  KEEP,
  /**
   * Layers that are the same in description, input and layout keep their state, the others begin
   * anew; possible where there is such a layer and both versions give a frame for each at once.
   */
  TRANSFER,
  /** The last frames are stepped by the new version; possible where some are kept. */
  WARM_UP,
  /**
   * The old version goes on scoring while the new one is fed as well, for its receptive field or a
   * number of frames; then that takes over. Possible where that number is known and the old version
   * is there.
   */
  DUAL_RUN,
  /** The new version begins with a fresh state; always possible. */
  RESET
}
