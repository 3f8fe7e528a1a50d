package dev.eddy.app.pipeline;

import dev.eddy.avro.BadValue;
import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.EventTime;
import dev.eddy.avro.InputMapping;
import dev.eddy.model.YamlMap;
import dev.eddy.model.YamlValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The list {@code input.channels} of a pipeline: what of a record becomes a frame. */
final class ChannelsConfig {
  private ChannelsConfig() {}

  /**
   * Reads the list.
   *
   * @param otherwise what becomes of a bad value where a channel says nothing
   */
  static InputMapping read(YamlValue list, BadValue otherwise, Optional<EventTime> time) {
    List<ChannelSpec> channels = new ArrayList<>();
    for (YamlValue entry : list.asList()) {
      channels.add(channel(entry, otherwise));
    }
    return ConfigValue.checked(list, () -> new InputMapping(channels, time));
  }

  private static ChannelSpec channel(YamlValue entry, BadValue otherwise) {
    if (entry.isScalar()) {
      String field = entry.asString();
      return ConfigValue.checked(entry, () -> ChannelSpec.numeric(field, field).withBad(otherwise));
    }
    YamlMap keys = entry.asMap();
    String field = keys.get("field").asString();
    String name = keys.string("name", field);
    BadValue bad = keys.find("bad").map(ChannelsConfig::bad).orElse(otherwise);
    Optional<List<String>> oneHot = keys.find("one-hot").map(ChannelsConfig::words);
    Optional<List<String>> tokens = keys.find("tokens").map(ChannelsConfig::words);
    Optional<YamlValue> length = keys.find("length");
    long kinds = List.of(oneHot, tokens, length).stream().filter(Optional::isPresent).count();
    if (kinds > 1) {
      throw entry.error("one-hot, tokens and length exclude each other");
    }
    ChannelSpec spec;
    if (oneHot.isPresent()) {
      spec = ConfigValue.checked(entry, () -> ChannelSpec.oneHot(name, field, oneHot.get()));
    } else if (tokens.isPresent()) {
      spec = ConfigValue.checked(entry, () -> ChannelSpec.token(name, field, tokens.get()));
    } else {
      double mean = keys.find("mean").map(YamlValue::asDouble).orElse(0.0);
      double std = keys.find("std").map(YamlValue::asDouble).orElse(1.0);
      spec =
          length.isPresent()
              ? ConfigValue.checked(
                  entry,
                  () ->
                      ChannelSpec.array(name, field, length.get().asInt(1, ChannelSpec.MAX_WIDTH))
                          .scaled(mean, std))
              : ConfigValue.checked(
                  entry, () -> ChannelSpec.numeric(name, field).scaled(mean, std));
    }
    keys.refuseOthers();
    return ConfigValue.checked(entry, () -> spec.withBad(bad));
  }

  private static List<String> words(YamlValue list) {
    return list.asList().stream().map(YamlValue::asString).toList();
  }

  /** What becomes of a bad value. */
  static BadValue bad(YamlValue value) {
    if (value.isScalar()) {
      return switch (value.asString()) {
        case "dead-letters" -> BadValue.DEAD_LETTERS;
        case "hold" -> BadValue.HOLD;
        default ->
            throw value.error(
                "\""
                    + value.asString()
                    + "\" is not accepted; accepted: dead-letters, hold, {constant: NUMBER}");
      };
    }
    YamlMap keys = value.asMap();
    double constant = keys.get("constant").asDouble();
    keys.refuseOthers();
    return BadValue.constant(constant);
  }
}
