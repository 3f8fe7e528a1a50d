package dev.eddy.frames;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Adds channels: what others were some frames before.
 *
 * @param frames how many frames before, each a channel more
 * @param of channels; empty for all
 * @param before what stands for the frames before the first
 */
public record Lags(List<Integer> frames, List<String> of, Before before) implements Stage {
  /** The most frames that one may look back. */
  public static final int MAX = 1_000;

  public Lags {
    frames = List.copyOf(frames);
    of = List.copyOf(of);
    Objects.requireNonNull(before, "before");
    if (frames.isEmpty()) {
      throw new IllegalArgumentException("a lag must look back at least at one frame");
    }
    for (int lag : frames) {
      check(lag);
    }
  }

  static void check(int lag) {
    if (lag < 1 || lag > MAX) {
      throw new IllegalArgumentException("a lag must be 1.." + MAX + " frames, got " + lag);
    }
  }

  /** The places of channels; of all, where none is named. */
  static int[] places(List<FrameChannel> channels, List<String> of) {
    if (of.isEmpty()) {
      return IntStream.range(0, channels.size()).toArray();
    }
    return of.stream().mapToInt(name -> Contents.index(channels, name)).toArray();
  }

  @Override
  public List<FrameChannel> channels(List<FrameChannel> channels) {
    List<FrameChannel> all = new ArrayList<>(channels);
    for (int place : places(channels, of)) {
      FrameChannel channel = channels.get(place);
      for (int lag : frames) {
        all.add(channel.like(channel.name() + "_lag" + lag));
      }
    }
    return all;
  }

  @Override
  public boolean oneForOne() {
    return before != Before.SKIP;
  }

  @Override
  public StageStep step(List<FrameChannel> channels, KeyCells cells) {
    return new Step(this, channels);
  }

  private static final class Step extends StageStep {
    private final int[] lags;
    private final History history;
    private final int size;
    private final int looksAt;
    private final float[] out;

    Step(Lags lags, List<FrameChannel> channels) {
      this.lags = lags.frames.stream().mapToInt(Integer::intValue).toArray();
      int[] places = places(channels, lags.of);
      int longest = Arrays.stream(this.lags).max().orElseThrow();
      this.history = new History(longest, places, lags.before);
      this.size = channels.size();
      this.looksAt = places.length;
      this.out = new float[size + looksAt * this.lags.length];
    }

    @Override
    void frame(long timeMs, float[] frame) {
      history.begin(frame);
      if (history.suffices()) {
        System.arraycopy(frame, 0, out, 0, size);
        int at = size;
        for (int i = 0; i < looksAt; i++) {
          for (int lag : lags) {
            out[at++] = history.before(lag, i);
          }
        }
        next.frame(timeMs, out);
      }
      history.add(frame);
    }

    @Override
    void clear() {
      history.clear();
    }

    @Override
    boolean isClear() {
      return history.isClear();
    }

    @Override
    void read(ByteBuffer bytes) {
      history.read(bytes);
    }

    @Override
    void write(StateWriter bytes) {
      history.write(bytes);
    }
  }
}
