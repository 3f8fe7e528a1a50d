package dev.eddy.avro;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a record becomes a frame: its channels in order, and where its event time is.
 *
 * @param channels at least one; the frame is their channels one after another
 * @param time empty for the time that the Kafka record carries
 */
public record InputMapping(List<ChannelSpec> channels, Optional<EventTime> time) {
  /** The most values that a frame may have. */
  public static final int MAX_FRAME = 1 << 20;

  public InputMapping {
    channels = List.copyOf(channels);
    if (channels.isEmpty()) {
      throw new IllegalArgumentException("an input must have at least 1 channel, got none");
    }
    long size = 0;
    Set<String> names = new HashSet<>();
    for (ChannelSpec channel : channels) {
      size += channel.width();
      if (size > MAX_FRAME) {
        throw new IllegalArgumentException("a frame must have at most " + MAX_FRAME + " values");
      }
      for (int i = 0; i < channel.width(); i++) {
        if (!names.add(channel.channelName(i))) {
          throw new IllegalArgumentException(
              "channel names must be distinct, got \"" + channel.channelName(i) + "\" twice");
        }
      }
    }
  }

  /** These channels, with the Kafka record's time. */
  public static InputMapping of(ChannelSpec... channels) {
    return new InputMapping(List.of(channels), Optional.empty());
  }

  /** The same with the event time in a field. */
  public InputMapping withTime(EventTime time) {
    return new InputMapping(channels, Optional.of(time));
  }

  /** Values of a frame. */
  public int frameSize() {
    int size = 0;
    for (ChannelSpec channel : channels) {
      size += channel.width();
    }
    return size;
  }

  /**
   * A distinct name for each value of the frame, in order: the channel's, followed by {@code _word}
   * or {@code _index} where the channel has several. Not always an Avro name; see {@link
   * ScoreSchema#columnName}.
   */
  public List<String> channelNames() {
    List<String> names = new ArrayList<>(frameSize());
    for (ChannelSpec channel : channels) {
      for (int i = 0; i < channel.width(); i++) {
        names.add(channel.channelName(i));
      }
    }
    return List.copyOf(names);
  }
}
