package dev.eddy.app.pipeline;

import dev.eddy.avro.InputMapping;
import dev.eddy.frames.FramePlan;
import dev.eddy.model.YamlMap;
import dev.eddy.model.YamlValue;
import dev.eddy.streams.Channel;
import dev.eddy.streams.time.Grace;
import dev.eddy.streams.time.Timing;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the {@code input} section of a pipeline says about time.
 *
 * @param timing what is done before scoring
 * @param lateTopic where records go that come too late; dead letters where it is empty
 */
record TimeConfig(Timing timing, Optional<String> lateTopic) {

  /**
   * Takes the keys that it knows from the section.
   *
   * @param mapping how a record becomes a frame
   */
  static TimeConfig read(YamlMap input, InputMapping mapping) {
    Grace grace = grace(input);
    FramePlan frames = FramesConfig.read(input, Channel.frames(mapping));
    Optional<String> late = input.find("late-topic").map(ConfigValue::topic);
    return new TimeConfig(Timing.NONE.with(grace).with(frames), late);
  }

  private static Grace grace(YamlMap input) {
    Duration idle = input.find("idle").map(TimeConfig::positive).orElse(Grace.STANDARD_IDLE);
    Optional<YamlValue> value = input.find("grace");
    if (value.isEmpty() || value.get().isScalar()) {
      Duration grace = value.map(TimeConfig::duration).orElse(Duration.ZERO);
      return new Grace(grace, idle, Grace.STANDARD_RECORDS_PER_KEY);
    }
    YamlMap keys = value.get().asMap();
    Duration grace = duration(keys.get("for"));
    int most =
        keys.integer(
            "max-records-per-key", 1, Grace.MAX_RECORDS_PER_KEY, Grace.STANDARD_RECORDS_PER_KEY);
    keys.refuseOthers();
    return new Grace(grace, idle, most);
  }

  /** Up to {@link Grace#MAX}. */
  static Duration duration(YamlValue value) {
    Duration duration = value.asDuration();
    if (duration.compareTo(Grace.MAX) > 0) {
      throw value.error("\"" + value.asString() + "\" is too long; write 3650d or less");
    }
    return duration;
  }

  /** The channels of the frames that are scored. */
  List<Channel> channels(InputMapping mapping) {
    List<Channel> before = Channel.of(mapping);
    return timing.frames().map(plan -> Channel.of(plan, before)).orElse(before);
  }

  /** The same, at least 1 ms. */
  static Duration positive(YamlValue value) {
    Duration duration = duration(value);
    if (duration.isZero()) {
      throw value.error("\"" + value.asString() + "\" is too short; write 1ms or more");
    }
    return duration;
  }
}
