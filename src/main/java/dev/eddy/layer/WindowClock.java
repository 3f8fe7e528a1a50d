package dev.eddy.layer;

/**
 * Counts the windows that become complete: one when {@code wait} frames have passed, then every
 * stride-th.
 */
final class WindowClock implements Clock {
  private final Axis time;
  private int wait;
  private boolean started;

  WindowClock(Axis time) {
    this.time = time;
    this.wait = firstWait(time);
  }

  /** Frames before the one that completes the first window. */
  static int firstWait(Axis time) {
    return time.extent() - 1 - time.before();
  }

  @Override
  public int step() {
    started = true;
    if (wait > 0) {
      wait--;
      return 0;
    }
    wait = time.stride() - 1;
    return 1;
  }

  @Override
  public int flushCalls() {
    return time.after();
  }

  @Override
  public int flush(int call) {
    return started ? step() : 0;
  }

  @Override
  public Clock copy() {
    WindowClock copy = new WindowClock(time);
    copy.wait = wait;
    copy.started = started;
    return copy;
  }
}
