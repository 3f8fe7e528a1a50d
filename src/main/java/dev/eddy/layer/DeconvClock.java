package dev.eddy.layer;

/**
 * When a deconvolution's frames are finished.
 *
 * <p>Of the uncropped output, the inputs up to number {@code t} finish the frames below {@code (t +
 * 1) stride}. If the sequence ended now it would have {@code t stride + extent + padding - after}
 * of them, and what lies behind that must not be given out yet: so {@code held} frames fewer are
 * emitted. {@code before} frames at the beginning are cropped.
 */
final class DeconvClock implements Clock {
  private final Axis time;
  private final int outputPadding;
  private int skip; // frames still to be left out at the beginning
  private boolean started;

  DeconvClock(Axis time, int outputPadding) {
    this.time = time;
    this.outputPadding = outputPadding;
    this.skip = firstSkip(time, outputPadding);
  }

  /** Frames that are finished but may lie behind the end of the sequence. */
  static int held(Axis time, int outputPadding) {
    return Math.max(0, time.stride() - time.extent() - outputPadding + time.after());
  }

  static int firstSkip(Axis time, int outputPadding) {
    return time.before() + held(time, outputPadding);
  }

  /** Frames that the end of a sequence still gives, before any are skipped. */
  static int rest(Axis time, int outputPadding) {
    return Math.max(0, time.extent() + outputPadding - time.after() - time.stride());
  }

  @Override
  public int step() {
    started = true;
    return emitted(time.stride());
  }

  @Override
  public int flushCalls() {
    return rest(time, outputPadding) > 0 ? 1 : 0;
  }

  @Override
  public int flush(int call) {
    return started ? emitted(rest(time, outputPadding)) : 0;
  }

  private int emitted(int frames) {
    int skipped = Math.min(skip, frames);
    skip -= skipped;
    return frames - skipped;
  }

  @Override
  public Clock copy() {
    DeconvClock copy = new DeconvClock(time, outputPadding);
    copy.skip = skip;
    copy.started = started;
    return copy;
  }
}
