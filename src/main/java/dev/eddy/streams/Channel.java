package dev.eddy.streams;

import dev.eddy.avro.BadValue;
import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.InputMapping;
import dev.eddy.frames.FrameChannel;
import dev.eddy.frames.FramePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One value of the input frame, as the scores speak of it.
 *
 * @param name unique among the channels
 * @param mean what was subtracted from the field's value, in the field's unit; 0 for nothing
 * @param std what it was divided by, in the field's unit; 1 for nothing
 * @param hold whether a value that is missing (NaN in the frame) is replaced by the key's last one
 */
public record Channel(String name, double mean, double std, boolean hold) {
  public Channel {
    Objects.requireNonNull(name, "name");
    if (!Double.isFinite(mean) || !(std > 0) || !Double.isFinite(std)) {
      throw new IllegalArgumentException(
          "channel \""
              + name
              + "\": mean must be finite and std positive, got "
              + mean
              + ", "
              + std);
    }
  }

  /** A value taken as it is, which must not be missing. */
  public static Channel of(String name) {
    return new Channel(name, 0, 1, false);
  }

  /** The channels of frames that a mapping makes. */
  public static List<Channel> of(InputMapping mapping) {
    List<Channel> channels = new ArrayList<>();
    for (ChannelSpec spec : mapping.channels()) {
      double mean = 0;
      double std = 1;
      if (spec instanceof ChannelSpec.Numeric numeric) {
        mean = numeric.mean();
        std = numeric.std();
      } else if (spec instanceof ChannelSpec.NumericArray array) {
        mean = array.mean();
        std = array.std();
      }
      boolean hold = spec.bad().equals(BadValue.HOLD);
      for (int i = 0; i < spec.width(); i++) {
        channels.add(new Channel(spec.channelName(i), mean, std, hold));
      }
    }
    return channels;
  }

  /** The channels of frames that come out of a plan. */
  public static List<Channel> of(FramePlan plan) {
    return plan.channels().stream()
        .map(value -> new Channel(value.name(), value.mean(), value.std(), value.hold()))
        .toList();
  }

  /** The same, as frames before scoring know them. */
  public static List<FrameChannel> frames(InputMapping mapping) {
    return of(mapping).stream()
        .map(value -> new FrameChannel(value.name, value.mean, value.std, value.hold))
        .toList();
  }

  /** From a value in the frame back to the field's unit. */
  double unscaled(float value) {
    return value * std + mean;
  }
}
