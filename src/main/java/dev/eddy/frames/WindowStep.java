package dev.eddy.frames;

import java.nio.ByteBuffer;

/**
 * Windows by time or by count at work. Their starts and ends lie on the bounds of panes, stretches
 * of time or of frames, numbered from 0; a pane is summed up once, however many windows have it.
 *
 * <p>A window is closed before a frame behind its end comes in, so every window that is still to
 * come out and has any frame has all from its start to the last one. The frames of the open pane
 * are summed up here, the panes before in {@link Panes}.
 */
final class WindowStep extends StageStep {
  private static final long NONE = Long.MIN_VALUE;
  private static final long FOR_EVER_MS = 1L << 60;

  private final WindowFrame window;
  private final PaneLayout layout;
  private final Panes panes;
  private final SampleLog log; // null where no samples are kept
  private final boolean startStamp;
  private final boolean byTime;
  private final long offsetMs;
  private final long pane; // ms or frames of one
  private final long size; // panes of a window
  private final long hop; // panes from one start to the next
  private final double[] open; // the pane that takes frames
  private final double[] sum;

  private boolean live; // a frame has come that is of a window to come out
  private long openPane;
  private long nextStart; // the pane at which the next window to come out starts
  private long closedEnd = NONE; // the pane at which the last one that came out ended
  private long count; // frames of the sequence; where windows are by count

  WindowStep(Window description, WindowFrame window, Panes panes, SampleLog log) {
    this.window = window;
    this.layout = window.layout();
    this.panes = panes;
    this.log = log;
    this.startStamp = description.startStamp();
    this.open = new double[layout.length];
    this.sum = new double[layout.length];
    if (description.span() instanceof Span.ByTime span) {
      this.byTime = true;
      this.offsetMs = span.offsetMs();
      this.pane = Span.gcd(span.sizeMs(), span.hopMs());
      this.size = span.sizeMs() / pane;
      this.hop = span.hopMs() / pane;
    } else {
      Span.ByCount span = (Span.ByCount) description.span();
      this.byTime = false;
      this.offsetMs = 0;
      this.pane = Span.gcd(span.count(), span.hop());
      this.size = span.count() / pane;
      this.hop = span.hop() / pane;
    }
  }

  private long paneOf(long timeMs) {
    return Math.floorDiv(timeMs - offsetMs, pane);
  }

  @Override
  void frame(long timeMs, float[] frame) {
    long now = byTime ? paneOf(timeMs) : count / pane;
    if (byTime && live) {
      closeUntil(now);
    }
    if (!live) {
      live = true;
      openPane = now;
      if (byTime) {
        nextStart = (Math.floorDiv(now - size, hop) + 1) * hop;
      }
    } else if (now != openPane) {
      panes.add(openPane, open);
      layout.clear(open);
      openPane = now;
    }
    layout.add(open, timeMs, frame);
    if (log != null) {
      log.add(now, frame);
    }
    if (!byTime && ++count % pane == 0) {
      closeUntil(count / pane);
    }
  }

  /** Gives all windows that end at this pane's start or before it. */
  private void closeUntil(long now) {
    while (live && nextStart + size <= now) {
      close();
    }
  }

  private void close() {
    panes.sumFrom(nextStart, sum);
    layout.merge(sum, open);
    if (log != null) {
      log.from(nextStart);
    }
    long timeMs =
        byTime
            ? Math.max(0, offsetMs + (startStamp ? nextStart : nextStart + size) * pane)
            : startStamp ? layout.firstMs(sum) : layout.lastMs(sum);
    next.frame(timeMs, window.make(sum, log));
    closedEnd = nextStart + size;
    nextStart += hop;
    if (nextStart > openPane) {
      drop();
    }
  }

  private void drop() {
    live = false;
    layout.clear(open);
    panes.drop();
    if (log != null) {
      log.drop();
    }
  }

  /** What follows is not told: a window may come out with a time that is older. */
  @Override
  void advance(long untilMs) {
    if (byTime && live) {
      closeUntil(untilMs >= FOR_EVER_MS ? Long.MAX_VALUE : paneOf(untilMs + 1));
    }
  }

  @Override
  void end(long timeMs) {
    if (byTime) {
      closeUntil(Long.MAX_VALUE);
    } else if (live && count > Math.max(0, closedEnd) * pane) {
      close(); // frames that no window had
    }
    drop();
    clear();
    next.end(timeMs);
  }

  @Override
  void restart(long timeMs) {
    drop();
    clear();
    next.restart(timeMs);
  }

  @Override
  long dueMs(long nextMs) {
    return byTime && live ? offsetMs + (nextStart + size) * pane - 1 : NEVER;
  }

  @Override
  long openFromMs() {
    return byTime && closedEnd != NONE ? offsetMs + closedEnd * pane : Long.MIN_VALUE;
  }

  @Override
  void clear() {
    live = false;
    openPane = 0;
    nextStart = 0;
    closedEnd = NONE;
    count = 0;
    layout.clear(open);
    panes.clear();
    if (log != null) {
      log.clear();
    }
  }

  @Override
  boolean isClear() {
    return !live && closedEnd == NONE && count == 0;
  }

  @Override
  void read(ByteBuffer bytes) {
    live = bytes.get() != 0;
    openPane = bytes.getLong();
    nextStart = bytes.getLong();
    closedEnd = bytes.getLong();
    count = bytes.getLong();
    if (!live) {
      layout.clear(open);
      panes.clear();
      if (log != null) {
        log.clear();
      }
      return;
    }
    StateWriter.getDoubles(bytes, open, layout.length);
    if (size > 1) {
      panes.read(bytes);
    }
    if (log != null) {
      log.read(bytes);
    }
  }

  @Override
  void write(StateWriter bytes) {
    bytes.putByte(live ? 1 : 0);
    bytes.putLong(openPane).putLong(nextStart).putLong(closedEnd).putLong(count);
    if (!live) {
      return;
    }
    bytes.putDoubles(open, layout.length);
    if (size > 1) {
      panes.write(bytes);
    }
    if (log != null) {
      log.write(bytes);
    }
  }
}
