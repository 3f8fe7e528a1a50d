package dev.eddy.frames;

/** Which frames of a key a window has. Immutable; checked where it is made. */
public sealed interface Span permits Span.ByTime, Span.ByCount, Span.Session {
  /** The most panes that a window may consist of: its length by what it and its hop divide by. */
  int MAX_PANES = 100_000;

  /** The most frames of a window by count. */
  int MAX_COUNT = 1_000_000;

  /**
   * Windows of one length, {@code [offset + k * hop, offset + k * hop + size)} since 1970. Those
   * come out that have a frame.
   *
   * @param sizeMs their length
   * @param hopMs from the start of one to the start of the next; their length where none overlap
   * @param offsetMs moves them all, less than {@code hopMs}
   */
  record ByTime(long sizeMs, long hopMs, long offsetMs) implements Span {
    public ByTime {
      if (sizeMs < 1 || sizeMs > Stage.MAX_MS) {
        throw new IllegalArgumentException(
            "a window must be 1 ms to 3650 days long, got " + sizeMs + " ms");
      }
      checkHop(hopMs, sizeMs, "ms");
      if (offsetMs < 0 || offsetMs >= hopMs) {
        throw new IllegalArgumentException(
            "the offset of windows must be 0 to less than " + hopMs + " ms, got " + offsetMs);
      }
    }
  }

  /**
   * Windows of so many frames. A sequence's end closes a last one of fewer, if there are frames
   * that no other had.
   *
   * @param count frames of each
   * @param hop frames from the start of one to the start of the next
   */
  record ByCount(int count, int hop) implements Span {
    public ByCount {
      if (count < 1 || count > MAX_COUNT) {
        throw new IllegalArgumentException(
            "a window must have 1.." + MAX_COUNT + " frames, got " + count);
      }
      checkHop(hop, count, "frames");
    }
  }

  /**
   * Frames that follow each other closely.
   *
   * @param gapMs more than so much between two frames, and another window begins
   * @param maxMs no window has frames from so much on after its first
   */
  record Session(long gapMs, long maxMs) implements Span {
    public Session {
      if (gapMs < 1 || gapMs > Stage.MAX_MS) {
        throw new IllegalArgumentException(
            "the gap between sessions must be 1 ms to 3650 days, got " + gapMs + " ms");
      }
      if (maxMs < 1 || maxMs > Stage.MAX_MS) {
        throw new IllegalArgumentException(
            "a session must be 1 ms to 3650 days long at most, got " + maxMs + " ms");
      }
    }
  }

  private static void checkHop(long hop, long size, String unit) {
    if (hop < 1 || hop > size) {
      throw new IllegalArgumentException(
          "the hop of windows must be 1.." + size + " " + unit + ", got " + hop);
    }
    long panes = size / gcd(size, hop);
    if (panes > MAX_PANES) {
      throw new IllegalArgumentException(
          "a window of "
              + size
              + " "
              + unit
              + " with a hop of "
              + hop
              + " has "
              + panes
              + " panes, the most are "
              + MAX_PANES
              + "; choose a longer hop, or one that divides it");
    }
  }

  static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
