package dev.eddy.frames;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What becomes of a sequence where nothing came for longer than is usual.
 *
 * @param overMs so much time between two frames of a key is no gap yet
 * @param then what becomes of it
 * @param stepMs for {@link Then#FILL}: the distance of the frames that fill it, from the last one
 *     on; else 0
 * @param linear for {@link Then#FILL}: whether they lie on a line between the frames before and
 *     after, or repeat the one before
 * @param maxFill for {@link Then#FILL}: the most of them; a gap that needs more ends the sequence;
 *     else 0
 */
public record Gap(long overMs, Then then, long stepMs, boolean linear, int maxFill)
    implements Stage {
  /** The channel that {@link Then#MARK} adds. */
  public static final String CHANNEL = "gap";

  /** The choices. */
  public enum Then {
    /** The sequence begins anew; what is held back of the old one is dropped. */
    RESET,
    /** The sequence ends as by a null value, as soon as so much time has passed. */
    FLUSH,
    /** Frames fill it. */
    FILL,
    /** A channel more is 1 in the first frame after a gap, else 0. */
    MARK
  }

  public Gap {
    Objects.requireNonNull(then, "then");
    if (overMs < 1 || overMs > MAX_MS) {
      throw new IllegalArgumentException("a gap must be over 1 ms to 3650 days, got " + overMs);
    }
    boolean fills = then == Then.FILL;
    if (fills && (stepMs < 1 || stepMs > overMs)) {
      throw new IllegalArgumentException(
          "frames that fill a gap must be 1 ms to the gap's "
              + overMs
              + " ms apart, got "
              + stepMs);
    }
    if (fills && (maxFill < 1 || maxFill > Sampling.MAX_FILL)) {
      throw new IllegalArgumentException(
          "frames that fill a gap must be 1.." + Sampling.MAX_FILL + ", got " + maxFill);
    }
    if (!fills && (stepMs != 0 || linear || maxFill != 0)) {
      throw new IllegalArgumentException("only a gap that is filled says with what");
    }
  }

  /** A gap that is not filled. */
  public static Gap of(long overMs, Then then) {
    return new Gap(overMs, then, 0, false, 0);
  }

  @Override
  public List<FrameChannel> channels(List<FrameChannel> before) {
    List<FrameChannel> channels = new ArrayList<>(before);
    if (then == Then.MARK) {
      channels.add(FrameChannel.of(CHANNEL));
    }
    return channels;
  }

  @Override
  public boolean oneForOne() {
    return then != Then.FILL;
  }

  @Override
  public StageStep step(List<FrameChannel> before, KeyCells cells) {
    return new GapStep(this, before.size());
  }
}
