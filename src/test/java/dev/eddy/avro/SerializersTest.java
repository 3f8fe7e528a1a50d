package dev.eddy.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.avro.ScoreSchema.Column;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SerializersTest {
  private static final ScoreSchema SCHEMA =
      ScoreSchema.of("S", "a.b", List.of(Column.ofFloat("x"), Column.ofDouble("y").orNull()));

  private final MockRegistry registry = new MockRegistry();

  @AfterEach
  void dropRegistry() {
    registry.close();
  }

  @Test
  void shouldWriteScoresThatReadBackAsRecords() {
    try (ScoreSerializer writer = new ScoreSerializer(SCHEMA, registry.settings());
        RecordDeserializer reader = new RecordDeserializer(registry.settings())) {
      Score score = SCHEMA.score(99, 3, "m/1").setFloat(0, 0.5f);
      GenericRecord read = reader.deserialize("scores", writer.serialize("scores", score));
      assertThat(read.get("time")).isEqualTo(99L);
      assertThat(read.get("frame")).isEqualTo(3L);
      assertThat(read.get("model")).hasToString("m/1");
      assertThat(read.get("x")).isEqualTo(0.5f);
      assertThat(read.get("y")).isNull();
      assertThat(score).isEqualTo(read);
      assertThat(writer.serialize("scores", null)).isNull();
    }
  }

  @Test
  void shouldRegisterUnderTheTopicsSubjectBeforeTheFirstRecord() throws Exception {
    try (ScoreSerializer writer = new ScoreSerializer(SCHEMA, registry.settings())) {
      writer.register("scores");
      writer.register("scores");
      assertThat(registry.client().getAllSubjects()).containsExactly("scores-value");
      assertThat(registry.client().getAllVersions("scores-value")).hasSize(1);
      assertThat(
              new Schema.Parser()
                  .parse(registry.client().getLatestSchemaMetadata("scores-value").getSchema()))
          .isEqualTo(SCHEMA.avro());
    }
  }

  @Test
  void shouldRegisterUnderTheSubjectThatANamingStrategySays() throws Exception {
    RegistrySettings settings =
        registry.settings(
            Map.of(
                "value.subject.name.strategy",
                "io.confluent.kafka.serializers.subject.RecordNameStrategy"));
    try (ScoreSerializer writer = new ScoreSerializer(SCHEMA, settings)) {
      writer.register("scores");
      assertThat(registry.client().getAllSubjects()).containsExactly("a.b.S");
    }
  }

  @Test
  void shouldRefuseASchemaThatIsNotThereWhenItMayNotRegister() {
    RegistrySettings settings = registry.settings(Map.of("auto.register.schemas", "false"));
    try (ScoreSerializer writer = new ScoreSerializer(SCHEMA, settings);
        ScoreSerializer registering = new ScoreSerializer(SCHEMA, registry.settings())) {
      assertThatThrownBy(() -> writer.register("scores"))
          .isInstanceOf(IncompatibleSchemaException.class)
          .hasMessage(
              "schema registry "
                  + settings.url()
                  + ", subject \"scores-value\": the schema is not registered there; register it,"
                  + " or set auto.register.schemas=true");
      registering.register("scores");
      writer.register("scores");
    }
  }

  @Test
  void shouldRefuseALatestVersionThatCantTakeItsPlace() throws Exception {
    registry.register("scores", new Schema.Parser().parse("\"string\""));
    RegistrySettings settings =
        registry.settings(Map.of("auto.register.schemas", "false", "use.latest.version", "true"));
    try (ScoreSerializer writer = new ScoreSerializer(SCHEMA, settings)) {
      assertThatThrownBy(() -> writer.register("scores"))
          .isInstanceOf(IncompatibleSchemaException.class)
          .hasMessageContaining("subject \"scores-value\": its latest version can't take the place")
          .hasMessageContaining("\"a.b.S\"");
    }
  }

  @Test
  void shouldNameTheColumnThatWasNeverSet() {
    try (ScoreSerializer writer = new ScoreSerializer(SCHEMA, registry.settings())) {
      assertThatThrownBy(() -> writer.serialize("scores", SCHEMA.score(0, 0, "m/1")))
          .isInstanceOf(SerializationException.class)
          .hasMessageStartingWith("record \"a.b.S\" can't be written to topic \"scores\": ")
          .hasMessageContaining("x");
    }
  }

  @Test
  void shouldFeedRowsAsRecords() throws Exception {
    RowSchema rows =
        RowSchema.of(
            "Row",
            "",
            List.of(
                new RowSchema.Column("at", RowSchema.Kind.TIMESTAMP_MILLIS),
                new RowSchema.Column("bed temp", RowSchema.Kind.DOUBLE),
                new RowSchema.Column("mode", RowSchema.Kind.STRING)));
    assertThat(rows.fieldNames()).containsExactly("at", "bed_temp", "mode");
    InputMapping mapping =
        InputMapping.of(
                ChannelSpec.numeric("t", "bed_temp").withBad(BadValue.HOLD),
                ChannelSpec.token("m", "mode", List.of("A", "B")))
            .withTime(EventTime.of("at"));
    try (RecordSerializer writer = new RecordSerializer(registry.settings());
        ObservationDeserializer reader =
            new ObservationDeserializer(mapping, registry.settings())) {
      writer.register("in", rows.avro());
      assertThat(registry.client().getAllSubjects()).containsExactly("in-value");
      Observation row = reader.deserialize("in", writer.serialize("in", rows.row(7L, 1.5, "B")));
      assertThat(row.frame()).containsExactly(1.5f, 1f);
      assertThat(row.timeMs()).isEqualTo(7);
      Observation gap = reader.deserialize("in", writer.serialize("in", rows.row(8L, null, "A")));
      assertThat(gap.frame()).containsExactly(Float.NaN, 0f);
      assertThatThrownBy(() -> writer.serialize("in", rows.row("now", 1.5, "B")))
          .isInstanceOf(SerializationException.class)
          .hasMessageContaining("record \"Row\" can't be written to topic \"in\"");
    }
  }

  @Test
  void shouldRefuseTablesThatMakeNoRecord() {
    RowSchema.Column a = new RowSchema.Column("a b", RowSchema.Kind.DOUBLE);
    assertThatThrownBy(() -> RowSchema.of("R", "", List.of()))
        .hasMessage("a table must have at least 1 column, got none");
    assertThatThrownBy(
            () -> RowSchema.of("R", "", List.of(a, new RowSchema.Column("a_b", a.kind()))))
        .hasMessage("column \"a_b\": there is a field \"a_b\" already");
    assertThatThrownBy(() -> RowSchema.of("R", "", List.of(a)).row(1.0, 2.0))
        .hasMessage("a row must have 1 cells, got 2");
  }

  @Test
  void shouldMakeAnExampleOfAnySchema() {
    Schema schema =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Tree", "fields": [
                  {"name": "u", "type": ["Tree", "int"]},
                  {"name": "o", "type": ["Tree", "null"]},
                  {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A"]}},
                  {"name": "f", "type": {"type": "fixed", "name": "F", "size": 3}},
                  {"name": "a", "type": {"type": "array", "items": "Tree"}},
                  {"name": "m", "type": {"type": "map", "values": "Tree"}},
                  {"name": "b", "type": "bytes"},
                  {"name": "t", "type": "boolean"}]}
                """);
    try (RecordSerializer writer = new RecordSerializer(registry.settings());
        RecordDeserializer reader = new RecordDeserializer(registry.settings())) {
      writer.register("trees", schema);
      GenericRecord example = (GenericRecord) AvroWriter.example(schema);
      assertThat(reader.deserialize("trees", writer.serialize("trees", example)))
          .isEqualTo(example);
    }
  }
}
