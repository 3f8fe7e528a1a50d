package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.app.embedded.LocalRegistry;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.net.ConnectException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Confluent's client does, on a real registry and, for the same answers, on the local one. */
@Timeout(120)
class RegistryProcessIT {
  private static final Schema READING =
      SchemaBuilder.record("Reading").fields().requiredFloat("pressure").endRecord();
  private static final GenericRecord RECORD =
      new GenericRecordBuilder(READING).set("pressure", 1.5f).build();

  @TempDir static Path folder;
  private static RegistryProcess real;
  private static LocalRegistry local;

  @BeforeAll
  static void startRegistries() throws Exception {
    real = RegistryProcess.start();
    local = LocalRegistry.open(folder);
  }

  @AfterAll
  static void stopRegistries() throws Exception {
    if (local != null) {
      local.close();
    }
    if (real != null) {
      real.close();
    }
  }

  static List<String> urls() {
    return List.of(real.url(), local.url());
  }

  @ParameterizedTest
  @MethodSource("urls")
  void shouldCarryARecordThereAndBack(String url) throws Exception {
    try (KafkaAvroSerializer serializer = serializer(url);
        KafkaAvroDeserializer deserializer = deserializer(url)) {
      byte[] bytes = serializer.serialize("readings", RECORD);
      assertThat(deserializer.deserialize("readings", bytes)).isEqualTo(RECORD);
      SchemaRegistryClient client = new CachedSchemaRegistryClient(url, 10);
      int id = ByteBuffer.wrap(bytes).getInt(1);
      assertThat(client.getId("readings-value", new AvroSchema(READING))).isEqualTo(id);
      assertThat(client.getSchemaById(id).rawSchema()).isEqualTo(READING);
      assertThat(client.getLatestSchemaMetadata("readings-value").getVersion()).isEqualTo(1);
      assertThat(client.getAllVersions("readings-value")).containsExactly(1);
      assertThat(client.getAllSubjects()).contains("readings-value");
    }
  }

  @ParameterizedTest
  @MethodSource("urls")
  void shouldNameAnIdThatNobodyRegistered(String url) {
    try (KafkaAvroDeserializer deserializer = deserializer(url)) {
      assertThatThrownBy(() -> deserializer.deserialize("readings", recordOf(987_654)))
          .isExactlyInstanceOf(SerializationException.class)
          .cause()
          .isInstanceOfSatisfying(
              RestClientException.class,
              e -> {
                assertThat(e.getStatus()).isEqualTo(404);
                assertThat(e.getErrorCode()).isEqualTo(40403);
              });
    }
  }

  @ParameterizedTest
  @MethodSource("urls")
  void shouldTellWhatDoesNotExist(String url) throws Exception {
    SchemaRegistryClient client = new CachedSchemaRegistryClient(url, 10);
    client.register("known-value", new AvroSchema(READING));
    assertThatThrownBy(() -> client.getLatestSchemaMetadata("nobody"))
        .isInstanceOfSatisfying(
            RestClientException.class, e -> assertThat(e.getErrorCode()).isEqualTo(40401));
    assertThatThrownBy(() -> client.getSchemaMetadata("known-value", 77))
        .isInstanceOfSatisfying(
            RestClientException.class, e -> assertThat(e.getErrorCode()).isEqualTo(40402));
  }

  @ParameterizedTest
  @MethodSource("urls")
  void shouldRefuseBytesThatAreNoRecord(String url) {
    try (KafkaAvroDeserializer deserializer = deserializer(url)) {
      byte[] text = "{\"pressure\": 1.5}".getBytes(StandardCharsets.US_ASCII);
      assertThatThrownBy(() -> deserializer.deserialize("readings", text))
          .isExactlyInstanceOf(SerializationException.class)
          .hasMessage("Unknown magic byte!")
          .hasNoCause();
      // Too short for magic and id is not a SerializationException: who decodes must expect both.
      for (byte[] stump : List.of(new byte[0], new byte[1], new byte[4])) {
        assertThatThrownBy(() -> deserializer.deserialize("readings", stump))
            .isExactlyInstanceOf(BufferUnderflowException.class);
      }
    }
  }

  @Test
  void shouldFailWithTheConnectionWhenTheRegistryIsGone() throws Exception {
    RegistryProcess gone = RegistryProcess.start();
    gone.close();
    try (KafkaAvroDeserializer deserializer = deserializer(gone.url());
        KafkaAvroSerializer serializer = serializer(gone.url())) {
      assertThatThrownBy(() -> deserializer.deserialize("readings", recordOf(1)))
          .isExactlyInstanceOf(SerializationException.class)
          .hasCauseInstanceOf(ConnectException.class);
      assertThatThrownBy(() -> serializer.serialize("readings", RECORD))
          .isExactlyInstanceOf(SerializationException.class)
          .hasCauseInstanceOf(ConnectException.class);
    }
  }

  private static byte[] recordOf(int id) {
    return ByteBuffer.allocate(9).put((byte) 0).putInt(id).putFloat(0).array();
  }

  private static KafkaAvroSerializer serializer(String url) {
    KafkaAvroSerializer serializer = new KafkaAvroSerializer();
    serializer.configure(Map.of("schema.registry.url", url), false);
    return serializer;
  }

  private static KafkaAvroDeserializer deserializer(String url) {
    KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer();
    deserializer.configure(Map.of("schema.registry.url", url), false);
    return deserializer;
  }
}
