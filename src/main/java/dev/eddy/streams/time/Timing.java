package dev.eddy.streams.time;

import java.util.Objects;

/**
 * What is done about time before records are scored. Immutable; start from {@link #NONE} and
 * refine.
 *
 * @param grace how long records wait for earlier ones
 */
public record Timing(Grace grace) {
  /** Records are scored as they come. */
  public static final Timing NONE = new Timing(Grace.NONE);

  public Timing {
    Objects.requireNonNull(grace, "grace");
  }

  public Timing with(Grace grace) {
    return new Timing(grace);
  }
}
