package dev.eddy.streams;

import dev.eddy.avro.BadValue;
import dev.eddy.avro.InputMapping;
import dev.eddy.avro.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * A table topic whose row of a record's key gives channels of its frames. Immutable.
 *
 * @param topic a compacted topic, keyed as the input is
 * @param global whether every instance reads the whole of it; else each task reads the partition of
 *     its input, which must be as many and keyed alike
 * @param mapping how a row becomes channels
 * @param missing what becomes of a record whose key has no row, or one that doesn't decode: a dead
 *     letter, the last values of its key, or a constant in the fields' units
 * @param rows decodes a row by the mapping
 */
public record ContextTable(
    String topic,
    boolean global,
    InputMapping mapping,
    BadValue missing,
    Deserializer<Observation> rows) {
  public ContextTable {
    Objects.requireNonNull(missing, "missing");
    Objects.requireNonNull(rows, "rows");
    check(topic, mapping);
  }

  /**
   * Refuses what a row can't be.
   *
   * @throws IllegalArgumentException if rows of this mapping are no context
   */
  public static void check(String topic, InputMapping mapping) {
    if (mapping.givesSeveralFrames() || mapping.time().isPresent() || mapping.end().isPresent()) {
      throw new IllegalArgumentException(
          "context topic \"" + topic + "\": a row is neither a text, nor has it a time or an end");
    }
  }

  /** The channels that a row gives. */
  List<Channel> channels() {
    return channels(mapping, missing);
  }

  /** The channels that a row of a mapping gives. */
  public static List<Channel> channels(InputMapping mapping, BadValue missing) {
    List<Channel> channels = new ArrayList<>();
    for (Channel one : Channel.of(mapping)) {
      boolean hold = one.hold() || missing.equals(BadValue.HOLD);
      channels.add(new Channel(one.name(), one.log(), one.mean(), one.std(), hold));
    }
    return channels;
  }
}
