package dev.eddy.app.pipeline;

import dev.eddy.avro.BadValue;
import dev.eddy.avro.Calendar;
import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.EventTime;
import dev.eddy.avro.InputMapping;
import dev.eddy.avro.Log;
import dev.eddy.model.YamlMap;
import dev.eddy.model.YamlValue;
import java.time.ZoneId;
import java.time.ZoneOffset;
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
      if (!isCalendar(entry)) {
        channels.add(channel(entry, otherwise));
      }
    }
    return ConfigValue.checked(list, () -> new InputMapping(channels, time));
  }

  /** The entries that are of the calendar; they stand behind the others. */
  static List<Calendar> calendars(YamlValue list) {
    List<Calendar> calendars = new ArrayList<>();
    for (YamlValue entry : list.asList()) {
      if (isCalendar(entry)) {
        calendars.add(calendar(entry));
      } else if (!calendars.isEmpty()) {
        throw entry.error("the channels of the calendar must stand behind all others");
      }
    }
    return calendars;
  }

  private static boolean isCalendar(YamlValue entry) {
    return !entry.isScalar() && entry.asMap().find("calendar").isPresent();
  }

  private static Calendar calendar(YamlValue entry) {
    YamlMap keys = entry.asMap();
    List<Calendar.Cycle> cycles =
        keys.get("calendar").asList().stream()
            .map(cycle -> cycle.asEnum(Calendar.Cycle.class))
            .toList();
    ZoneId zone = keys.find("zone").map(ConfigValue::zone).orElse(ZoneOffset.UTC);
    String name = keys.string("name", "");
    keys.refuseOthers();
    return ConfigValue.checked(entry, () -> new Calendar(name, cycles, zone));
  }

  private static ChannelSpec channel(YamlValue entry, BadValue otherwise) {
    if (entry.isScalar()) {
      String field = entry.asString();
      return ConfigValue.checked(entry, () -> ChannelSpec.numeric(field, field).withBad(otherwise));
    }
    YamlMap keys = entry.asMap();
    Optional<YamlValue> text = keys.find("text");
    if (text.isPresent()) {
      keys.refuseOthers();
      return TextConfig.read(text.get(), otherwise);
    }
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
      Optional<String> other = keys.find("other").map(YamlValue::asString);
      ChannelSpec.OneHot words =
          ConfigValue.checked(entry, () -> ChannelSpec.oneHot(name, field, oneHot.get()));
      spec = ConfigValue.checked(entry, () -> other.map(words::withOther).orElse(words));
    } else if (tokens.isPresent()) {
      Optional<String> other = keys.find("other").map(YamlValue::asString);
      ChannelSpec.Token words =
          ConfigValue.checked(entry, () -> ChannelSpec.token(name, field, tokens.get()));
      spec = ConfigValue.checked(entry, () -> other.map(words::withOther).orElse(words));
    } else {
      double mean = keys.find("mean").map(YamlValue::asDouble).orElse(0.0);
      double std = keys.find("std").map(YamlValue::asDouble).orElse(1.0);
      Log log = log(entry, keys);
      spec =
          length.isPresent()
              ? ConfigValue.checked(
                  entry,
                  () ->
                      ChannelSpec.array(name, field, length.get().asInt(1, ChannelSpec.MAX_WIDTH))
                          .scaled(mean, std)
                          .with(log))
              : ConfigValue.checked(
                  entry, () -> ChannelSpec.numeric(name, field).scaled(mean, std).with(log));
    }
    keys.refuseOthers();
    return ConfigValue.checked(entry, () -> spec.withBad(bad));
  }

  private static Log log(YamlValue entry, YamlMap keys) {
    boolean log = keys.bool("log", false);
    boolean log1p = keys.bool("log1p", false);
    if (log && log1p) {
      throw entry.error("log and log1p exclude each other");
    }
    return log ? Log.LOG : log1p ? Log.LOG1P : Log.NONE;
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
