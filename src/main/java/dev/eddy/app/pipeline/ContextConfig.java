package dev.eddy.app.pipeline;

import dev.eddy.avro.BadValue;
import dev.eddy.avro.InputMapping;
import dev.eddy.avro.ObservationDeserializer;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.model.YamlMap;
import dev.eddy.model.YamlValue;
import dev.eddy.streams.Channel;
import dev.eddy.streams.ContextTable;
import java.util.List;
import java.util.Optional;

/**
 * The section {@code context} of a pipeline: a table whose row of a record's key gives channels.
 *
 * @param topic the table's
 * @param global whether each instance reads the whole of it
 * @param mapping how a row becomes channels
 * @param missing what becomes of a record whose key has no row
 */
public record ContextConfig(String topic, boolean global, InputMapping mapping, BadValue missing) {

  /** Reads the section. */
  static ContextConfig read(YamlValue section) {
    YamlMap keys = section.asMap();
    String topic = ConfigValue.topic(keys.get("topic"));
    boolean global = keys.bool("global", true);
    BadValue bad = keys.find("bad").map(ChannelsConfig::bad).orElse(BadValue.DEAD_LETTERS);
    YamlValue list = keys.get("channels");
    if (!ChannelsConfig.calendars(list).isEmpty()) {
      throw list.error("the calendar is of a record's time; write it in input.channels");
    }
    InputMapping mapping = ChannelsConfig.read(list, bad, Optional.empty());
    Optional<YamlValue> otherwise = keys.find("missing");
    BadValue missing = otherwise.map(ChannelsConfig::bad).orElse(BadValue.DEAD_LETTERS);
    keys.refuseOthers();
    ConfigValue.checked(
        otherwise.orElse(list),
        () -> mapping.channels().stream().map(channel -> channel.withBad(missing)).toList());
    return ConfigValue.checked(
        list,
        () -> {
          ContextTable.check(topic, mapping);
          return new ContextConfig(topic, global, mapping, missing);
        });
  }

  List<Channel> channels() {
    return ContextTable.channels(mapping, missing);
  }

  ContextTable table(RegistrySettings registry) {
    return new ContextTable(
        topic, global, mapping, missing, new ObservationDeserializer(mapping, registry));
  }
}
