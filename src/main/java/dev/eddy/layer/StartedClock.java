package dev.eddy.layer;

/** So many frames for the first frame, so many for each later one, so many at the end. */
final class StartedClock implements Clock {
  private final int first;
  private final int later;
  private final int atEnd;
  private boolean started;

  StartedClock(int first, int later, int atEnd) {
    this.first = first;
    this.later = later;
    this.atEnd = atEnd;
  }

  @Override
  public int step() {
    int frames = started ? later : first;
    started = true;
    return frames;
  }

  @Override
  public int flushCalls() {
    return atEnd > 0 ? 1 : 0;
  }

  @Override
  public int flush(int call) {
    return started ? atEnd : 0;
  }

  @Override
  public Clock copy() {
    StartedClock copy = new StartedClock(first, later, atEnd);
    copy.started = started;
    return copy;
  }
}
