package dev.eddy.frames;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Puts frames on a regular grid, {@code offset + k * every} since 1970. A point of the grid speaks
 * of what came after the point before it and up to it; of several frames there the last one counts.
 *
 * <p>A point is given when a frame beyond it comes, so those behind a key's last frame never are;
 * the first one at or behind a frame is given as soon as time has passed it. Before the key's first
 * frame there is none.
 *
 * @param everyMs between two points
 * @param offsetMs of the grid, less than {@code everyMs}
 * @param fill what a point holds where no frame came
 * @param mask whether a channel more is 1 at such points, else 0
 * @param sinceLast whether another one is the time from the last frame to the point
 * @param maxFill so many points in a row may be without a frame; more, and the sequence ends at the
 *     last one that has, and begins anew at the first that has again
 */
public record Sampling(
    long everyMs,
    long offsetMs,
    Fill fill,
    boolean mask,
    Optional<SinceLast> sinceLast,
    int maxFill)
    implements Stage {
  /** The channel that a mask adds. */
  public static final String CHANNEL = "missing";

  /** Where nothing else is said. */
  public static final int STANDARD_FILL = 1_000;

  /** The most that may be asked for. */
  public static final int MAX_FILL = 1_000_000;

  /** The choices. */
  public enum Fill {
    /** The last frame again. */
    HOLD,
    /**
     * On a line between the frame before and the one after, at points with a frame too: it waits
     * for the next frame.
     */
    LINEAR,
    /** Zeros. */
    ZERO
  }

  public Sampling {
    Objects.requireNonNull(fill, "fill");
    Objects.requireNonNull(sinceLast, "sinceLast");
    if (everyMs < 1 || everyMs > MAX_MS) {
      throw new IllegalArgumentException(
          "points of a grid must be 1 ms to 3650 days apart, got " + everyMs + " ms");
    }
    if (offsetMs < 0 || offsetMs >= everyMs) {
      throw new IllegalArgumentException(
          "the offset of a grid must be 0 to less than " + everyMs + " ms, got " + offsetMs);
    }
    if (maxFill < 1 || maxFill > MAX_FILL) {
      throw new IllegalArgumentException(
          "points that may be without a frame must be 1.." + MAX_FILL + ", got " + maxFill);
    }
  }

  /** Such a grid, with what is usual for the rest. */
  public static Sampling of(long everyMs, Fill fill) {
    return new Sampling(everyMs, 0, fill, false, Optional.empty(), STANDARD_FILL);
  }

  /** The same with a channel that says which points are without a frame. */
  public Sampling withMask() {
    return new Sampling(everyMs, offsetMs, fill, true, sinceLast, maxFill);
  }

  /** The same with the time from the last frame to the point as a channel. */
  public Sampling with(SinceLast since) {
    return new Sampling(everyMs, offsetMs, fill, mask, Optional.of(since), maxFill);
  }

  @Override
  public List<FrameChannel> channels(List<FrameChannel> before) {
    List<FrameChannel> channels = new ArrayList<>(before);
    if (mask) {
      channels.add(FrameChannel.of(CHANNEL));
    }
    return sinceLast.isPresent() ? sinceLast.get().channels(channels) : channels;
  }

  @Override
  public boolean oneForOne() {
    return false;
  }

  @Override
  public StageStep step(List<FrameChannel> before, KeyCells cells) {
    return new SamplingStep(this, before.size());
  }
}
