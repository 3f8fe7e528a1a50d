package dev.eddy.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.client.rest.entities.Config;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ObservationDeserializerTest {
  private static final Schema V1 =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Reading", "fields": [
                {"name": "time", "type": {"type": "long", "logicalType": "timestamp-micros"}},
                {"name": "temp", "type": "float"},
                {"name": "dec", "type": {"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2}},
                {"name": "mode", "type": {"type": "enum", "name": "Mode", "symbols": ["RUN", "IDLE"]}},
                {"name": "axes", "type": {"type": "array", "items": "float"}}]}
              """);

  /** The axes are doubles now, the temperature has moved into a motor of its own. */
  private static final Schema V2 =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Reading", "fields": [
                {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                {"name": "mode", "type": "string"},
                {"name": "motor", "type": {"type": "record", "name": "Motor", "fields": [
                  {"name": "temp", "type": ["null", "double"]}]}},
                {"name": "axes", "type": {"type": "array", "items": "double"}}]}
              """);

  private static final InputMapping MAPPING =
      InputMapping.of(
              ChannelSpec.numeric("temp", "temp").withBad(BadValue.HOLD),
              ChannelSpec.oneHot("mode", "mode", List.of("RUN", "IDLE")),
              ChannelSpec.array("axis", "axes", 2))
          .withTime(EventTime.of("time"));

  private final MockRegistry registry = new MockRegistry();

  @AfterEach
  void dropRegistry() {
    registry.close();
  }

  private static GenericRecord v1() {
    GenericRecord record = new GenericData.Record(V1);
    record.put("time", 5_000_999L);
    record.put("temp", 20.5f);
    record.put("dec", java.nio.ByteBuffer.wrap(new byte[] {1}));
    record.put("mode", new GenericData.EnumSymbol(V1.getField("mode").schema(), "IDLE"));
    record.put("axes", List.of(1f, 2f));
    return record;
  }

  private static GenericRecord v2() {
    GenericRecord motor = new GenericData.Record(V2.getField("motor").schema());
    motor.put("temp", 30d);
    GenericRecord record = new GenericData.Record(V2);
    record.put("time", 6_000L);
    record.put("mode", "RUN");
    record.put("motor", motor);
    record.put("axes", List.of(3d, 4d));
    return record;
  }

  @Test
  void shouldDecodeTwoSchemasInOneTopicInTurn() throws Exception {
    registry.client().updateConfig("in-value", new Config("NONE"));
    try (RecordSerializer writer = new RecordSerializer(registry.settings());
        ObservationDeserializer reader =
            new ObservationDeserializer(MAPPING, registry.settings())) {
      byte[] first = writer.serialize("in", v1());
      byte[] second = writer.serialize("in", v2());
      for (int turn = 0; turn < 2; turn++) {
        Observation one = reader.deserialize("in", new RecordHeaders(), first);
        assertThat(one.timeMs()).isEqualTo(5_000);
        assertThat(one.frame()).containsExactly(20.5f, 0, 1, 1, 2);
        Observation two = reader.deserialize("in", second);
        assertThat(two.timeMs()).isEqualTo(6_000);
        assertThat(two.frame()).containsExactly(Float.NaN, 1, 0, 3, 4);
      }
    }
  }

  @Test
  void shouldDecodeTheSameWithLogicalTypeConverters() {
    RegistrySettings converting =
        registry.settings(Map.of("avro.use.logical.type.converters", "true"));
    InputMapping mapping =
        InputMapping.of(ChannelSpec.numeric("dec", "dec")).withTime(EventTime.of("time"));
    try (RecordSerializer writer = new RecordSerializer(registry.settings())) {
      byte[] value = writer.serialize("in", v1());
      for (RegistrySettings settings : List.of(registry.settings(), converting)) {
        try (ObservationDeserializer reader = new ObservationDeserializer(mapping, settings)) {
          Observation read = reader.deserialize("in", value);
          assertThat(read.frame()).containsExactly(0.01f);
          assertThat(read.timeMs()).isEqualTo(5_000);
        }
      }
    }
  }

  @Test
  void shouldGiveAFrameThatIsTheCallersOwn() {
    try (RecordSerializer writer = new RecordSerializer(registry.settings());
        ObservationDeserializer reader =
            new ObservationDeserializer(MAPPING, registry.settings())) {
      byte[] value = writer.serialize("in", v1());
      Observation one = reader.deserialize("in", value);
      assertThat(one.frame()).isSameAs(one.frame());
      assertThat(reader.deserialize("in", value).frame()).isNotSameAs(one.frame());
    }
  }

  @Test
  void shouldKeepATombstoneATombstone() {
    try (ObservationDeserializer reader =
        new ObservationDeserializer(MAPPING, registry.settings())) {
      assertThat(reader.deserialize("in", null)).isNull();
      assertThat(reader.deserialize("in", new RecordHeaders(), (byte[]) null)).isNull();
    }
  }

  @Test
  void shouldRefuseValuesThatAreNoRecord() throws Exception {
    int text = registry.register("text", Schema.create(Schema.Type.STRING));
    int bytes = registry.register("bytes", Schema.create(Schema.Type.BYTES));
    try (ObservationDeserializer reader =
        new ObservationDeserializer(MAPPING, registry.settings())) {
      assertThatThrownBy(
              () -> reader.deserialize("in", MockRegistry.value(text, (byte) 2, (byte) 'a')))
          .isInstanceOf(BadRecordException.class)
          .hasMessage("value: is the string \"a\"; accepted: a record");
      assertThatThrownBy(() -> reader.deserialize("in", MockRegistry.value(bytes, (byte) 2)))
          .isInstanceOf(BadRecordException.class)
          .hasMessage("value: is bytes (1); accepted: a record");
    }
  }

  @Test
  void shouldRefuseAnUnknownSchemaId() {
    try (ObservationDeserializer reader =
        new ObservationDeserializer(MAPPING, registry.settings())) {
      assertThatThrownBy(() -> reader.deserialize("in", MockRegistry.value(4711, (byte) 0)))
          .isInstanceOf(BadRecordException.class)
          .hasMessage("value: schema id 4711 is not in the registry " + registry.settings().url());
    }
  }

  @Test
  void shouldDecodeFromManyThreadsAtOnce() throws Exception {
    registry.client().updateConfig("in-value", new Config("NONE"));
    try (RecordSerializer writer = new RecordSerializer(registry.settings());
        ObservationDeserializer reader =
            new ObservationDeserializer(MAPPING, registry.settings())) {
      byte[] first = writer.serialize("in", v1());
      byte[] second = writer.serialize("in", v2());
      var executor = java.util.concurrent.Executors.newFixedThreadPool(4);
      try {
        List<java.util.concurrent.Callable<Void>> tasks =
            java.util.Collections.nCopies(
                4,
                () -> {
                  for (int i = 0; i < 2000; i++) {
                    assertThat(reader.deserialize("in", first).frame()[0]).isEqualTo(20.5f);
                    assertThat(reader.deserialize("in", second).frame()[3]).isEqualTo(3f);
                  }
                  return null;
                });
        for (var done : executor.invokeAll(tasks)) {
          done.get();
        }
      } finally {
        executor.shutdownNow();
      }
    }
  }
}
