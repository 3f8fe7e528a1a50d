package dev.eddy.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.app.terminal.Terminal;
import dev.eddy.avro.RegistrySettings;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvFeedTest {
  private static final String SCOPE = "csv-feed-test";

  @TempDir Path folder;

  @AfterEach
  void dropRegistry() {
    MockSchemaRegistry.dropScope(SCOPE);
  }

  @Test
  void shouldFeedListsOfNumbersAsArrays() throws IOException {
    Path input =
        Files.writeString(
            folder.resolve("frames.csv"), "t,pixels\n1,0 1.5 -2\n2, 3  4 5 \n3,\n4,1 two 3\n");
    PipelineConfig config =
        PipelineConfig.read(
            Files.writeString(
                folder.resolve("c.yaml"),
                """
                name: camera
                model: m.yaml
                input: {topic: frames, channels: [{field: pixels, length: 3}]}
                """));
    RegistrySettings registry = RegistrySettings.at("mock://" + SCOPE);
    StringWriter messages = new StringWriter();
    Terminal terminal =
        new Terminal(OutputStream.nullOutputStream(), new PrintWriter(messages), false);
    try (CsvFeed feed = CsvFeed.open(config, input, terminal);
        MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        KafkaAvroDeserializer avro = new KafkaAvroDeserializer()) {
      avro.configure(Map.of("schema.registry.url", "mock://" + SCOPE), false);
      feed.send(producer, registry, () -> {});
      assertThat(producer.history())
          .extracting(r -> ((GenericRecord) avro.deserialize("frames", r.value())).get("pixels"))
          .containsExactly(List.of(0.0, 1.5, -2.0), List.of(3.0, 4.0, 5.0), null, null);
    }
    assertThat(messages.toString().lines())
        .containsExactly(
            input
                + ":5:2: column \"pixels\": \"1 two 3\" is not a list of numbers with spaces"
                + " between; fed as null");
  }
}
