package dev.eddy.layer;

/**
 * A double in a state of floats: the nearest float, then the nearest float to what it misses. Holds
 * 48 bits of the 53, enough for a sum over more records than a key ever has, and reads as a plain
 * float where the second is dropped.
 */
final class SplitDouble {
  /** Floats that one takes. */
  static final int FLOATS = 2;

  private SplitDouble() {}

  static double get(float[] state, int at) {
    return (double) state[at] + state[at + 1];
  }

  static void set(float[] state, int at, double value) {
    state[at] = (float) value;
    state[at + 1] = (float) (value - state[at]);
  }
}
