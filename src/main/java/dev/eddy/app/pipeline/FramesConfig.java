package dev.eddy.app.pipeline;

import dev.eddy.frames.Before;
import dev.eddy.frames.Differences;
import dev.eddy.frames.FrameChannel;
import dev.eddy.frames.FramePlan;
import dev.eddy.frames.Gap;
import dev.eddy.frames.Lags;
import dev.eddy.frames.Sampling;
import dev.eddy.frames.SinceLast;
import dev.eddy.frames.Stage;
import dev.eddy.model.YamlMap;
import dev.eddy.model.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the {@code input} section of a pipeline says about what becomes of frames before they are
 * scored, in the order in which it is done: gaps, the regular grid, windows, features.
 */
final class FramesConfig {
  private final List<FrameChannel> channels;
  private final List<Stage> stages = new ArrayList<>();

  private FramesConfig(List<FrameChannel> channels) {
    this.channels = channels;
  }

  /**
   * Takes the keys that it knows from the section.
   *
   * @param channels of the frames that come in
   */
  static FramePlan read(YamlMap input, List<FrameChannel> channels) {
    FramesConfig config = new FramesConfig(channels);
    input.find("gap").ifPresent(gap -> config.add(gap, gap(gap)));
    Optional<YamlValue> every = input.find("every");
    Optional<SinceLast> sinceLast = input.find("since-last").map(FramesConfig::sinceLast);
    if (every.isPresent()) {
      config.add(every.get(), sampling(every.get(), sinceLast)); // the time up to its points
    } else if (sinceLast.isPresent()) {
      config.add(input.get("since-last"), sinceLast.get());
    }
    input
        .find("window")
        .ifPresent(value -> config.add(value, WindowConfig.read(value, config.channelsNow())));
    for (YamlValue feature : input.find("features").map(YamlValue::asList).orElse(List.of())) {
      config.add(feature, feature(feature));
    }
    return FramePlan.of(channels, config.stages);
  }

  private List<FrameChannel> channelsNow() {
    return FramePlan.of(channels, stages).channels();
  }

  private void add(YamlValue where, Stage stage) {
    stages.add(stage);
    ConfigValue.checked(where, () -> FramePlan.of(channels, stages));
  }

  private static Gap gap(YamlValue value) {
    YamlMap keys = value.asMap();
    Duration over = TimeConfig.positive(keys.get("over"));
    YamlValue then = keys.get("then");
    if (then.asEnum(Gap.Then.class) != Gap.Then.FILL) {
      keys.refuseOthers();
      return Gap.of(over.toMillis(), then.asEnum(Gap.Then.class));
    }
    Duration step = keys.find("step").map(TimeConfig::positive).orElse(over);
    boolean linear =
        keys.find("fill").map(fill -> fill.asEnum(BetweenFrames.class)).orElse(BetweenFrames.HOLD)
            == BetweenFrames.LINEAR;
    int maxFill = keys.integer("max-fill", 1, Sampling.MAX_FILL, Sampling.STANDARD_FILL);
    keys.refuseOthers();
    return ConfigValue.checked(
        value, () -> new Gap(over.toMillis(), Gap.Then.FILL, step.toMillis(), linear, maxFill));
  }

  /** What fills a gap. */
  private enum BetweenFrames {
    HOLD,
    LINEAR
  }

  /** What a point without a frame holds, as it is written. */
  private enum Fill {
    HOLD,
    LINEAR,
    ZERO,
    MASK
  }

  private static Sampling sampling(YamlValue value, Optional<SinceLast> sinceLast) {
    if (value.isScalar()) {
      Sampling hold = Sampling.of(TimeConfig.positive(value).toMillis(), Sampling.Fill.HOLD);
      return sinceLast.map(hold::with).orElse(hold);
    }
    YamlMap keys = value.asMap();
    long everyMs = TimeConfig.positive(keys.get("every")).toMillis();
    long offsetMs = keys.find("offset").map(TimeConfig::duration).orElse(Duration.ZERO).toMillis();
    Fill written = keys.find("fill").map(fill -> fill.asEnum(Fill.class)).orElse(Fill.HOLD);
    boolean mask = keys.bool("mask", written == Fill.MASK) || written == Fill.MASK;
    int maxFill = keys.integer("max-fill", 1, Sampling.MAX_FILL, Sampling.STANDARD_FILL);
    keys.refuseOthers();
    Sampling.Fill fill =
        switch (written) {
          case HOLD -> Sampling.Fill.HOLD;
          case LINEAR -> Sampling.Fill.LINEAR;
          case ZERO, MASK -> Sampling.Fill.ZERO;
        };
    return ConfigValue.checked(
        value, () -> new Sampling(everyMs, offsetMs, fill, mask, sinceLast, maxFill));
  }

  private static Stage feature(YamlValue value) {
    YamlMap keys = value.asMap();
    Optional<YamlValue> lag = keys.find("lag");
    Optional<YamlValue> difference = keys.find("difference");
    List<String> of =
        keys.find("of")
            .map(list -> list.asList().stream().map(YamlValue::asString).toList())
            .orElse(List.of());
    Before before = keys.find("before").map(v -> v.asEnum(Before.class)).orElse(Before.FIRST);
    if (lag.isPresent() == difference.isPresent()) {
      throw value.error("a feature needs one of lag, difference");
    }
    Stage stage;
    if (lag.isPresent()) {
      List<YamlValue> lags = lag.get().isList() ? lag.get().asList() : List.of(lag.get());
      List<Integer> frames = lags.stream().map(v -> v.asInt(1, Lags.MAX)).toList();
      stage = ConfigValue.checked(lag.get(), () -> new Lags(frames, of, before));
    } else {
      boolean replace = keys.bool("replace", false);
      stage = new Differences(difference.get().asInt(1, Lags.MAX), of, replace, before);
    }
    keys.refuseOthers();
    return stage;
  }

  private static SinceLast sinceLast(YamlValue value) {
    YamlMap keys = value.asMap();
    long unitMs =
        keys.find("unit").map(TimeConfig::positive).orElse(Duration.ofSeconds(1)).toMillis();
    boolean log = keys.bool("log", false);
    keys.refuseOthers();
    return new SinceLast(unitMs, log);
  }
}
