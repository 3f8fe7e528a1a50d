package dev.eddy.frames;

import java.nio.ByteBuffer;

/** Watches for gaps; remembers the last frame's time, and for filling the frame. */
final class GapStep extends StageStep {
  private final Gap gap;
  private final int size;
  private final boolean fills;
  private final boolean marks;
  private final float[] last;
  private final float[] out;

  private boolean live; // a frame has come in this sequence
  private long lastMs;

  GapStep(Gap gap, int size) {
    this.gap = gap;
    this.size = size;
    this.fills = gap.then() == Gap.Then.FILL;
    this.marks = gap.then() == Gap.Then.MARK;
    this.last = new float[size];
    this.out = new float[size + (marks ? 1 : 0)];
  }

  @Override
  void frame(long timeMs, float[] frame) {
    boolean after = live && timeMs - lastMs > gap.overMs();
    if (after) {
      switch (gap.then()) {
        case RESET -> {
          next.advance(timeMs - 1); // what was over before is not of the rest
          next.restart(lastMs);
        }
        case FLUSH -> next.end(lastMs);
        case FILL -> fill(timeMs, frame);
        case MARK -> {}
      }
    }
    live = true;
    lastMs = timeMs;
    System.arraycopy(frame, 0, out, 0, size);
    if (fills) {
      System.arraycopy(frame, 0, last, 0, size);
    }
    if (marks) {
      out[size] = after ? 1 : 0;
    }
    next.frame(timeMs, out);
  }

  private void fill(long timeMs, float[] frame) {
    long count = (timeMs - 1 - lastMs) / gap.stepMs();
    if (count > gap.maxFill()) {
      next.end(lastMs);
      return;
    }
    for (long i = 1; i <= count; i++) {
      long atMs = lastMs + i * gap.stepMs();
      if (gap.linear()) {
        Line.at(lastMs, last, timeMs, frame, atMs, out);
      } else {
        System.arraycopy(last, 0, out, 0, size);
      }
      next.frame(atMs, out);
    }
  }

  /** Up to which time none may come for the sequence to be over, where gaps are filled. */
  private long unfilledMs() {
    return lastMs + Math.max(gap.overMs(), (gap.maxFill() + 1L) * gap.stepMs());
  }

  @Override
  void advance(long untilMs) {
    if (live && fills) {
      next.advance(Math.min(untilMs, lastMs)); // then what waits waits for more
      if (untilMs < unfilledMs() || !next.waits()) {
        return;
      }
    }
    if (live && (fills || gap.then() == Gap.Then.FLUSH && untilMs - gap.overMs() >= lastMs)) {
      live = false;
      next.end(lastMs);
    }
    next.advance(untilMs);
  }

  @Override
  long dueMs(long nextMs) {
    if (!live) {
      return nextMs;
    }
    return switch (gap.then()) {
      case FLUSH -> Math.min(nextMs, lastMs + gap.overMs());
      case FILL -> nextMs <= lastMs || nextMs == NEVER ? nextMs : unfilledMs();
      case RESET, MARK -> nextMs;
    };
  }

  @Override
  void clear() {
    live = false;
    lastMs = 0;
  }

  @Override
  boolean isClear() {
    return !live;
  }

  @Override
  void read(ByteBuffer bytes) {
    live = bytes.get() != 0;
    lastMs = bytes.getLong();
    if (fills && live) {
      StateWriter.getFloats(bytes, last, 0, size);
    }
  }

  @Override
  void write(StateWriter bytes) {
    bytes.putByte(live ? 1 : 0).putLong(lastMs);
    if (fills && live) {
      bytes.putFloats(last, 0, size);
    }
  }
}
