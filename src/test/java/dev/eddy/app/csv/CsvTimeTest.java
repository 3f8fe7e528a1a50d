package dev.eddy.app.csv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.avro.EventTime;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTimeTest {

  @ParameterizedTest
  @CsvSource({
    "2013-12-02 21:15:00, 2013-12-02T21:15:00Z",
    "2013-12-02 21:15, 2013-12-02T21:15:00Z",
    "2013-12-02T21:15:00, 2013-12-02T21:15:00Z",
    "2013-12-02T21:15:00Z, 2013-12-02T21:15:00Z",
    "2013-12-02T21:15:00.25+02:00, 2013-12-02T19:15:00.250Z",
    "' 2013-12-02 21:15:00.123456 ', 2013-12-02T21:15:00.123Z",
    "2013-12-02, 2013-12-02T00:00:00Z",
    "1386018900000, 2013-12-02T21:15:00Z",
    "2012-02-29, 2012-02-29T00:00:00Z",
    "2013-04-30 24:00, 2013-05-01T00:00:00Z",
    "0, 1970-01-01T00:00:00Z",
    "1250, 1970-01-01T00:00:01.250Z",
  })
  void shouldReadUsualTimes(String text, String expected) {
    assertThat(new CsvTime(EventTime.of("t")).millis(text))
        .hasValue(Instant.parse(expected).toEpochMilli());
  }

  @Test
  void shouldReadByPatternInAZone() {
    EventTime time = new EventTime("t", Optional.of("dd/MM/yyyy HH:mm"), ZoneId.of("Europe/Paris"));
    assertThat(new CsvTime(time).millis("02/07/2014 12:00"))
        .hasValue(Instant.parse("2014-07-02T10:00:00Z").toEpochMilli());
    assertThat(new CsvTime(time).millis("2014-07-02 12:00")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yesterday",
        "2013-13-02",
        "2013-02-29",
        "2013-04-31 12:00",
        "1969-12-31",
        "2013-12-02 25:00:00",
        "-12"
      })
  void shouldTellWhatIsNoTime(String text) {
    assertThat(new CsvTime(EventTime.of("t")).millis(text)).isEmpty();
  }

  @Test
  void shouldWriteMillisecondsOnlyWhereThereAreAny() {
    assertThat(CsvTime.text(Instant.parse("2013-12-02T21:15:00Z").toEpochMilli()))
        .isEqualTo("2013-12-02 21:15:00");
    assertThat(CsvTime.text(Instant.parse("2013-12-02T21:15:00.05Z").toEpochMilli()))
        .isEqualTo("2013-12-02 21:15:00.050");
  }
}
