package dev.eddy.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTimeTest {
  private static final long NOON = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static GenericRecord record(String type, Object value) {
    Schema schema =
        new Schema.Parser()
            .parse(
                "{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"t\", \"type\": "
                    + type
                    + "}, {\"name\": \"x\", \"type\": \"int\", \"default\": 0}]}");
    GenericRecord record = new GenericData.Record(schema);
    record.put("t", value);
    return record;
  }

  private static long read(EventTime time, String type, Object value) {
    return new FrameReader(InputMapping.of(ChannelSpec.numeric("x", "x")).withTime(time))
        .timeMs(record(type, value));
  }

  private static String logical(String name) {
    return "[\"null\", {\"type\": \"long\", \"logicalType\": \"" + name + "\"}]";
  }

  @Test
  void shouldLeaveTheTimeToTheKafkaRecordWhenNoFieldIsNamed() {
    FrameReader reader = new FrameReader(InputMapping.of(ChannelSpec.numeric("x", "x")));
    assertThat(reader.timeMs(record("\"long\"", 5L))).isEqualTo(Observation.NO_TIME);
  }

  @Test
  void shouldReadLongsByTheirLogicalType() {
    EventTime t = EventTime.of("t");
    assertThat(read(t, "\"long\"", NOON)).isEqualTo(NOON);
    assertThat(read(t, logical("timestamp-millis"), NOON)).isEqualTo(NOON);
    assertThat(read(t, logical("timestamp-micros"), NOON * 1000 + 999)).isEqualTo(NOON);
    assertThat(read(t, logical("timestamp-nanos"), NOON * 1_000_000 + 999_999)).isEqualTo(NOON);
    EventTime berlin = new EventTime("t", Optional.empty(), BERLIN);
    assertThat(read(berlin, logical("local-timestamp-millis"), NOON)).isEqualTo(NOON - 3_600_000);
    assertThat(read(berlin, logical("timestamp-millis"), NOON)).isEqualTo(NOON);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-01T12:00:00Z, 2026-03-01T12:00:00Z",
    "2026-03-01T12:00:00.250+02:00, 2026-03-01T10:00:00.250Z",
    "2026-03-01T12:00, 2026-03-01T12:00:00Z",
    "2026-03-01, 2026-03-01T00:00:00Z"
  })
  void shouldReadIsoStrings(String text, Instant expected) {
    assertThat(read(EventTime.of("t"), "\"string\"", new Utf8(text)))
        .isEqualTo(expected.toEpochMilli());
  }

  @Test
  void shouldReadStringsByPatternInTheZone() {
    String pattern = "dd.MM.yyyy HH:mm:ss";
    String text = "01.03.2026 12:00:00";
    assertThat(read(EventTime.of("t", pattern), "\"string\"", text)).isEqualTo(NOON);
    EventTime berlin = new EventTime("t", Optional.of(pattern), BERLIN);
    assertThat(read(berlin, "\"string\"", text)).isEqualTo(NOON - 3_600_000);
    assertThat(
            read(
                EventTime.of("t", "yyyy-MM-dd HH:mm XXX"), "\"string\"", "2026-03-01 13:00 +01:00"))
        .isEqualTo(NOON);
    assertThat(read(EventTime.of("t", "d MMM yyyy"), "\"string\"", "1 Mar 2026"))
        .isEqualTo(NOON - 12 * 3_600_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "d MMM yyyy",
        "yyyy-DDD HH",
        "YYYY-'W'ww-e",
        "hh:mm a, dd/MM/yy",
        "yyyyMMddHHmmssSSS",
        "EEE, d MMM yyyy HH:mm:ss Z",
        "[yyyy-MM-dd][dd.MM.yyyy] HH:mm",
      })
  void shouldTakePatternsThatNameADate(String pattern) {
    assertThat(EventTime.of("t", pattern).pattern()).contains(pattern);
  }

  @ParameterizedTest
  @ValueSource(strings = {"yyyy", "HH:mm", "dd/MM", "", "YYYY-MM-dd", "MM-dd HH:mm"})
  void shouldRefuseAPatternThatNamesNoDate(String pattern) {
    assertThatThrownBy(() -> EventTime.of("t", pattern))
        .hasMessageStartingWith("pattern \"" + pattern + "\" names no whole date: ");
  }

  /** Read as a date alone, all records of a day would be of midnight. */
  @ParameterizedTest
  @ValueSource(strings = {"yyyy-MM-dd hh:mm:ss", "yyyy-DD-mm", "yyyy-MM-dd mm:ss", "yyyyMMdd KK"})
  void shouldRefuseAPatternThatLosesTheTimeOfDay(String pattern) {
    assertThatThrownBy(() -> EventTime.of("t", pattern))
        .hasMessageContaining(" from other times of the day; write one like yyyy-MM-dd HH:mm:ss");
  }

  @Test
  void shouldTakeTheEarlierOfTwoTimesThatAClockShowsAlike() {
    EventTime berlin = new EventTime("t", Optional.empty(), BERLIN);
    assertThat(read(berlin, "\"string\"", "2026-10-25T02:30:00"))
        .isEqualTo(Instant.parse("2026-10-25T00:30:00Z").toEpochMilli());
    assertThat(read(berlin, "\"string\"", "2026-03-29T02:30:00"))
        .as("left out")
        .isEqualTo(Instant.parse("2026-03-29T01:30:00Z").toEpochMilli());
  }

  @Test
  void shouldRefuseWhatIsNoTime() {
    EventTime t = EventTime.of("t");
    assertThatThrownBy(() -> read(t, "[\"null\", \"long\"]", null))
        .isInstanceOf(BadRecordException.class)
        .hasMessage(
            "field \"t\": is null; accepted: a long of milliseconds since 1970, a timestamp,"
                + " or a string");
    assertThatThrownBy(() -> read(EventTime.of("u"), "\"long\"", 1L))
        .hasMessageStartingWith("field \"u\": is missing in record \"R\"");
    assertThatThrownBy(() -> read(t, "\"double\"", 1d))
        .hasMessageStartingWith("field \"t\": is the number 1.0; accepted: ");
    assertThatThrownBy(() -> read(t, "\"long\"", -1L))
        .hasMessage("field \"t\": is the number -1, a time before 1970; accepted: 1970 or later");
    long last = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
    assertThat(read(t, "\"long\"", last)).isEqualTo(last);
    for (long later : new long[] {last + 1, NOON * 1_000, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> read(t, "\"long\"", later))
          .hasMessage(
              "field \"t\": is the number "
                  + later
                  + ", a time after the year 9999; accepted: milliseconds since 1970, or a timestamp"
                  + " type that says micros or nanos");
    }
    assertThatThrownBy(() -> read(t, "\"string\"", "+12000-01-01T00:00Z"))
        .hasMessage(
            "field \"t\": is the string \"+12000-01-01T00:00Z\", a time after the year 9999;"
                + " accepted: up to the year 9999");
    long later = (last + 1) * 1_000;
    assertThatThrownBy(() -> read(t, logical("timestamp-micros"), later))
        .hasMessage(
            "field \"t\": is the number "
                + later
                + ", a time after the year 9999; accepted: up to the year 9999");
    assertThatThrownBy(() -> read(t, "\"string\"", "noon"))
        .hasMessage(
            "field \"t\": is the string \"noon\", which is no time;"
                + " accepted: an ISO 8601 time with a date");
    assertThatThrownBy(() -> read(EventTime.of("t", "dd.MM.yyyy"), "\"string\"", "29.02.2026"))
        .hasMessage(
            "field \"t\": is the string \"29.02.2026\", which is no time;"
                + " accepted: a time like dd.MM.yyyy");
    assertThatThrownBy(() -> read(t, "\"string\"", "2026-02-29T12:00:00"))
        .hasMessageContaining("which is no time");
    assertThatThrownBy(() -> read(EventTime.of("t", "dd.MM.yyyy"), "\"string\"", "31.02.26"))
        .hasMessage(
            "field \"t\": is the string \"31.02.26\", which is no time;"
                + " accepted: a time like dd.MM.yyyy");
  }

  @Test
  void shouldTakeTheEndOfADayOnlyOfDaysThatAreThere() {
    EventTime t = EventTime.of("t", "yyyy-MM-dd HH:mm");
    assertThat(read(t, "\"string\"", "2013-04-30 24:00"))
        .isEqualTo(Instant.parse("2013-05-01T00:00:00Z").toEpochMilli());
    assertThat(read(t, "\"string\"", "2012-02-29 24:00"))
        .isEqualTo(Instant.parse("2012-03-01T00:00:00Z").toEpochMilli());
    assertThat(read(t, "\"string\"", "2013-12-31 24:00"))
        .isEqualTo(Instant.parse("2014-01-01T00:00:00Z").toEpochMilli());
    for (String text : new String[] {"2013-04-31 24:00", "2013-02-29 24:00", "2012-02-30 24:00"}) {
      assertThatThrownBy(() -> read(t, "\"string\"", text))
          .hasMessageContaining("\"" + text + "\", which is no time");
    }
  }
}
