package dev.eddy.layer;

/** So many frames for the first frame, so many for each later one, so many at the end. */
final class StartedClock implements Clock {
  private final int first;
  private final int later;
  private final int flushCalls;
  private final int atEachFlush;
  private boolean started;

  /** All that the end gives in one call. */
  StartedClock(int first, int later, int atEnd) {
    this(first, later, atEnd > 0 ? 1 : 0, atEnd);
  }

  StartedClock(int first, int later, int flushCalls, int atEachFlush) {
    this.first = first;
    this.later = later;
    this.flushCalls = flushCalls;
    this.atEachFlush = atEachFlush;
  }

  @Override
  public int step() {
    int frames = started ? later : first;
    started = true;
    return frames;
  }

  @Override
  public int flushCalls() {
    return flushCalls;
  }

  @Override
  public int flush(int call) {
    return started ? atEachFlush : 0;
  }

  @Override
  public Clock copy() {
    StartedClock copy = new StartedClock(first, later, flushCalls, atEachFlush);
    copy.started = started;
    return copy;
  }
}
