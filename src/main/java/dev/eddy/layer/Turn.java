package dev.eddy.layer;

/**
 * Which way a step walks over its weights: forwards in one step of a task, backwards in the next.
 *
 * <p>What a step met last is still in the cache, and is what the next one meets first. Always
 * forwards, weights that are a little larger than a cache would be read from behind it as a whole:
 * what is needed next is just what was pushed out. Each layer turns for itself, so where several
 * are large less is met again. Results don't depend on the way.
 *
 * <p>The turn is the last value of a task's scratch, behind what any step uses.
 */
public final class Turn {
  /** Values of scratch for it. */
  public static final int LENGTH = 1;

  private static final float BACKWARDS = 1f;

  private Turn() {}

  /** Turns round. */
  public static void next(float[] scratch) {
    int at = scratch.length - LENGTH;
    scratch[at] = scratch[at] == BACKWARDS ? 0f : BACKWARDS;
  }

  static boolean isBackwards(float[] scratch) {
    return scratch.length > 0 && scratch[scratch.length - LENGTH] == BACKWARDS;
  }
}
