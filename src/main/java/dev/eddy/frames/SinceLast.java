package dev.eddy.frames;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds a channel: the time since the key's frame before, 0 in the first of a sequence.
 *
 * @param unitMs what counts as 1
 * @param log whether it is {@code log(1 + time)}
 */
public record SinceLast(long unitMs, boolean log) implements Stage {
  /** The channel's name. */
  public static final String CHANNEL = "since_last";

  public SinceLast {
    if (unitMs < 1 || unitMs > MAX_MS) {
      throw new IllegalArgumentException(
          "the unit of the time since the last frame must be 1 ms to 3650 days, got " + unitMs);
    }
  }

  float value(long ms) {
    double units = (double) ms / unitMs;
    return (float) (log ? Math.log1p(units) : units);
  }

  @Override
  public List<FrameChannel> channels(List<FrameChannel> before) {
    List<FrameChannel> channels = new ArrayList<>(before);
    channels.add(FrameChannel.of(CHANNEL));
    return channels;
  }

  @Override
  public boolean oneForOne() {
    return true;
  }

  @Override
  public StageStep step(List<FrameChannel> before, KeyCells cells) {
    return new Step(this, before.size());
  }

  private static final class Step extends StageStep {
    private final SinceLast since;
    private final float[] out;
    private boolean live;
    private long lastMs;

    Step(SinceLast since, int size) {
      this.since = since;
      this.out = new float[size + 1];
    }

    @Override
    void frame(long timeMs, float[] frame) {
      System.arraycopy(frame, 0, out, 0, frame.length);
      out[frame.length] = since.value(live ? timeMs - lastMs : 0);
      live = true;
      lastMs = timeMs;
      next.frame(timeMs, out);
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
    }

    @Override
    void write(StateWriter bytes) {
      bytes.putByte(live ? 1 : 0).putLong(lastMs);
    }
  }
}
