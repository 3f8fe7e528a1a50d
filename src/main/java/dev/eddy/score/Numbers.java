package dev.eddy.score;

/** Numbers in a state of floats that need more than a float's 24 bits. */
final class Numbers {
  /** Floats that a double takes. */
  static final int DOUBLE = 2;

  /** Floats that 64 bits take. */
  static final int LONG = 3;

  private static final int LOW = 22;
  private static final int HIGH = 21;

  private Numbers() {}

  static double getDouble(float[] state, int at) {
    return (double) state[at] + state[at + 1];
  }

  /** As a float and what it lacks, 48 bits: small updates of a mean must not be rounded away. */
  static void putDouble(double value, float[] state, int at) {
    state[at] = (float) value;
    state[at + 1] = (float) (value - state[at]);
  }

  static long getLong(float[] state, int at) {
    return (long) state[at] | (long) state[at + 1] << LOW | (long) state[at + 2] << LOW + HIGH;
  }

  /** Any 64 bits, as three whole numbers that floats hold exactly. */
  static void putLong(long bits, float[] state, int at) {
    state[at] = bits & (1L << LOW) - 1;
    state[at + 1] = bits >>> LOW & (1L << HIGH) - 1;
    state[at + 2] = bits >>> LOW + HIGH;
  }
}
