package dev.eddy.streams.time;

import dev.eddy.frames.FramePlan;
import java.util.Objects;
import java.util.Optional;

/**
 * What is done about time before records are scored. Immutable; start from {@link #NONE} and
 * refine.
 *
 * @param grace how long records wait for earlier ones
 * @param frames what becomes of their frames then; empty for nothing
 */
public record Timing(Grace grace, Optional<FramePlan> frames) {
  /** Records are scored as they come. */
  public static final Timing NONE = new Timing(Grace.NONE, Optional.empty());

  public Timing {
    Objects.requireNonNull(grace, "grace");
    frames = frames.filter(plan -> !plan.isEmpty());
  }

  public Timing with(Grace grace) {
    return new Timing(grace, frames);
  }

  public Timing with(FramePlan frames) {
    return new Timing(grace, Optional.of(frames));
  }
}
