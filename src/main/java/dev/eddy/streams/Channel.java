package dev.eddy.streams;

import dev.eddy.avro.BadValue;
import dev.eddy.avro.Calendar;
import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.InputMapping;
import dev.eddy.avro.Log;
import dev.eddy.frames.FrameChannel;
import dev.eddy.frames.FramePlan;
import dev.eddy.score.Units;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One value of the input frame, as the scores speak of it.
 *
 * @param name unique among the channels
 * @param log the logarithm of the field's value that was taken, if any
 * @param mean what was subtracted from that, in its unit; 0 for nothing
 * @param std what it was divided by, in its unit; 1 for nothing
 * @param hold whether a value that is missing (NaN in the frame) is replaced by the key's last one
 * @param known where its values are known ahead of time; empty for most
 */
public record Channel(
    String name, Log log, double mean, double std, boolean hold, Optional<Known> known) {

  /**
   * A value of a calendar, which has one for every time.
   *
   * @param index which of its values, from 0
   */
  public record Known(Calendar calendar, int index) {}

  /** As above, and not known ahead. */
  public Channel(String name, Log log, double mean, double std, boolean hold) {
    this(name, log, mean, std, hold, Optional.empty());
  }

  /** As above, without a logarithm: mean and standard deviation are in the field's unit. */
  public Channel(String name, double mean, double std, boolean hold) {
    this(name, Log.NONE, mean, std, hold);
  }

  public Channel {
    Objects.requireNonNull(log, "log");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(known, "known");
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

  /** The channels of a calendar. */
  static List<Channel> of(Calendar calendar) {
    List<Channel> channels = new ArrayList<>();
    for (String name : calendar.channelNames()) {
      Known known = new Known(calendar, channels.size());
      channels.add(new Channel(name, Log.NONE, 0, 1, false, Optional.of(known)));
    }
    return channels;
  }

  /** The channels of frames that a mapping makes. */
  public static List<Channel> of(InputMapping mapping) {
    List<Channel> channels = new ArrayList<>();
    for (ChannelSpec spec : mapping.channels()) {
      Log log = Log.NONE;
      double mean = 0;
      double std = 1;
      if (spec instanceof ChannelSpec.Numeric numeric) {
        log = numeric.log();
        mean = numeric.mean();
        std = numeric.std();
      } else if (spec instanceof ChannelSpec.NumericArray array) {
        log = array.log();
        mean = array.mean();
        std = array.std();
      }
      boolean hold = spec.bad().equals(BadValue.HOLD);
      for (int i = 0; i < spec.width(); i++) {
        channels.add(new Channel(spec.channelName(i), log, mean, std, hold));
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

  /** The same; those that have the name of a channel before the plan keep its logarithm. */
  public static List<Channel> of(FramePlan plan, List<Channel> before) {
    Map<String, Log> logs = new HashMap<>();
    before.forEach(channel -> logs.put(channel.name, channel.log));
    return of(plan).stream()
        .map(
            channel ->
                new Channel(
                    channel.name,
                    logs.getOrDefault(channel.name, Log.NONE),
                    channel.mean,
                    channel.std,
                    channel.hold,
                    channel.known))
        .toList();
  }

  /** The same, as frames before scoring know them. */
  public static List<FrameChannel> frames(InputMapping mapping) {
    return of(mapping).stream()
        .map(value -> new FrameChannel(value.name, value.mean, value.std, value.hold))
        .toList();
  }

  /** Whether the frame holds the field's value as it is. */
  boolean isPlain() {
    return log == Log.NONE && mean == 0 && std == 1;
  }

  /** From a value in the frame back to the field's unit. */
  double unscaled(double value) {
    return log.undo(value * std + mean);
  }

  /** How scores get back to the fields' units. */
  static Units units(List<Channel> channels) {
    Channel[] all = channels.toArray(Channel[]::new);
    return new Units() {
      @Override
      public double of(int channel, double value) {
        return all[channel].unscaled(value);
      }

      @Override
      public double scale(int channel) {
        return all[channel].log() == Log.NONE ? all[channel].std() : 0;
      }
    };
  }
}
