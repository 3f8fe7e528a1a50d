package dev.eddy.frames;

import java.nio.ByteBuffer;

/** Sessions at work: remembers what the open one has. */
final class SessionStep extends StageStep {
  private final Span.Session span;
  private final boolean startStamp;
  private final WindowFrame window;
  private final PaneLayout layout;
  private final SampleLog log; // null where no samples are kept
  private final double[] open;

  SessionStep(Span.Session span, boolean startStamp, WindowFrame window, SampleLog log) {
    this.span = span;
    this.startStamp = startStamp;
    this.window = window;
    this.layout = window.layout();
    this.log = log;
    this.open = new double[layout.length];
  }

  /** The earliest time of a frame that is of the next session. */
  private long overMs() {
    return Math.min(layout.lastMs(open) + span.gapMs() + 1, layout.firstMs(open) + span.maxMs());
  }

  private boolean isOpen() {
    return layout.count(open) > 0;
  }

  @Override
  void frame(long timeMs, float[] frame) {
    if (isOpen() && timeMs >= overMs()) {
      close();
    }
    layout.add(open, timeMs, frame);
    if (log != null) {
      log.add(0, frame);
    }
  }

  private void close() {
    if (log != null) {
      log.from(0);
    }
    long timeMs = startStamp ? layout.firstMs(open) : layout.lastMs(open);
    next.frame(timeMs, window.make(open, log));
    drop();
  }

  private void drop() {
    layout.clear(open);
    if (log != null) {
      log.drop();
    }
  }

  /** What follows is not told: of the open session may come what is older. */
  @Override
  void advance(long untilMs) {
    if (isOpen() && untilMs >= overMs() - 1) {
      close();
    }
  }

  @Override
  void end(long timeMs) {
    if (isOpen()) {
      close();
    }
    next.end(timeMs);
  }

  @Override
  void restart(long timeMs) {
    drop();
    next.restart(timeMs);
  }

  @Override
  long dueMs(long nextMs) {
    return isOpen() ? overMs() - 1 : NEVER;
  }

  @Override
  void clear() {
    layout.clear(open);
    if (log != null) {
      log.clear();
    }
  }

  @Override
  boolean isClear() {
    return !isOpen();
  }

  @Override
  void read(ByteBuffer bytes) {
    StateWriter.getDoubles(bytes, open, layout.length);
    if (log != null) {
      log.read(bytes);
    }
  }

  @Override
  void write(StateWriter bytes) {
    bytes.putDoubles(open, layout.length);
    if (log != null) {
      log.write(bytes);
    }
  }
}
