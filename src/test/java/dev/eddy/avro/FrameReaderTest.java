package dev.eddy.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
  private static final Schema READING =
      parse(
          """
          {"type": "record", "name": "Reading", "fields": [
            {"name": "i", "type": "int"},
            {"name": "l", "type": "long"},
            {"name": "f", "type": "float"},
            {"name": "d", "type": ["null", "double"]},
            {"name": "b", "type": "boolean"},
            {"name": "dec", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
            {"name": "fix", "type": ["null", {"type": "fixed", "name": "F4", "size": 4, "logicalType": "decimal", "precision": 9, "scale": 3}]},
            {"name": "raw", "type": "bytes"},
            {"name": "s", "type": ["string", "null"]},
            {"name": "mode", "type": {"type": "enum", "name": "Mode", "symbols": ["RUN", "IDLE", "OFF"]}},
            {"name": "motor", "type": ["null", {"type": "record", "name": "Motor", "fields": [
              {"name": "temp", "type": "double"},
              {"name": "axes", "type": {"type": "array", "items": ["null", "float"]}}]}]},
            {"name": "tags", "type": {"type": "map", "values": "double"}},
            {"name": "axes", "type": {"type": "array", "items": "double"}}]}
          """);

  private static Schema parse(String json) {
    return new Schema.Parser().parse(json);
  }

  private static GenericRecord reading() {
    GenericRecord motor =
        new GenericData.Record(READING.getField("motor").schema().getTypes().get(1));
    motor.put("temp", 71.5);
    motor.put("axes", new java.util.ArrayList<>(Arrays.asList(1f, null, 3f)));
    GenericRecord reading = new GenericData.Record(READING);
    reading.put("i", -3);
    reading.put("l", 1L << 40);
    reading.put("f", 0.1f);
    reading.put("d", 2.5);
    reading.put("b", true);
    reading.put("dec", ByteBuffer.wrap(new BigDecimal("-12.34").unscaledValue().toByteArray()));
    Schema fixed = READING.getField("fix").schema().getTypes().get(1);
    reading.put("fix", new GenericData.Fixed(fixed, new byte[] {0, 0, 5, 57}));
    reading.put("raw", ByteBuffer.wrap(new byte[] {1, 2}));
    reading.put("s", new Utf8("IDLE"));
    reading.put("mode", new GenericData.EnumSymbol(READING.getField("mode").schema(), "OFF"));
    reading.put("motor", motor);
    reading.put("tags", Map.of(new Utf8("load"), 0.75));
    reading.put("axes", List.of(1d, 2d, 3d));
    return reading;
  }

  private static float[] read(GenericRecord record, ChannelSpec... channels) {
    FrameReader reader = new FrameReader(InputMapping.of(channels));
    float[] frame = new float[reader.frameSize()];
    Arrays.fill(frame, Float.NaN);
    reader.read(record, frame, 0);
    return frame;
  }

  private static ChannelSpec.Numeric number(String field) {
    return ChannelSpec.numeric("x", field);
  }

  private static BadRecordException fault(GenericRecord record, ChannelSpec channel) {
    return catchThrowableOfType(BadRecordException.class, () -> read(record, channel));
  }

  @Test
  void shouldReadNumbersOfEveryType() {
    assertThat(read(reading(), number("i"))).containsExactly(-3f);
    assertThat(read(reading(), number("l"))).containsExactly((float) (1L << 40));
    assertThat(read(reading(), number("f"))).containsExactly(0.1f);
    assertThat(read(reading(), number("d"))).containsExactly(2.5f);
    assertThat(read(reading(), number("b"))).containsExactly(1f);
    assertThat(read(reading(), number("dec"))).containsExactly(-12.34f);
    assertThat(read(reading(), number("fix"))).containsExactly(1.337f);
  }

  @Test
  void shouldReadNestedPathsThroughUnionsArraysAndMaps() {
    assertThat(read(reading(), number("motor.temp"))).containsExactly(71.5f);
    assertThat(read(reading(), number("motor.axes[2]"))).containsExactly(3f);
    assertThat(read(reading(), number("axes[1]"))).containsExactly(2f);
    assertThat(read(reading(), number("tags.load"))).containsExactly(0.75f);
  }

  @Test
  void shouldScaleInDouble() {
    GenericRecord record = reading();
    record.put("d", 1e9 + 0.5);
    assertThat(read(record, number("d").scaled(1e9, 0.25))).containsExactly(2f);
  }

  @Test
  void shouldWriteAtTheOffsetAndNowhereElse() {
    float[] frame = {9, 9, 9, 9, 9};
    FrameReader reader =
        new FrameReader(
            InputMapping.of(ChannelSpec.oneHot("m", "mode", List.of("RUN", "IDLE", "OFF"))));
    reader.read(reading(), frame, 1);
    assertThat(frame).containsExactly(9, 0, 0, 1, 9);
    assertThatThrownBy(() -> reader.read(reading(), frame, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void shouldReadWordsFromEnumsStringsIntegersAndBooleans() {
    assertThat(read(reading(), ChannelSpec.oneHot("m", "mode", List.of("RUN", "OFF"))))
        .containsExactly(0, 1);
    assertThat(read(reading(), ChannelSpec.token("s", "s", List.of("RUN", "IDLE"))))
        .containsExactly(1);
    assertThat(read(reading(), ChannelSpec.token("i", "i", List.of("0", "-3")))).containsExactly(1);
    assertThat(read(reading(), ChannelSpec.token("b", "b", List.of("true", "false"))))
        .containsExactly(0);
    GenericRecord numbers = reading();
    numbers.put("d", 3.0);
    assertThat(read(numbers, ChannelSpec.token("d", "d", List.of("2.5", "3")))).containsExactly(1);
    assertThat(read(reading(), ChannelSpec.token("d", "d", List.of("2.5", "3"))))
        .containsExactly(0);
    numbers.put("d", Double.NaN);
    assertThat(
            fault(numbers, ChannelSpec.token("d", "d", List.of("a", "b")).withOther("b")).reason())
        .isEqualTo("is the number NaN; accepted: a, b");
    GenericRecord javaString = reading();
    javaString.put("s", "RUN");
    assertThat(read(javaString, ChannelSpec.token("s", "s", List.of("IDLE", "RUN"))))
        .containsExactly(1);
  }

  @Test
  void shouldReadArraysScaled() {
    assertThat(read(reading(), ChannelSpec.array("a", "axes", 3).scaled(1, 2)))
        .containsExactly(0f, 0.5f, 1f);
  }

  @Test
  void shouldNameTheFieldTheReasonAndWhatIsAccepted() {
    assertThat(fault(reading(), number("motor.speed")))
        .hasMessage("field \"motor.speed\": is missing in record \"Motor\"; accepted: a number");
    BadRecordException missing = fault(reading(), number("speed"));
    assertThat(missing.field()).contains("speed");
    assertThat(missing.reason()).isEqualTo("is missing in record \"Reading\"; accepted: a number");
    assertThat(missing.getStackTrace()).isEmpty();

    GenericRecord record = reading();
    record.put("d", null);
    assertThat(fault(record, number("d"))).hasMessage("field \"d\": is null; accepted: a number");
    record.put("d", Double.NaN);
    assertThat(fault(record, number("d")))
        .hasMessage("field \"d\": is NaN; accepted: a finite number");
    record.put("d", Double.NEGATIVE_INFINITY);
    assertThat(fault(record, number("d")))
        .hasMessage("field \"d\": is -infinity; accepted: a finite number");
    record.put("d", 1e300);
    assertThat(fault(record, number("d")))
        .hasMessage(
            "field \"d\": is 1.0E300, which is too large for a float; accepted: a finite number");
    assertThat(fault(record, number("s")))
        .hasMessage("field \"s\": is the string \"IDLE\"; accepted: a number");
    assertThat(fault(record, number("raw")))
        .hasMessage("field \"raw\": is bytes (2); accepted: a number");
    assertThat(fault(record, number("motor")))
        .hasMessage("field \"motor\": is a record \"Motor\"; accepted: a number");
    assertThat(fault(record, number("axes[7]")))
        .hasMessage(
            "field \"axes[7]\": is missing: \"axes\" has 3 elements, so none at [7];"
                + " accepted: a number");
    assertThat(fault(record, number("i.x")))
        .hasMessage(
            "field \"i.x\": is missing: \"i\" is the number -3, not a record; accepted: a number");
    assertThat(fault(record, number("motor[0]")))
        .hasMessageContaining("\"motor\" is a record \"Motor\", not an array");
    assertThat(fault(record, number("tags.none"))).hasMessageContaining("is null");
    assertThat(fault(record, ChannelSpec.oneHot("m", "mode", List.of("RUN", "IDLE"))))
        .hasMessage("field \"mode\": is the enum symbol \"OFF\"; accepted: RUN, IDLE");
    assertThat(fault(record, ChannelSpec.token("m", "d", List.of("RUN"))))
        .hasMessage("field \"d\": is the number 1.0E300; accepted: RUN");
    assertThat(fault(record, ChannelSpec.array("a", "axes", 4)))
        .hasMessage("field \"axes\": is an array of 3; accepted: an array of 4 numbers");
    assertThat(fault(record, ChannelSpec.array("a", "motor.axes", 3)))
        .hasMessage("field \"motor.axes[1]\": is null; accepted: a number");
    record.put("motor", null);
    assertThat(fault(record, number("motor.temp")))
        .hasMessage(
            "field \"motor.temp\": is missing: \"motor\" is null, not a record;"
                + " accepted: a number");
  }

  @Test
  void shouldListOnlyTheFirstOfManyWords() {
    List<String> words = java.util.stream.IntStream.range(0, 50).mapToObj(i -> "w" + i).toList();
    assertThat(fault(reading(), ChannelSpec.token("m", "s", words)))
        .hasMessage(
            "field \"s\": is the string \"IDLE\"; accepted: one of 50 words:"
                + " w0, w1, w2, w3, w4, w5, w6, w7, ...");
  }

  @Test
  void shouldQuoteLongAndHostileTextOnOneShortLine() {
    GenericRecord record = reading();
    record.put("s", "a\n\u0007b\"" + "x".repeat(1_000_000));
    assertThat(fault(record, number("s")).getMessage())
        .startsWith("field \"s\": is the string \"a \\u0007b")
        .endsWith("...\"; accepted: a number")
        .hasSizeLessThan(120)
        .doesNotContain("\n");
  }

  @Test
  void shouldLeaveNaNWhereTheLastValueIsHeld() {
    GenericRecord record = reading();
    record.put("d", null);
    assertThat(read(record, number("d").withBad(BadValue.HOLD), ChannelSpec.numeric("i", "i")))
        .containsExactly(Float.NaN, -3f);
    assertThat(
            read(record, ChannelSpec.oneHot("m", "mode", List.of("A", "B")).withBad(BadValue.HOLD)))
        .containsExactly(Float.NaN, Float.NaN);
  }

  @Test
  void shouldPutTheConstantScaledLikeAnyNumber() {
    GenericRecord record = reading();
    record.put("d", Double.NaN);
    BadValue twenty = BadValue.constant(20);
    assertThat(read(record, number("d").scaled(10, 5).withBad(twenty))).containsExactly(2f);
    assertThat(read(record, number("none").withBad(twenty))).containsExactly(20f);
    assertThat(read(record, ChannelSpec.token("m", "none", List.of("A")).withBad(twenty)))
        .containsExactly(20f);
    assertThat(read(record, ChannelSpec.array("a", "axes", 2).scaled(10, 5).withBad(twenty)))
        .containsExactly(2f, 2f);
  }

  @Test
  void shouldReplaceOnlyTheBadElementOfAnArray() {
    assertThat(read(reading(), ChannelSpec.array("a", "motor.axes", 3).withBad(BadValue.HOLD)))
        .containsExactly(1f, Float.NaN, 3f);
  }

  @Test
  void shouldRefuseDecimalsOfAbsurdLength() {
    GenericRecord record = reading();
    record.put("dec", ByteBuffer.wrap(new byte[65]));
    assertThat(fault(record, number("dec")))
        .hasMessage("field \"dec\": is bytes (65); accepted: a number");
    record.put("dec", ByteBuffer.wrap(new byte[0]));
    assertThat(fault(record, number("dec"))).isNotNull();
  }

  @Test
  void shouldReadRecordsOfSeveralSchemasInTurn() {
    Schema v1 =
        parse(
            """
            {"type": "record", "name": "R", "fields": [{"name": "x", "type": "int"}]}""");
    Schema v2 =
        parse(
            """
            {"type": "record", "name": "R", "fields": [
              {"name": "y", "type": "string"}, {"name": "x", "type": ["null", "double"]}]}""");
    Schema without =
        parse(
            """
            {"type": "record", "name": "R", "fields": [{"name": "y", "type": "string"}]}""");
    GenericRecord r1 = new GenericData.Record(v1);
    r1.put("x", 1);
    GenericRecord r2 = new GenericData.Record(v2);
    r2.put("x", 2.5);
    GenericRecord r3 = new GenericData.Record(without);
    FrameReader reader = new FrameReader(InputMapping.of(number("x")));
    float[] frame = new float[1];
    for (int turn = 0; turn < 3; turn++) {
      reader.read(r1, frame, 0);
      assertThat(frame).containsExactly(1f);
      reader.read(r2, frame, 0);
      assertThat(frame).containsExactly(2.5f);
      assertThatThrownBy(() -> reader.read(r3, frame, 0))
          .hasMessage("field \"x\": is missing in record \"R\"; accepted: a number");
    }
  }

  @Test
  void shouldReadUnionsOfSeveralRecords() {
    Schema schema =
        parse(
            """
            {"type": "record", "name": "R", "fields": [{"name": "u", "type": [
              {"type": "record", "name": "A", "fields": [{"name": "t", "type": "int"}]},
              {"type": "record", "name": "B", "fields": [
                {"name": "s", "type": "string"}, {"name": "t", "type": "float"}]},
              {"type": "record", "name": "C", "fields": []}]}]}""");
    List<Schema> branches = schema.getField("u").schema().getTypes();
    GenericRecord a = new GenericData.Record(branches.get(0));
    a.put("t", 4);
    GenericRecord b = new GenericData.Record(branches.get(1));
    b.put("t", 5f);
    GenericRecord record = new GenericData.Record(schema);
    record.put("u", a);
    assertThat(read(record, number("u.t"))).containsExactly(4f);
    record.put("u", b);
    assertThat(read(record, number("u.t"))).containsExactly(5f);
    record.put("u", new GenericData.Record(branches.get(2)));
    assertThat(fault(record, number("u.t"))).hasMessageContaining("is missing in record \"C\"");
  }

  @Test
  void shouldSurviveANewSchemaObjectForEveryRecord() {
    FrameReader reader = new FrameReader(InputMapping.of(number("x")));
    float[] frame = new float[1];
    for (int i = 0; i < 2500; i++) {
      Schema schema =
          parse(
              "{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"x\", \"type\": \"int\"}]}");
      GenericRecord record = new GenericData.Record(schema);
      record.put("x", i);
      reader.read(record, frame, 0);
      assertThat(frame[0]).isEqualTo(i);
    }
  }

  @Test
  void shouldTakeLogarithms() {
    double e = Math.E;
    GenericRecord reading = reading();
    reading.put("d", e * e);
    assertThat(read(reading, number("d").with(Log.LOG).scaled(1, 2))).containsExactly(0.5f);
    assertThat(read(reading, number("l").with(Log.LOG1P)))
        .containsExactly((float) StrictMath.log1p(1L << 40));
    reading.put("d", 0.0);
    assertThat(read(reading, number("d").with(Log.LOG1P))).containsExactly(0f);
    assertThat(fault(reading, number("d").with(Log.LOG)).getMessage())
        .isEqualTo("field \"x\": is 0.0; accepted: a number above 0".replace("\"x\"", "\"d\""));
    assertThat(fault(reading, number("i").with(Log.LOG1P)).reason())
        .isEqualTo("is -3.0; accepted: a number from 0 on");
    ChannelSpec replaced = number("d").with(Log.LOG).withBad(BadValue.constant(e));
    assertThat(read(reading, replaced)).containsExactly(1f);
    assertThatThrownBy(() -> number("d").with(Log.LOG).withBad(BadValue.constant(-1)))
        .hasMessage("channel \"x\": the constant is -1.0; accepted: a number above 0");
    assertThat(read(reading, ChannelSpec.array("a", "axes", 3).with(Log.LOG1P)))
        .containsExactly(
            (float) StrictMath.log1p(1), (float) StrictMath.log1p(2), (float) StrictMath.log1p(3));
  }

  @Test
  void shouldTakeOneWordForAllOthers() {
    GenericRecord reading = reading();
    List<String> words = List.of("?", "RUN", "IDLE");
    ChannelSpec.OneHot oneHot = ChannelSpec.oneHot("m", "mode", words);
    assertThat(read(reading, oneHot.withOther("?"))).containsExactly(1, 0, 0);
    assertThat(read(reading, ChannelSpec.oneHot("s", "s", words).withOther("?")))
        .containsExactly(0, 0, 1);
    assertThat(read(reading, ChannelSpec.token("m", "mode", words).withOther("RUN")))
        .containsExactly(1);
    reading.put("s", null);
    assertThat(fault(reading, ChannelSpec.token("s", "s", words).withOther("?")).reason())
        .startsWith("is null"); // no word at all
    assertThatThrownBy(() -> oneHot.withOther("x"))
        .hasMessage("channel \"m\": other: \"x\" is not one of the words");
  }

  @Test
  void shouldTakeFloatingPointNumbersByTheirOwnSpelling() {
    Schema schema =
        SchemaBuilder.record("R").fields().requiredFloat("f").requiredDouble("d").endRecord();
    GenericRecord reading = new GenericData.Record(schema);
    reading.put("f", 0.1f);
    reading.put("d", 1.0);
    List<String> words = List.of("?", "0.1", "1.0", "2.0", "2");
    assertThat(read(reading, ChannelSpec.token("f", "f", words))).containsExactly(1);
    assertThat(read(reading, ChannelSpec.token("d", "d", words))).containsExactly(2);
    assertThat(read(reading, ChannelSpec.token("d", "d", words).withOther("?"))).containsExactly(2);
    assertThat(read(reading, ChannelSpec.oneHot("d", "d", List.of("1.0", "2.0"))))
        .containsExactly(1, 0);
    assertThat(read(reading, ChannelSpec.token("d", "d", List.of("0", "1")))).containsExactly(1);
    reading.put("d", 0.25);
    assertThat(read(reading, ChannelSpec.token("d", "d", words).withOther("?"))).containsExactly(0);
    assertThat(fault(reading, ChannelSpec.token("d", "d", words)).reason()).contains("0.25");
  }
}
