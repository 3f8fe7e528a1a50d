package dev.eddy.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.frames.Before;
import dev.eddy.frames.Contents;
import dev.eddy.frames.Differences;
import dev.eddy.frames.FrameChannel;
import dev.eddy.frames.FramePlan;
import dev.eddy.frames.Gap;
import dev.eddy.frames.Lags;
import dev.eddy.frames.Sampling;
import dev.eddy.frames.SinceLast;
import dev.eddy.frames.Span;
import dev.eddy.frames.Stage;
import dev.eddy.frames.Statistic;
import dev.eddy.frames.Window;
import dev.eddy.model.YamlValue;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FramesConfigTest {
  private static final List<FrameChannel> CHANNELS =
      List.of(FrameChannel.of("a"), FrameChannel.of("b"));

  private static List<Stage> stages(String yaml) {
    return read(yaml).stages();
  }

  private static FramePlan read(String yaml) {
    return FramesConfig.read(YamlValue.parse(yaml, "oven.yaml").asMap(), CHANNELS);
  }

  @Test
  void shouldDoNothingUnlessAsked() {
    assertThat(read("topic: readings").isEmpty()).isTrue();
  }

  @Test
  void shouldPutFramesOnAGrid() {
    assertThat(stages("every: 5m")).containsExactly(Sampling.of(300_000, Sampling.Fill.HOLD));
    assertThat(stages("every: {every: 1s, fill: linear, mask: true, offset: 250ms, max-fill: 7}"))
        .containsExactly(new Sampling(1_000, 250, Sampling.Fill.LINEAR, true, Optional.empty(), 7));
    assertThat(stages("every: {every: 1s, fill: mask}"))
        .containsExactly(Sampling.of(1_000, Sampling.Fill.ZERO).withMask());
    assertThat(stages("every: {every: 1s, fill: zero}"))
        .containsExactly(Sampling.of(1_000, Sampling.Fill.ZERO));
  }

  @Test
  void shouldWatchForGapsFirst() {
    assertThat(stages("{every: 1s, gap: {over: 1h, then: reset}}"))
        .containsExactly(Gap.of(3_600_000, Gap.Then.RESET), Sampling.of(1_000, Sampling.Fill.HOLD));
    assertThat(stages("gap: {over: 10s, then: fill}"))
        .containsExactly(new Gap(10_000, Gap.Then.FILL, 10_000, false, Sampling.STANDARD_FILL));
    assertThat(stages("gap: {over: 10s, then: fill, fill: linear, step: 2s, max-fill: 30}"))
        .containsExactly(new Gap(10_000, Gap.Then.FILL, 2_000, true, 30));
  }

  @Test
  void shouldSayHowLongAgoTheLastFrameWas() {
    assertThat(stages("since-last: {}")).containsExactly(new SinceLast(1_000, false));
    assertThat(stages("{every: 1s, since-last: {unit: 1m, log: true}}"))
        .containsExactly(Sampling.of(1_000, Sampling.Fill.HOLD).with(new SinceLast(60_000, true)));
  }

  @Test
  void shouldMakeFramesOfWindows() {
    Statistic mean = Statistic.of("mean");
    assertThat(stages("window: {size: 5m, hop: 1m, values: [mean, count]}"))
        .containsExactly(
            Window.of(
                new Span.ByTime(300_000, 60_000, 0),
                Contents.Summary.of(CHANNELS, List.of(mean, Statistic.of("count")))));
    assertThat(
            stages(
                "window: {count: 100, values: {b: [q0.9, slope], a: [mean, count]},"
                    + " slope-unit: 1h, max-samples: 50, stamp: start}"))
        .containsExactly(
            new Window(
                new Span.ByCount(100, 100),
                new Contents.Summary(
                    List.of(
                        new Contents.Value("b", Statistic.of("q0.9")),
                        new Contents.Value("b", Statistic.of("slope")),
                        new Contents.Value("a", mean),
                        new Contents.Value("", Statistic.of("count"))),
                    3_600_000,
                    50),
                true));
    FramePlan raw = read("window: {session: 30s, samples: 64, pad: edge}");
    assertThat(raw.stages())
        .containsExactly(
            Window.of(new Span.Session(30_000, 86_400_000), new Contents.Samples(64, true)));
    assertThat(raw.shape()).hasToString("[2, 64]");
  }

  @Test
  void shouldAddFeaturesOfWhatComesOutOfAWindow() {
    FramePlan plan =
        read(
            """
            window: {size: 1h, values: {a: [mean]}}
            features:
              - lag: [1, 24]
              - {difference: 1, of: [a_mean], replace: true, before: skip}
            """);
    assertThat(plan.stages().subList(1, 3))
        .containsExactly(
            new Lags(List.of(1, 24), List.of(), Before.FIRST),
            new Differences(1, List.of("a_mean"), true, Before.SKIP));
    assertThat(plan.channels())
        .extracting(FrameChannel::name)
        .containsExactly("a_mean_diff", "a_mean_lag1", "a_mean_lag24");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "every: 5 minutes|every: \"5 minutes\" is not a duration; write 5m, 30s, 1h",
        "every: {every: 1s, fill: spline}"
            + "|every.fill: \"spline\" is not one of hold, linear, zero, mask",
        "every: {every: 1s, fil: hold}"
            + "|every.fil: unknown key; accepted here: every, offset, fill, mask, max-fill",
        "every: {every: 1s, offset: 2s}"
            + "|every: the offset of a grid must be 0 to less than 1000 ms, got 2000",
        "gap: {over: 1h}|gap: the key \"then\" is missing",
        "gap: {over: 1h, then: stop}"
            + "|gap.then: \"stop\" is not one of reset, flush, fill, mark",
        "gap: {over: 1h, then: reset, step: 1s}|gap.step: unknown key; accepted here: over, then",
        "gap: {over: 1s, then: fill, step: 2s}"
            + "|gap: frames that fill a gap must be 1 ms to the gap's 1000 ms apart, got 2000",
        "window: {values: [mean]}|window: a window needs one of size, count, session",
        "window: {size: 1m, count: 5, values: [mean]}"
            + "|window: a window needs one of size, count, session",
        "window: {size: 1m}|window: a window needs one of values, samples",
        "window: {size: 1m, values: []}|window.values: a window must become at least 1 value",
        "window: {size: 1m, values: mean}|window.values: \"mean\" is not a list; write [mean] or {a:"
            + " [mean]}",
        "window: {size: 1m, values: [mean, mode]}|window.values[1]: \"mode\" is not one of mean,"
            + " min, max, sum, std, first, last, slope, count, median, q0.9",
        "window: {size: 1m, values: {c: [mean]}}"
            + "|window.values.c: there is no such channel; the channels here are [a, b]",
        "window: {size: 1m, hop: 2m, values: [mean]}"
            + "|window: the hop of windows must be 1..60000 ms, got 120000",
        "window: {count: 4, hop: 2, max: 1m, values: [mean]}|window.max: unknown key; accepted"
            + " here: size, count, session, hop, samples, values, slope-unit, max-samples, stamp",
        "features: [{lag: 0}]|features[0].lag: \"0\" is not a whole number from 1 to 1000",
        "features: [{of: [a]}]|features[0]: a feature needs one of lag, difference",
        "features: [{lag: 1, of: [c]}]"
            + "|features[0]: there is no channel \"c\"; the channels here are [a, b]",
        "since-last: {unit: 0s}|since-last.unit: \"0s\" is too short; write 1ms or more",
      })
  void shouldSayWhereAMistakeIs(String yaml, String message) {
    assertThatThrownBy(() -> read("topic: readings\n" + yaml))
        .hasMessage("oven.yaml:2: " + message);
  }

  @Test
  void shouldSayWhichChannelsWouldHaveOneName() {
    List<FrameChannel> channels = List.of(FrameChannel.of("gap"));
    assertThatThrownBy(
            () ->
                FramesConfig.read(
                    YamlValue.parse("gap: {over: 1s, then: mark}", "oven.yaml").asMap(), channels))
        .hasMessage("oven.yaml:1: gap: two channels would be named \"gap\"");
  }
}
