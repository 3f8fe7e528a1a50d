package dev.eddy.frames;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * By how much channels differ from what they were some frames before.
 *
 * @param frames how many frames before
 * @param of channels; empty for all
 * @param replace whether the difference takes the channel's place; else it is one more
 * @param before what stands for the frames before the first
 */
public record Differences(int frames, List<String> of, boolean replace, Before before)
    implements Stage {
  public Differences {
    of = List.copyOf(of);
    Objects.requireNonNull(before, "before");
    Lags.check(frames);
  }

  @Override
  public List<FrameChannel> channels(List<FrameChannel> channels) {
    List<FrameChannel> all = new ArrayList<>(channels);
    for (int place : Lags.places(channels, of)) {
      FrameChannel channel = channels.get(place);
      String name = channel.name() + "_diff" + (frames == 1 ? "" : frames);
      FrameChannel difference = channel.distance(name);
      if (replace) {
        all.set(place, difference);
      } else {
        all.add(difference);
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
    private final Differences differences;
    private final History history;
    private final int[] places;
    private final int size;
    private final float[] out;

    Step(Differences differences, List<FrameChannel> channels) {
      this.differences = differences;
      this.places = Lags.places(channels, differences.of);
      this.history = new History(differences.frames, places, differences.before);
      this.size = channels.size();
      this.out = new float[size + (differences.replace ? 0 : places.length)];
    }

    @Override
    void frame(long timeMs, float[] frame) {
      history.begin(frame);
      if (history.suffices()) {
        System.arraycopy(frame, 0, out, 0, size);
        for (int i = 0; i < places.length; i++) {
          float difference = frame[places[i]] - history.before(differences.frames, i);
          out[differences.replace ? places[i] : size + i] = difference;
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
