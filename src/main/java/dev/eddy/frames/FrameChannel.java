package dev.eddy.frames;

import java.util.Objects;

/**
 * One value of a frame.
 *
 * @param name unique among the channels
 * @param mean what was subtracted from the value, in its own unit; 0 for nothing
 * @param std what it was divided by, in its own unit; 1 for nothing
 * @param hold whether a value that is missing (NaN) is replaced by the key's last one
 */
public record FrameChannel(String name, double mean, double std, boolean hold) {
  public FrameChannel {
    Objects.requireNonNull(name, "name");
  }

  /** A value as it is, which must not be missing. */
  public static FrameChannel of(String name) {
    return new FrameChannel(name, 0, 1, false);
  }

  /** A value of the same unit and scaling, which is never missing. */
  FrameChannel like(String other) {
    return new FrameChannel(other, mean, std, false);
  }

  /** A distance of two such values: scaled, not moved. */
  FrameChannel distance(String other) {
    return new FrameChannel(other, 0, std, false);
  }
}
