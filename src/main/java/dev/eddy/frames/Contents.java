package dev.eddy.frames;

import dev.eddy.layer.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What a window becomes. Immutable; checked where it is made. */
public sealed interface Contents permits Contents.Summary, Contents.Samples {
  /** The most samples of a window that quantiles are taken of. */
  int MAX_SAMPLES = 1_000_000;

  /** Where nothing else is said. */
  int STANDARD_SAMPLES = 10_000;

  /**
   * One value of a frame.
   *
   * @param channel whose; empty for the count
   */
  record Value(String channel, Statistic statistic) {
    public Value {
      Objects.requireNonNull(statistic, "statistic");
      if (channel.isEmpty() != (statistic.kind() == Statistic.Kind.COUNT)) {
        throw new IllegalArgumentException(
            "the count is of no channel, and all else of one, got "
                + statistic.word()
                + " of \""
                + channel
                + "\"");
      }
    }
  }

  /**
   * Statistics, in one frame.
   *
   * @param values in the order of the frame
   * @param slopeUnitMs a slope is the change in so much time
   * @param maxSamples quantiles are of so many samples at most: the last ones of the window
   */
  record Summary(List<Value> values, long slopeUnitMs, int maxSamples) implements Contents {
    public Summary {
      values = List.copyOf(values);
      if (values.isEmpty()) {
        throw new IllegalArgumentException("a window must become at least 1 value");
      }
      if (slopeUnitMs < 1 || slopeUnitMs > Stage.MAX_MS) {
        throw new IllegalArgumentException(
            "the time of a slope must be 1 ms to 3650 days, got " + slopeUnitMs + " ms");
      }
      if (maxSamples < 1 || maxSamples > MAX_SAMPLES) {
        throw new IllegalArgumentException(
            "samples of a window must be 1.." + MAX_SAMPLES + ", got " + maxSamples);
      }
    }

    /** These statistics of every channel, channel by channel; the count once, at the end. */
    public static Summary of(List<FrameChannel> channels, List<Statistic> statistics) {
      List<Value> values = new ArrayList<>();
      for (FrameChannel channel : channels) {
        for (Statistic statistic : statistics) {
          if (statistic.kind() != Statistic.Kind.COUNT) {
            values.add(new Value(channel.name(), statistic));
          }
        }
      }
      statistics.stream()
          .filter(statistic -> statistic.kind() == Statistic.Kind.COUNT)
          .forEach(statistic -> values.add(new Value("", statistic)));
      return new Summary(values, 1_000, STANDARD_SAMPLES);
    }

    @Override
    public List<FrameChannel> channels(List<FrameChannel> before) {
      List<FrameChannel> channels = new ArrayList<>();
      for (Value value : values) {
        channels.add(
            value.channel.isEmpty()
                ? FrameChannel.of("count")
                : value.statistic.of(before.get(index(before, value.channel))));
      }
      return channels;
    }

    @Override
    public Shape shape(List<FrameChannel> before) {
      return Shape.of(values.size());
    }
  }

  /**
   * The window's last samples as they are, in a frame of {@code [channels, width]}. Where there are
   * fewer, others stand before them.
   *
   * @param width samples of the frame
   * @param edge whether those others repeat the first sample; else they are zeros
   */
  record Samples(int width, boolean edge) implements Contents {
    public Samples {
      if (width < 1 || width > 1 << 16) {
        throw new IllegalArgumentException(
            "a frame of raw samples must be 1.." + (1 << 16) + " wide, got " + width);
      }
    }

    @Override
    public List<FrameChannel> channels(List<FrameChannel> before) {
      List<FrameChannel> channels = new ArrayList<>();
      for (FrameChannel channel : before) {
        for (int i = 0; i < width; i++) {
          channels.add(channel.like(channel.name() + "_" + i));
        }
      }
      return channels;
    }

    @Override
    public Shape shape(List<FrameChannel> before) {
      return Shape.of(before.size(), width);
    }
  }

  /** The channels of the frames. */
  List<FrameChannel> channels(List<FrameChannel> before);

  /** The shape of the frames. */
  Shape shape(List<FrameChannel> before);

  /**
   * The place of a channel.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  static int index(List<FrameChannel> channels, String name) {
    List<String> names = channels.stream().map(FrameChannel::name).toList();
    int index = names.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(
          "there is no channel \"" + name + "\"; the channels here are " + names);
    }
    return index;
  }
}
