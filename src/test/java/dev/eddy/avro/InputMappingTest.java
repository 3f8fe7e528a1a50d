package dev.eddy.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputMappingTest {
  @Test
  void shouldNameAndCountTheChannelsInOrder() {
    InputMapping mapping =
        InputMapping.of(
            ChannelSpec.numeric("temp", "motor.temp"),
            ChannelSpec.oneHot("mode", "mode", List.of("RUN", "IDLE")),
            ChannelSpec.token("word", "word", List.of("a", "b", "c")),
            ChannelSpec.array("axis", "axes", 3));
    assertThat(mapping.frameSize()).isEqualTo(7);
    assertThat(mapping.channelNames())
        .containsExactly("temp", "mode_RUN", "mode_IDLE", "word", "axis_0", "axis_1", "axis_2");
  }

  @Test
  void shouldRefuseAnInputWithoutChannels() {
    assertThatThrownBy(InputMapping::of)
        .hasMessage("an input must have at least 1 channel, got none");
  }

  @Test
  void shouldRefuseTwoChannelsOfOneName() {
    assertThatThrownBy(
            () ->
                InputMapping.of(
                    ChannelSpec.array("x", "axes", 2), ChannelSpec.numeric("x_1", "speed")))
        .hasMessage("channel names must be distinct, got \"x_1\" twice");
  }

  @Test
  void shouldRefuseAFrameTooLarge() {
    ChannelSpec[] wide = new ChannelSpec[17];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = ChannelSpec.array("x" + i, "x", 1 << 16);
    }
    assertThatThrownBy(() -> InputMapping.of(wide))
        .hasMessage("a frame must have at most 1048576 values");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "motor.temp", "axes[2]", "a[0].b[12][3].c", "_x.y-z"})
  void shouldAcceptPaths(String path) {
    assertThat(ChannelSpec.numeric("x", path).field()).isEqualTo(path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a..b      | "" is not a field name
          .a        | "" is not a field name
          a.        | "" is not a field name
          [1]       | "" is not a field name
          a b       | "a b" is not a field name
          1a        | "1a" is not a field name
          a[        | a ] is missing
          a[x]      | "x" is not an index in 0..999999
          a[-1]     | "-1" is not an index in 0..999999
          a[]       | "" is not an index in 0..999999
          a[1234567]| "1234567" is not an index in 0..999999
          a[1]b     | after ] comes . or [ or nothing
          """)
  void shouldRefuseWhatIsNoPath(String path, String why) {
    assertThatThrownBy(() -> ChannelSpec.numeric("x", path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "channel \"x\": field \""
                + path
                + "\": "
                + why
                + "; write a path like motor.temp or axes[2]");
  }

  @Test
  void shouldRefuseNoPathAtAll() {
    assertThatThrownBy(() -> ChannelSpec.numeric("x", " "))
        .hasMessage("channel \"x\": field must be a path like motor.temp or axes[2], got none");
  }

  @Test
  void shouldRefuseScalingThatIsNone() {
    ChannelSpec.Numeric x = ChannelSpec.numeric("x", "x");
    assertThatThrownBy(() -> x.scaled(Double.NaN, 1))
        .hasMessage("channel \"x\": mean must be a finite number, got NaN");
    assertThatThrownBy(() -> x.scaled(0, 0))
        .hasMessage("channel \"x\": std must be a finite number above 0, got 0.0");
    assertThatThrownBy(() -> ChannelSpec.array("x", "x", 2).scaled(0, -1))
        .hasMessageContaining("std must be a finite number above 0, got -1.0");
  }

  @Test
  void shouldRefuseVocabulariesAndLengthsThatAreNone() {
    assertThatThrownBy(() -> ChannelSpec.oneHot("x", "x", List.of()))
        .hasMessage("channel \"x\": words must be 1..65536, got 0");
    assertThatThrownBy(() -> ChannelSpec.token("x", "x", List.of("a", "b", "a")))
        .hasMessage("channel \"x\": words must be distinct, got a twice or empty");
    assertThatThrownBy(() -> ChannelSpec.array("x", "x", 0))
        .hasMessage("channel \"x\": length must be 1..65536, got 0");
  }

  @Test
  void shouldRefuseConstantsThatNoFloatCanHold() {
    assertThatThrownBy(() -> BadValue.constant(Double.POSITIVE_INFINITY))
        .hasMessage("constant for bad values must be a finite number, got Infinity");
    assertThatThrownBy(() -> ChannelSpec.numeric("x", "x").withBad(BadValue.constant(1e300)))
        .hasMessage("channel \"x\": the constant 1.0E300 is too large for a float");
  }

  @Test
  void shouldRefuseAPatternThatIsNone() {
    assertThatThrownBy(() -> EventTime.of("t", "yyyy-bb"))
        .hasMessageStartingWith("pattern \"yyyy-bb\" is not a date and time pattern: ")
        .hasMessageEndingWith("; write one like yyyy-MM-dd HH:mm:ss");
  }

  @Test
  void shouldKeepWhatItWasMadeOf() {
    List<ChannelSpec> channels = new java.util.ArrayList<>();
    channels.add(ChannelSpec.numeric("x", "x"));
    InputMapping mapping = new InputMapping(channels, Optional.empty());
    channels.clear();
    assertThat(mapping.channels()).hasSize(1);
  }
}
