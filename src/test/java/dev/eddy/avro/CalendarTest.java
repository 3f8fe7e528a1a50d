package dev.eddy.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.eddy.avro.Calendar.Cycle;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalendarTest {
  private static double part(Cycle cycle, String time, ZoneId zone) {
    Calendar calendar = new Calendar("", List.of(cycle), zone);
    float[] frame = new float[3];
    calendar.write(Instant.parse(time).toEpochMilli(), frame, 1);
    assertThat(frame[0]).isZero();
    double part = Math.atan2(frame[1], frame[2]) / (2 * Math.PI);
    return part < -1e-6 ? part + 1 : part;
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-28T11:00:00Z, 12", // the day before the clocks go forward
    "2026-03-29T00:59:59.999Z, 2", // just before
    "2026-03-29T01:00:00Z, 3", // just after
    "2026-03-29T10:00:00Z, 12", // twelve by the clock, though only eleven hours old
    "2026-10-25T00:30:00Z, 2.5", // the same reading twice when they go back
    "2026-10-25T01:30:00Z, 2.5",
  })
  void shouldFollowTheClockOnTheWall(String time, double hour) {
    assertThat(part(Cycle.DAY, time, ZoneId.of("Europe/Paris")) * 24).isCloseTo(hour, within(1e-4));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-23T00:00:00Z, 0", // a Monday
    "2026-11-26T12:00:00Z, 3.5",
    "1970-01-01T00:00:00Z, 3",
  })
  void shouldBeginAWeekOnMonday(String time, double days) {
    assertThat(part(Cycle.WEEK, time, ZoneOffset.UTC) * 7).isCloseTo(days, within(1e-4));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-01T00:00:00Z, 0, 365",
    "2026-12-31T12:00:00Z, 364.5, 365",
    "2024-02-29T06:00:00Z, 59.25, 366",
    "2024-12-31T12:00:00Z, 365.5, 366",
  })
  void shouldKnowLeapYears(String time, double days, int length) {
    assertThat(part(Cycle.YEAR, time, ZoneOffset.UTC) * length).isCloseTo(days, within(1e-3));
  }

  @Test
  void shouldNameItsChannels() {
    assertThat(new Calendar("", List.of(Cycle.DAY, Cycle.YEAR), ZoneOffset.UTC).channelNames())
        .containsExactly("day_sin", "day_cos", "year_sin", "year_cos");
    assertThat(new Calendar("paris", List.of(Cycle.WEEK), ZoneOffset.UTC).channelNames())
        .containsExactly("paris_week_sin", "paris_week_cos");
    assertThatThrownBy(() -> new Calendar("", List.of(Cycle.DAY, Cycle.DAY), ZoneOffset.UTC))
        .hasMessage(
            "a calendar must have 1 to 3 different cycles of day, week, year, got [DAY, DAY]");
  }
}
