package dev.eddy.app.pipeline;

import dev.eddy.frames.Contents;
import dev.eddy.frames.FrameChannel;
import dev.eddy.frames.Span;
import dev.eddy.frames.Statistic;
import dev.eddy.frames.Window;
import dev.eddy.model.YamlMap;
import dev.eddy.model.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The key {@code input.window} of a pipeline. */
final class WindowConfig {
  private WindowConfig() {}

  /**
   * Reads it.
   *
   * @param channels of the frames that come into the window
   */
  static Window read(YamlValue value, List<FrameChannel> channels) {
    YamlMap keys = value.asMap();
    Span span = span(value, keys);
    Contents contents = contents(value, keys, channels);
    boolean startStamp =
        keys.find("stamp").map(stamp -> stamp.asEnum(Stamp.class)).orElse(Stamp.END) == Stamp.START;
    keys.refuseOthers();
    return new Window(span, contents, startStamp);
  }

  /** Which time a window's frame has. */
  private enum Stamp {
    START,
    END
  }

  private static Span span(YamlValue value, YamlMap keys) {
    Optional<YamlValue> size = keys.find("size");
    Optional<YamlValue> count = keys.find("count");
    Optional<YamlValue> session = keys.find("session");
    if (Stream.of(size, count, session).filter(Optional::isPresent).count() != 1) {
      throw value.error("a window needs one of size, count, session");
    }
    if (size.isPresent()) {
      long sizeMs = TimeConfig.positive(size.get()).toMillis();
      long hopMs = keys.find("hop").map(v -> TimeConfig.positive(v).toMillis()).orElse(sizeMs);
      long offsetMs =
          keys.find("offset").map(TimeConfig::duration).orElse(Duration.ZERO).toMillis();
      return ConfigValue.checked(value, () -> new Span.ByTime(sizeMs, hopMs, offsetMs));
    } else if (count.isPresent()) {
      int frames = count.get().asInt(1, Span.MAX_COUNT);
      int hop = keys.integer("hop", 1, Span.MAX_COUNT, frames);
      return ConfigValue.checked(value, () -> new Span.ByCount(frames, hop));
    }
    long gapMs = TimeConfig.positive(session.get()).toMillis();
    long maxMs = keys.find("max").map(TimeConfig::positive).orElse(Duration.ofDays(1)).toMillis();
    return ConfigValue.checked(value, () -> new Span.Session(gapMs, maxMs));
  }

  private static Contents contents(YamlValue value, YamlMap keys, List<FrameChannel> channels) {
    Optional<YamlValue> samples = keys.find("samples");
    Optional<YamlValue> values = keys.find("values");
    if (samples.isPresent() == values.isPresent()) {
      throw value.error("a window needs one of values, samples");
    }
    if (samples.isPresent()) {
      int width = samples.get().asInt(1, 1 << 16);
      boolean edge =
          keys.find("pad").map(pad -> pad.asEnum(Pad.class)).orElse(Pad.ZERO) == Pad.EDGE;
      return new Contents.Samples(width, edge);
    }
    List<Contents.Value> all = values(values.get(), channels);
    long unitMs =
        keys.find("slope-unit").map(TimeConfig::positive).orElse(Duration.ofSeconds(1)).toMillis();
    int most = keys.integer("max-samples", 1, Contents.MAX_SAMPLES, Contents.STANDARD_SAMPLES);
    return ConfigValue.checked(value, () -> new Contents.Summary(all, unitMs, most));
  }

  /** What stands before the samples of a window where there are too few. */
  private enum Pad {
    ZERO,
    EDGE
  }

  /** Statistics of all channels, or of each channel its own. */
  private static List<Contents.Value> values(YamlValue value, List<FrameChannel> channels) {
    if (value.isList()) {
      List<Statistic> ofAll = statistics(value);
      return ConfigValue.checked(value, () -> Contents.Summary.of(channels, ofAll).values());
    }
    if (value.isScalar()) {
      throw value.error("\"" + value.asString() + "\" is not a list; write [mean] or {a: [mean]}");
    }
    List<String> names = channels.stream().map(FrameChannel::name).toList();
    List<Contents.Value> values = new ArrayList<>();
    boolean counts = false;
    for (Map.Entry<String, YamlValue> entry : value.asMap().all().entrySet()) {
      if (!names.contains(entry.getKey())) {
        throw entry.getValue().error("there is no such channel; the channels here are " + names);
      }
      for (Statistic statistic : statistics(entry.getValue())) {
        if (statistic.kind() == Statistic.Kind.COUNT) {
          counts = true;
        } else {
          values.add(new Contents.Value(entry.getKey(), statistic));
        }
      }
    }
    if (counts) {
      values.add(new Contents.Value("", Statistic.of("count")));
    }
    return values;
  }

  private static List<Statistic> statistics(YamlValue list) {
    List<Statistic> statistics = new ArrayList<>();
    for (YamlValue word : list.asList()) {
      statistics.add(ConfigValue.checked(word, () -> Statistic.of(word.asString())));
    }
    return statistics;
  }
}
