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
 * @param end which records end a sequence, besides those without a value
 */
public record InputMapping(
    List<ChannelSpec> channels, Optional<EventTime> time, Optional<EndMarker> end) {
  /** The most values that a frame may have. */
  public static final int MAX_FRAME = 1 << 20;

  public InputMapping {
    channels = List.copyOf(channels);
    if (channels.isEmpty()) {
      throw new IllegalArgumentException("an input must have at least 1 channel, got none");
    }
    long texts = channels.stream().filter(ChannelSpec.Text.class::isInstance).count();
    if (texts > 1) {
      throw new IllegalArgumentException(
          "at most 1 channel may be a text, since each token is a frame, got " + texts);
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
    checkFrames(channels, size);
  }

  /** The most values that the frames of one record may have together. */
  private static final int MAX_FRAMES = 1 << 24;

  private static void checkFrames(List<ChannelSpec> channels, long size) {
    for (ChannelSpec channel : channels) {
      if (channel instanceof ChannelSpec.Text text
          && text.tokens().maxTokens() * size > MAX_FRAMES) {
        throw new IllegalArgumentException(
            "a record must have at most "
                + MAX_FRAMES
                + " values in its frames, "
                + text.tokens().maxTokens()
                + " tokens of "
                + size
                + " values are more");
      }
    }
  }

  /** As above; only a record without a value ends a sequence. */
  public InputMapping(List<ChannelSpec> channels, Optional<EventTime> time) {
    this(channels, time, Optional.empty());
  }

  /** These channels, with the Kafka record's time. */
  public static InputMapping of(ChannelSpec... channels) {
    return new InputMapping(List.of(channels), Optional.empty());
  }

  /** The same with the event time in a field. */
  public InputMapping withTime(EventTime time) {
    return new InputMapping(channels, Optional.of(time), end);
  }

  /** The same with a field that says where a sequence ends. */
  public InputMapping withEnd(EndMarker end) {
    return new InputMapping(channels, time, Optional.of(end));
  }

  /** Values of a frame. */
  public int frameSize() {
    int size = 0;
    for (ChannelSpec channel : channels) {
      size += channel.width();
    }
    return size;
  }

  /** Whether a record may become several frames, or none. */
  public boolean givesSeveralFrames() {
    return channels.stream().anyMatch(ChannelSpec.Text.class::isInstance);
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
