package dev.eddy.frames;

import dev.eddy.layer.Shape;
import java.util.List;

/** What one stage does, without its state. Immutable; its values were checked when it was made. */
public sealed interface Stage permits Gap, SinceLast, Sampling, Window, Lags, Differences {
  /** The longest span of time that a stage may speak of, in milliseconds: ten years. */
  long MAX_MS = 3_650L * 86_400_000;

  /**
   * The channels that come out.
   *
   * @throws IllegalArgumentException if the stage can't work on these
   */
  List<FrameChannel> channels(List<FrameChannel> before);

  /** The shape that comes out, of as many values as there are {@link #channels}. */
  default Shape shape(List<FrameChannel> before) {
    return Shape.of(channels(before).size());
  }

  /** Whether one frame comes out for each that comes in, at once and at its time. */
  boolean oneForOne();

  /** The stage at work, for one task. */
  StageStep step(List<FrameChannel> before, KeyCells cells);
}
