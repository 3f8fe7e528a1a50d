package dev.eddy.app.pipeline;

import dev.eddy.avro.BadValue;
import dev.eddy.avro.Calendar;
import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.EndMarker;
import dev.eddy.avro.EventTime;
import dev.eddy.avro.InputMapping;
import dev.eddy.model.YamlMap;
import dev.eddy.model.YamlValue;
import dev.eddy.score.Scaling;
import dev.eddy.streams.Channel;
import dev.eddy.streams.Sequences;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The section {@code input} of a pipeline.
 *
 * @param topic where frames come from
 * @param mapping how a record becomes a frame
 * @param calendars where a record's time stands in the calendar, as channels behind the fields'
 * @param time what is done about time before scoring
 * @param lateTolerance how much older than its key's last a record may be and still be stepped
 * @param keyColumn of a CSV file that is fed: the column that becomes the key
 * @param sequences where a key's sequence ends
 * @param scaling standardises frames by what has been seen; empty for as they come
 */
public record InputConfig(
    String topic,
    InputMapping mapping,
    List<Calendar> calendars,
    TimeConfig time,
    Duration lateTolerance,
    Optional<String> keyColumn,
    Sequences sequences,
    Optional<Scaling> scaling) {

  private enum Sequence {
    KEY,
    RECORD
  }

  /** Reads the section. */
  static InputConfig read(YamlMap input) {
    String topic = ConfigValue.topic(input.get("topic"));
    Optional<EventTime> eventTime = input.find("time").map(InputConfig::eventTime);
    Optional<String> keyColumn = input.find("key").map(YamlValue::asString);
    BadValue bad = input.find("bad").map(ChannelsConfig::bad).orElse(BadValue.DEAD_LETTERS);
    InputMapping channels = ChannelsConfig.read(input.get("channels"), bad, eventTime);
    List<Calendar> calendars = ChannelsConfig.calendars(input.get("channels"));
    Optional<YamlMap> end = input.find("end").map(YamlValue::asMap);
    InputMapping mapping = end.flatMap(InputConfig::marker).map(channels::withEnd).orElse(channels);
    Sequences sequences = sequences(input, end);
    Duration lateTolerance =
        input.find("late-tolerance").map(TimeConfig::duration).orElse(Duration.ZERO);
    TimeConfig time = TimeConfig.read(input, mapping);
    Optional<Scaling> scaling = input.find("scaling").map(value -> scaling(value, mapping, time));
    input.refuseOthers();
    if (time.timing().frames().isPresent()) {
      checkFrames(input, mapping, sequences);
    }
    return new InputConfig(
        topic, mapping, calendars, time, lateTolerance, keyColumn, sequences, scaling);
  }

  /** What does not go with frames that are made of several records of a key. */
  private static void checkFrames(YamlMap input, InputMapping mapping, Sequences sequences) {
    if (sequences.perRecord()) {
      throw input
          .get("sequence")
          .error("every, gap, window and the like are over records of a key; write sequence: key");
    }
    if (sequences.idle().isPresent()) {
      throw input
          .get("end")
          .asMap()
          .get("idle")
          .error(
              "with every, gap, window and the like write gap: {over: "
                  + input.get("end").asMap().get("idle").asString()
                  + ", then: flush} in its place");
    }
    if (mapping.givesSeveralFrames()) {
      String none = "a text has no tokens between its records; ";
      input
          .find("every")
          .ifPresent(
              every -> {
                throw every.error(none + "leave it out");
              });
      input
          .find("gap")
          .map(gap -> gap.asMap().get("then"))
          .filter(then -> then.asString().equals("fill"))
          .ifPresent(
              then -> {
                throw then.error(none + "accepted: reset, flush, mark");
              });
    }
  }

  /** A field that says where a sequence ends, if the section names one. */
  private static Optional<EndMarker> marker(YamlMap end) {
    Optional<YamlValue> field = end.find("field");
    Optional<YamlValue> equals = end.find("equals");
    Optional<YamlValue> included = end.find("include");
    boolean include = end.bool("include", true);
    if (field.isEmpty()) {
      Optional<YamlValue> alone = equals.or(() -> included);
      if (alone.isPresent()) {
        throw alone
            .get()
            .error("without field there is nothing to compare; write field: NAME, or leave it out");
      }
      return Optional.empty();
    }
    String value = end.get("equals").asString();
    return Optional.of(
        ConfigValue.checked(
            field.get(), () -> new EndMarker(field.get().asString(), value, include)));
  }

  private static Sequences sequences(YamlMap input, Optional<YamlMap> end) {
    Sequences sequences = Sequences.OPEN;
    Optional<YamlValue> each = input.find("sequence");
    if (each.map(value -> value.asEnum(Sequence.class)).orElse(Sequence.KEY) == Sequence.RECORD) {
      sequences = sequences.ofOneRecord();
    }
    if (end.isEmpty()) {
      return sequences;
    }
    YamlMap keys = end.get();
    Optional<YamlValue> idle = keys.find("idle");
    keys.refuseOthers();
    if (idle.isEmpty() && keys.find("field").isEmpty()) {
      throw keys.self()
          .error("nothing is said here; write field: NAME and equals: VALUE, or idle: 10m");
    }
    if (idle.isEmpty()) {
      return sequences;
    }
    Sequences open = sequences;
    return ConfigValue.checked(
        idle.get(), () -> open.endingWhenIdleFor(TimeConfig.positive(idle.get())));
  }

  /** The channels that are numbers; what is made of them by time, if that is something else. */
  private static List<String> numbers(InputMapping mapping, TimeConfig time) {
    List<String> scored = time.channels(mapping).stream().map(Channel::name).toList();
    List<String> numbers = new ArrayList<>();
    boolean same = true;
    for (ChannelSpec spec : mapping.channels()) {
      boolean number =
          spec instanceof ChannelSpec.Numeric || spec instanceof ChannelSpec.NumericArray;
      for (int i = 0; i < spec.width(); i++) {
        same &= scored.contains(spec.channelName(i));
        if (number) {
          numbers.add(spec.channelName(i));
        }
      }
    }
    return same ? numbers : scored;
  }

  private static Scaling scaling(YamlValue value, InputMapping mapping, TimeConfig time) {
    YamlMap keys = value.asMap();
    Scaling.Learn learn = keys.get("learn").asEnum(Scaling.Learn.class);
    long freezeAfter =
        keys.find("freeze-after").map(frames -> frames.asLong(1, 1L << 40)).orElse(0L);
    Optional<List<String>> chosen =
        keys.find("channels").map(list -> list.asList().stream().map(YamlValue::asString).toList());
    keys.refuseOthers();
    List<String> channels = chosen.orElseGet(() -> numbers(mapping, time));
    if (channels.isEmpty()) {
      throw value.error("there is no channel of numbers to scale");
    }
    return ConfigValue.checked(value, () -> new Scaling(learn, freezeAfter, channels));
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
