package dev.eddy.app.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalRegistryTest {
  private static final Schema READING =
      SchemaBuilder.record("Reading").fields().requiredFloat("pressure").endRecord();
  private static final Schema SCORE =
      SchemaBuilder.record("Score").fields().requiredFloat("score").endRecord();
  private static final Schema SCORE_WITH_TIME =
      SchemaBuilder.record("Score")
          .fields()
          .requiredFloat("score")
          .requiredLong("time")
          .endRecord();

  @TempDir Path folder;

  @Test
  void shouldKeepIdsAndVersionsWhenOpenedAgain() throws Exception {
    try (LocalRegistry registry = LocalRegistry.open(folder)) {
      SchemaRegistryClient client = client(registry);
      assertThat(client.register("readings-value", new AvroSchema(READING))).isEqualTo(1);
      assertThat(client.register("scores-value", new AvroSchema(SCORE))).isEqualTo(2);
      assertThat(client.register("scores-value", new AvroSchema(SCORE_WITH_TIME))).isEqualTo(3);
    }
    try (LocalRegistry registry = LocalRegistry.open(folder)) {
      SchemaRegistryClient client = client(registry);
      assertThat(client.getAllSubjects()).containsExactly("readings-value", "scores-value");
      assertThat(client.getAllVersions("scores-value")).containsExactly(1, 2);
      assertThat(client.getVersion("scores-value", new AvroSchema(SCORE_WITH_TIME))).isEqualTo(2);
      assertThat(client.getSchemaById(2).rawSchema()).isEqualTo(SCORE);
      assertThat(client.getLatestSchemaMetadata("scores-value").getId()).isEqualTo(3);
      assertThat(client.getSchemaMetadata("scores-value", 1).getId()).isEqualTo(2);
      assertThat(client.register("scores-value", new AvroSchema(SCORE))).isEqualTo(2);
      assertThat(client.register("more-value", new AvroSchema(SchemaBuilder.builder().longType())))
          .isEqualTo(4);
    }
  }

  @Test
  void shouldReadDataOfAnEarlierRun() throws Exception {
    GenericRecord reading = new GenericRecordBuilder(READING).set("pressure", 1.5f).build();
    byte[] bytes;
    try (LocalRegistry registry = LocalRegistry.open(folder);
        KafkaAvroSerializer serializer = new KafkaAvroSerializer()) {
      serializer.configure(Map.of("schema.registry.url", registry.url()), false);
      bytes = serializer.serialize("readings", reading);
    }
    try (LocalRegistry registry = LocalRegistry.open(folder);
        KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer()) {
      deserializer.configure(Map.of("schema.registry.url", registry.url()), false);
      assertThat(deserializer.deserialize("readings", bytes)).isEqualTo(reading);
    }
  }

  @Test
  void shouldHaveWrittenASchemaBeforeItsIdIsKnown() throws Exception {
    try (LocalRegistry registry = LocalRegistry.open(folder)) {
      client(registry).register("readings-value", new AvroSchema(READING));
      assertThat(Files.readString(folder.resolve("schemas.jsonl")))
          .startsWith("{\"subject\":\"readings-value\",\"version\":1,\"id\":1,\"schema\":")
          .endsWith("}\n");
    }
  }

  @Test
  void shouldDropALineThatACrashCutOff() throws Exception {
    try (LocalRegistry registry = LocalRegistry.open(folder)) {
      client(registry).register("readings-value", new AvroSchema(READING));
      client(registry).register("scores-value", new AvroSchema(SCORE));
    }
    Path file = folder.resolve("schemas.jsonl");
    byte[] whole = Files.readAllBytes(file);
    int firstLine = Files.readAllLines(file).get(0).length() + 1;
    for (int cut = firstLine; cut < whole.length; cut++) {
      Files.write(file, Arrays.copyOf(whole, cut));
      try (SchemaLog log = SchemaLog.open(file)) {
        assertThat(log.subjects()).containsExactly("readings-value");
      }
      assertThat(file).hasSize(firstLine);
    }
    try (LocalRegistry registry = LocalRegistry.open(folder)) {
      assertThat(client(registry).register("scores-value", new AvroSchema(SCORE))).isEqualTo(2);
    }
    assertThat(file).hasBinaryContent(whole);
  }

  @Test
  void shouldRefuseALineThatIsNotOurs() throws Exception {
    try (LocalRegistry registry = LocalRegistry.open(folder)) {
      client(registry).register("readings-value", new AvroSchema(READING));
    }
    Path file = folder.resolve("schemas.jsonl");
    String good = Files.readString(file);
    Map<String, String> bad =
        Map.of(
            "garbage",
            "Unrecognized token 'garbage'",
            "{\"subject\":\"s\",\"version\":1,\"id\":1,\"schema\":\"\\\"int\\\"\",\"references\":[]}",
            "id 1 belongs to another schema",
            good.strip(),
            "version 1 of \"readings-value\" is there twice",
            good.strip().replace("\"id\":1", "\"id\":0"),
            "subject, version, id and schema are needed");
    for (Map.Entry<String, String> line : bad.entrySet()) {
      Files.writeString(file, good + line.getKey() + "\n");
      assertThatThrownBy(() -> LocalRegistry.open(folder))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(file + ":2: not a registered schema: ")
          .hasMessageContaining(line.getValue());
    }
    Files.writeString(file, good, StandardOpenOption.TRUNCATE_EXISTING);
    LocalRegistry.open(folder).close();
  }

  @Test
  void shouldGiveOneSchemaOneIdUnderAllSubjects() throws Exception {
    try (LocalRegistry registry = LocalRegistry.open(folder)) {
      List<Integer> ids =
          IntStream.range(0, 40)
              .parallel()
              .mapToObj(i -> registered(registry, "subject-" + i % 8))
              .distinct()
              .toList();
      assertThat(ids).containsExactly(1);
      assertThat(client(registry).getAllSubjectsById(1)).hasSize(8);
      assertThat(client(registry).getAllVersions("subject-3")).containsExactly(1);
      assertThat(Files.readAllLines(folder.resolve("schemas.jsonl"))).hasSize(8);
    }
  }

  @Test
  void shouldTakeAnySubjectName() throws Exception {
    String odd = "a/b c+d%2F:e-value";
    try (LocalRegistry registry = LocalRegistry.open(folder)) {
      client(registry).register(odd, new AvroSchema(READING));
      assertThat(client(registry).getAllSubjects()).containsExactly(odd);
      assertThat(client(registry).getLatestSchemaMetadata(odd).getId()).isEqualTo(1);
    }
  }

  @Test
  void shouldAnswerWithTheCodesOfConfluentsRegistry() throws Exception {
    try (LocalRegistry registry = LocalRegistry.open(folder)) {
      SchemaRegistryClient client = client(registry);
      assertRefused(() -> client.getSchemaById(99), 404, 40403);
      assertRefused(() -> client.getLatestSchemaMetadata("nobody"), 404, 40401);
      client.register("readings-value", new AvroSchema(READING));
      assertRefused(() -> client.getSchemaMetadata("readings-value", 7), 404, 40402);
      assertRefused(() -> client.getId("readings-value", new AvroSchema(SCORE)), 404, 40403);
      assertRefused(() -> client.deleteSubject("readings-value"), 404, 404);
      assertThat(client.getCompatibility("readings-value")).isEqualTo("NONE");
      assertThat(client.testCompatibility("readings-value", new AvroSchema(SCORE))).isTrue();
    }
  }

  @Test
  void shouldRefuseAFolderThatIsInUse() throws Exception {
    LocalRegistry owner = LocalRegistry.open(folder);
    assertThatThrownBy(() -> LocalRegistry.open(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("in use by process " + ProcessHandle.current().pid());
    owner.close();
    LocalRegistry.open(folder).close();
  }

  private static int registered(LocalRegistry registry, String subject) {
    try {
      return client(registry).register(subject, new AvroSchema(READING));
    } catch (IOException | RestClientException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertRefused(ThrowingCallable call, int status, int code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RestClientException.class,
            e -> {
              assertThat(e.getStatus()).isEqualTo(status);
              assertThat(e.getErrorCode()).isEqualTo(code);
            });
  }

  private static SchemaRegistryClient client(LocalRegistry registry) {
    return new CachedSchemaRegistryClient(registry.url(), 100);
  }
}
