package dev.eddy.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlValueTest {

  private static YamlValue every(String written) {
    return YamlValue.parse("\nevery: " + written, "a.yaml").asMap().get("every");
  }

  @ParameterizedTest
  @CsvSource({
    "250ms, PT0.25S",
    "30s, PT30S",
    "5m, PT5M",
    "1h, PT1H",
    "7d, PT168H",
    "3650000d, PT87600000H",
    "999999999999ms, PT277777H46M39.999S",
  })
  void shouldReadADuration(String written, Duration duration) {
    assertThat(every(written).asDuration()).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5 minits",
        "-1s",
        "1.5h",
        "3650001d",
        "87600001h",
        "999999999999s",
        "999999999999m",
        "999999999999d",
      })
  void shouldRefuseWhatIsNoDurationOrTooLong(String written) {
    assertThatThrownBy(() -> every(written).asDuration())
        .isInstanceOf(YamlException.class)
        .hasMessage("a.yaml:2: every: \"" + written + "\" is not a duration; write 5m, 30s, 1h");
  }

  @Test
  void shouldCountTheLongestDurationInMilliseconds() {
    assertThat(every("3650000d").asDuration().toMillis()).isEqualTo(315_360_000_000_000L);
  }
}
