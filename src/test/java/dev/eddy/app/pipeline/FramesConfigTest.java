package dev.eddy.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.frames.FrameChannel;
import dev.eddy.frames.FramePlan;
import dev.eddy.frames.Gap;
import dev.eddy.frames.Sampling;
import dev.eddy.frames.SinceLast;
import dev.eddy.frames.Stage;
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
