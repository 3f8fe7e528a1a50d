package dev.eddy.layer;

/** The checks that descriptions share: what, found, accepted. */
final class Checks {
  static final int MAX_UNITS = 1 << 16;
  static final int MAX_FRAMES = 1 << 20; // that a layer counts along time

  private static final int MAX_HISTORY = 1 << 28; // values, as many as a state may hold

  private Checks() {}

  static int inRange(String what, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(what + " must be " + min + ".." + max + ", got " + value);
    }
    return value;
  }

  static void positive(String what, float value) {
    if (!(value > 0f) || Float.isInfinite(value)) {
      throw new IllegalArgumentException(what + " must be positive, got " + value);
    }
  }

  /** The layers of this package that run over time take frames of {@code [channels]}. */
  static int channelsOnly(String kind, Shape input) {
    if (input.rank() != 1) {
      throw new IllegalArgumentException(
          kind + " takes frames of shape [channels], got " + input + "; put flatten before it");
    }
    return input.channels();
  }

  /** Groups of channels must be of equal size. */
  static void divides(int groups, int channels) {
    if (channels % groups != 0) {
      throw new IllegalArgumentException(
          "groups must divide the input channels, got "
              + groups
              + " groups and "
              + channels
              + " channels");
    }
  }

  /** What a layer keeps of past frames must fit a state. */
  static void history(String what, int frames, Shape shape) {
    if ((long) frames * shape.size() > MAX_HISTORY) {
      throw new IllegalArgumentException(
          "a "
              + what
              + " of "
              + frames
              + " frames of "
              + shape
              + " holds more than "
              + MAX_HISTORY
              + " values");
    }
  }
}
