package dev.eddy.frames;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A grid at work: remembers the last frame, and which point comes next. */
final class SamplingStep extends StageStep {
  private final Sampling sampling;
  private final int size;
  private final boolean linear;
  private final float[] last;
  private final float[] out;

  private boolean live; // a frame has come in this sequence
  private long lastMs;
  private long nextPoint; // the first that has not been given, by its number

  SamplingStep(Sampling sampling, int size) {
    this.sampling = sampling;
    this.size = size;
    this.linear = sampling.fill() == Sampling.Fill.LINEAR;
    this.last = new float[size];
    int more = (sampling.mask() ? 1 : 0) + (sampling.sinceLast().isPresent() ? 1 : 0);
    this.out = new float[size + more];
  }

  private long ms(long point) {
    return sampling.offsetMs() + point * sampling.everyMs();
  }

  /** The first point at a time or behind it. */
  private long pointFrom(long timeMs) {
    return -Math.floorDiv(sampling.offsetMs() - timeMs, sampling.everyMs());
  }

  /** Whether the next point is determined by the frames so far. */
  private boolean isNextKnown() {
    long pointMs = ms(nextPoint);
    return live && (linear ? pointMs == lastMs : lastMs > pointMs - sampling.everyMs());
  }

  @Override
  void frame(long timeMs, float[] frame) {
    if (live && timeMs > lastMs) {
      fill(timeMs, frame);
    }
    if (!live) {
      live = true;
      nextPoint = pointFrom(timeMs);
    }
    lastMs = timeMs;
    System.arraycopy(frame, 0, last, 0, size);
  }

  /** Gives all points from the last frame to before this one. */
  private void fill(long timeMs, float[] frame) {
    long end = pointFrom(timeMs);
    long firstEmpty = pointFrom(lastMs) + 1;
    if (end - firstEmpty > sampling.maxFill()) {
      end(lastMs);
      return;
    }
    for (; nextPoint < end; nextPoint++) {
      long pointMs = ms(nextPoint);
      if (linear) {
        Line.at(lastMs, last, timeMs, frame, pointMs, out);
      } else {
        hold(pointMs);
      }
      give(pointMs);
    }
  }

  private void hold(long pointMs) {
    if (sampling.fill() == Sampling.Fill.ZERO && lastMs <= pointMs - sampling.everyMs()) {
      Arrays.fill(out, 0, size, 0f);
    } else {
      System.arraycopy(last, 0, out, 0, size);
    }
  }

  private void give(long pointMs) {
    int at = size;
    if (sampling.mask()) {
      out[at++] = lastMs > pointMs - sampling.everyMs() ? 0 : 1;
    }
    if (sampling.sinceLast().isPresent()) {
      out[at] = sampling.sinceLast().get().value(pointMs - lastMs);
    }
    next.frame(pointMs, out);
  }

  private void giveNext() {
    long pointMs = ms(nextPoint);
    hold(pointMs);
    give(pointMs);
    nextPoint++;
  }

  /** Up to which time none may come for the sequence to be over. */
  private long unfilledMs() {
    return ms(pointFrom(lastMs) + 1 + sampling.maxFill());
  }

  @Override
  void advance(long untilMs) {
    if (isNextKnown() && ms(nextPoint) <= untilMs) {
      giveNext();
    }
    if (live) {
      next.advance(Math.min(untilMs, ms(nextPoint) - 1)); // then what waits waits for more
      if (untilMs < unfilledMs() || !next.waits()) {
        return;
      }
      end(lastMs);
    }
    next.advance(untilMs);
  }

  @Override
  void end(long timeMs) {
    if (isNextKnown()) {
      giveNext();
    }
    clear();
    next.end(timeMs);
  }

  @Override
  long dueMs(long nextMs) {
    if (!live) {
      return nextMs;
    }
    long pointMs = ms(nextPoint);
    long followingMs = nextMs < pointMs || nextMs == NEVER ? nextMs : unfilledMs();
    return isNextKnown() ? Math.min(pointMs, followingMs) : followingMs;
  }

  @Override
  long openFromMs() {
    return live ? ms(nextPoint - 1) + 1 : Long.MIN_VALUE;
  }

  @Override
  void clear() {
    live = false;
    lastMs = 0;
    nextPoint = 0;
  }

  @Override
  boolean isClear() {
    return !live;
  }

  @Override
  void read(ByteBuffer bytes) {
    live = bytes.get() != 0;
    lastMs = bytes.getLong();
    nextPoint = bytes.getLong();
    if (live) {
      StateWriter.getFloats(bytes, last, 0, size);
    }
  }

  @Override
  void write(StateWriter bytes) {
    bytes.putByte(live ? 1 : 0).putLong(lastMs).putLong(nextPoint);
    if (live) {
      bytes.putFloats(last, 0, size);
    }
  }
}
