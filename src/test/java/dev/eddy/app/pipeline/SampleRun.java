package dev.eddy.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.app.terminal.Terminal;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.kernel.KernelBackend;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/**
 * A config's pipeline over a CSV file, without a broker.
 *
 * @param rows what was fed, a record a row of the file
 * @param scores what came out
 * @param deadLetters what could not be used
 */
record SampleRun(List<Row> rows, List<Row> scores, List<TestRecord<byte[], byte[]>> deadLetters) {

  /** A record and its key. */
  record Row(String key, long timeMs, GenericRecord value) {
    double number(String column) {
      return ((Number) value.get(column)).doubleValue();
    }

    String text(String column) {
      Object cell = value.get(column);
      return cell == null ? null : cell.toString();
    }
  }

  /** Runs the config over the file to its end. */
  static SampleRun of(Path configFile, Path csv) {
    PipelineConfig config = PipelineConfig.read(configFile);
    String scope = UUID.randomUUID().toString();
    RegistrySettings registry = RegistrySettings.at("mock://" + scope);
    Pipeline pipeline =
        config.pipeline(
            config.scoring(config.model().read()), registry, KernelBackend.find().kernels());
    try (KafkaAvroDeserializer avro = new KafkaAvroDeserializer()) {
      avro.configure(Map.of("schema.registry.url", "mock://" + scope), false);
      return of(config, csv, pipeline, registry, scope, avro);
    } finally {
      MockSchemaRegistry.dropScope(scope);
    }
  }

  private static SampleRun of(
      PipelineConfig config,
      Path csv,
      Pipeline pipeline,
      RegistrySettings registry,
      String scope,
      KafkaAvroDeserializer avro) {
    Properties settings = new Properties();
    settings.putAll(config.streamsSettings());
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, config.applicationId());
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:9092");
    settings.put(StreamsConfig.STATE_DIR_CONFIG, "target/test-state/" + scope);
    List<Row> rows = new ArrayList<>();
    List<Row> scores = new ArrayList<>();
    try (TopologyTestDriver driver =
        new TopologyTestDriver(pipeline.topology(), settings, Instant.EPOCH)) {
      TestInputTopic<byte[], byte[]> in =
          driver.createInputTopic(
              config.input().topic(), new ByteArraySerializer(), new ByteArraySerializer());
      for (ProducerRecord<byte[], byte[]> record : fed(config, csv, registry)) {
        rows.add(row(record.key(), record.timestamp(), avro, record.topic(), record.value()));
        in.pipeInput(record.key(), record.value(), record.timestamp());
      }
      pipeline.drain();
      driver.advanceWallClockTime(Duration.ofMinutes(10));
      ByteArrayDeserializer bytes = new ByteArrayDeserializer();
      driver
          .createOutputTopic(config.output().topic(), bytes, bytes)
          .readRecordsToList()
          .forEach(r -> scores.add(row(r.key(), r.timestamp(), avro, "out", r.value())));
      String dead = config.deadLetterTopic();
      return new SampleRun(
          rows,
          scores,
          driver.producedTopicNames().contains(dead)
              ? driver.createOutputTopic(dead, bytes, bytes).readRecordsToList()
              : List.of());
    }
  }

  /** The records that the command line would send for the file. */
  static List<ProducerRecord<byte[], byte[]>> fed(
      PipelineConfig config, Path csv, RegistrySettings registry) {
    StringWriter messages = new StringWriter();
    Terminal terminal =
        new Terminal(OutputStream.nullOutputStream(), new PrintWriter(messages), false);
    try (CsvFeed feed = CsvFeed.open(config, csv, terminal);
        MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer())) {
      feed.send(producer, registry, () -> {});
      assertThat(messages.toString()).isEmpty();
      return producer.history();
    }
  }

  private static Row row(
      byte[] key, long timeMs, KafkaAvroDeserializer avro, String topic, byte[] value) {
    return new Row(
        new String(key, StandardCharsets.UTF_8),
        timeMs,
        (GenericRecord) avro.deserialize(topic, value));
  }
}
