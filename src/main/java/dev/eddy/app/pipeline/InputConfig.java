package dev.eddy.app.pipeline;

import dev.eddy.avro.BadValue;
import dev.eddy.avro.EventTime;
import dev.eddy.avro.InputMapping;
import dev.eddy.model.YamlMap;
import dev.eddy.model.YamlValue;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * The section {@code input} of a pipeline.
 *
 * @param topic where frames come from
 * @param mapping how a record becomes a frame
 * @param time what is done about time before scoring
 * @param lateTolerance how much older than its key's last a record may be and still be stepped
 * @param keyColumn of a CSV file that is fed: the column that becomes the key
 */
public record InputConfig(
    String topic,
    InputMapping mapping,
    TimeConfig time,
    Duration lateTolerance,
    Optional<String> keyColumn) {

  /** Reads the section. */
  static InputConfig read(YamlMap input) {
    String topic = ConfigValue.topic(input.get("topic"));
    Optional<EventTime> eventTime = input.find("time").map(InputConfig::eventTime);
    Optional<String> keyColumn = input.find("key").map(YamlValue::asString);
    BadValue bad = input.find("bad").map(ChannelsConfig::bad).orElse(BadValue.DEAD_LETTERS);
    InputMapping mapping = ChannelsConfig.read(input.get("channels"), bad, eventTime);
    Duration lateTolerance =
        input.find("late-tolerance").map(YamlValue::asDuration).orElse(Duration.ZERO);
    TimeConfig time = TimeConfig.read(input, mapping);
    input.refuseOthers();
    return new InputConfig(topic, mapping, time, lateTolerance, keyColumn);
  }

  private static EventTime eventTime(YamlValue value) {
    if (value.isScalar()) {
      return ConfigValue.checked(value, () -> EventTime.of(value.asString()));
    }
    YamlMap keys = value.asMap();
    String field = keys.get("field").asString();
    Optional<String> format = keys.find("format").map(YamlValue::asString);
    ZoneId zone = keys.find("zone").map(ConfigValue::zone).orElse(ZoneOffset.UTC);
    keys.refuseOthers();
    return ConfigValue.checked(value, () -> new EventTime(field, format, zone));
  }
}
