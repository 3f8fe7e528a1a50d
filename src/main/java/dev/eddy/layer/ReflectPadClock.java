package dev.eddy.layer;

/** When {@link ReflectPadStep} emits. */
final class ReflectPadClock implements Clock {
  private final TimePad pad;
  private int wait;
  private boolean passing;

  ReflectPadClock(TimePad pad) {
    this.pad = pad;
    this.wait = ReflectPadStep.wait(pad);
  }

  @Override
  public int step() {
    if (passing) {
      return 1;
    }
    if (wait > 0) {
      wait--;
      return 0;
    }
    passing = true;
    return pad.before() + ReflectPadStep.wait(pad) + 1;
  }

  @Override
  public int flushCalls() {
    return pad.after();
  }

  @Override
  public int flush(int call) {
    return passing ? 1 : 0;
  }

  @Override
  public Clock copy() {
    ReflectPadClock copy = new ReflectPadClock(pad);
    copy.wait = wait;
    copy.passing = passing;
    return copy;
  }
}
