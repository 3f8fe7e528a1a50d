package dev.eddy.layer;

/**
 * Counts the windows that become complete: one when {@code wait} frames have passed, then every
 * stride-th.
 */
final class WindowClock implements Clock {
  private final int stride;
  private final int flushCalls;
  private int wait;
  private boolean started;

  static Clock of(Axis time) {
    return of(firstWait(time), time.stride(), time.after());
  }

  /** {@code flushCalls}: frames of padding behind the sequence. */
  static Clock of(int wait, int stride, int flushCalls) {
    return wait == 0 && stride == 1 && flushCalls == 0
        ? Clock.EVERY
        : new WindowClock(wait, stride, flushCalls);
  }

  private WindowClock(int wait, int stride, int flushCalls) {
    this.wait = wait;
    this.stride = stride;
    this.flushCalls = flushCalls;
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
    wait = stride - 1;
    return 1;
  }

  @Override
  public int flushCalls() {
    return flushCalls;
  }

  @Override
  public int flush(int call) {
    return started ? step() : 0;
  }

  @Override
  public Clock copy() {
    WindowClock copy = new WindowClock(wait, stride, flushCalls);
    copy.started = started;
    return copy;
  }
}
