package dev.eddy.layer;

import java.util.OptionalLong;

/**
 * How far around its own place in time an output frame looks, in input frames; its place is where
 * its number falls at the layer's rate, so a stride of 2 puts output 5 at input 10.
 *
 * @param past how far back; infinite where it is all that came before
 * @param future how far ahead; negative where the latest frames are not looked at
 */
public record Reach(double past, double future) {
  /** The frame itself. */
  public static final Reach HERE = new Reach(0, 0);

  /** All frames so far. */
  public static final Reach ALL = new Reach(Double.POSITIVE_INFINITY, 0);

  /** Frames that it meets at most; empty if there is no bound. */
  public OptionalLong field() {
    double span = past + future;
    return Double.isInfinite(span)
        ? OptionalLong.empty()
        : OptionalLong.of((long) Math.floor(span + 1e-9) + 1); // sums of fractions
  }

  /** What is seen through a second layer, one of whose input frames is {@code frames} of ours. */
  public Reach then(Reach next, double frames) {
    return new Reach(past + next.past * frames, future + next.future * frames);
  }

  /** What either sees. */
  public Reach or(Reach other) {
    return new Reach(Math.max(past, other.past), Math.max(future, other.future));
  }
}
