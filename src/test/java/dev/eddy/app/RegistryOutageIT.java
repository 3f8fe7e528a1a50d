package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.avro.RecordSerializer;
import dev.eddy.avro.RegistrySettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A registry that does not answer says nothing about a record: the stream waits for it. */
@Timeout(300)
class RegistryOutageIT {
  /** The reading with one more field: another schema id. */
  private static final Schema NEW_READING =
      SchemaBuilder.record("Reading")
          .fields()
          .requiredDouble("a")
          .requiredDouble("b")
          .optionalString("note")
          .endRecord();

  @TempDir(factory = WorkFolder.class, cleanup = CleanupMode.ON_SUCCESS)
  static Path folder;

  private static ScoringServers servers;
  private static RecordSerializer records;
  private static KafkaProducer<byte[], byte[]> producer;

  @BeforeAll
  static void startServers() throws Exception {
    servers = ScoringServers.start(folder);
    records = new RecordSerializer(RegistrySettings.at(servers.registry()));
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", servers.broker()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @AfterAll
  static void stopServers() {
    if (servers != null) {
      producer.close();
      records.close();
      servers.close();
    }
  }

  /**
   * As long as the broker aborts the open transaction; the group never takes the thread for dead.
   */
  @Test
  void shouldWaitForTheSchemaOfARecordAndScoreItOnce() throws Exception {
    try (RegistryGate gate = new RegistryGate(servers.registry());
        Topics topics = new Topics("outage", servers.broker());
        ScoringProcess scoring =
            launch(
                "outage",
                gate,
                "main.consumer.session.timeout.ms=45000",
                "commit.interval.ms=2000")) {
      sendUntilTheRegistryIsMissed(topics, gate);
      Awaitility.await("the broker to have aborted the transaction")
          .atMost(Duration.ofSeconds(60))
          .until(() -> topics.nothingIsOpen(topics.out()));
      assertThat(topics.allInputIsCommitted()).isFalse();
      gate.open();
      assertAllIsScoredOnce(topics);
      assertThat(scoring.replacements()).isZero();
    }
  }

  /** Longer than its patience: the thread fails and is replaced. */
  @Test
  void shouldReplaceTheThreadThatHasWaitedTooLong() throws Exception {
    try (RegistryGate gate = new RegistryGate(servers.registry());
        Topics topics = new Topics("long-outage", servers.broker());
        ScoringProcess scoring =
            launch(
                "long-outage",
                gate,
                ScoringProcess.PATIENCE_MS + "=300",
                "commit.interval.ms=2000")) {
      sendUntilTheRegistryIsMissed(topics, gate);
      scoring.awaitReplacement();
      scoring.awaitReplacement();
      assertThat(topics.allInputIsCommitted()).isFalse();
      gate.open();
      assertAllIsScoredOnce(topics);
    }
  }

  private static ScoringProcess launch(String name, RegistryGate gate, String... settings)
      throws Exception {
    return ScoringProcess.launch(name, servers.broker(), gate.url(), servers.state(name), settings);
  }

  private static void sendUntilTheRegistryIsMissed(Topics topics, RegistryGate gate)
      throws Exception {
    byte[] known = records.serialize(topics.in(), reading(Feed.READING));
    byte[] unknown = records.serialize(topics.in(), reading(NEW_READING));
    send(topics, known, 0);
    send(topics, known, 1);
    topics.awaitScores(1);
    topics.awaitEnd();

    gate.shut();
    send(topics, known, 2); // its schema is known: nobody is asked
    Awaitility.await("a transaction to be open")
        .pollInterval(Duration.ofMillis(10))
        .until(() -> !topics.nothingIsOpen(topics.out()));
    send(topics, unknown, 3);
    send(topics, known, 4);
    send(topics, null, 5);
  }

  private static void assertAllIsScoredOnce(Topics topics) throws Exception {
    topics.awaitEnd();
    assertThat(topics.scores()).isEqualTo(wholeSequence());
    assertThat(topics.read(topics.dead())).isEmpty();
  }

  private static GenericRecord reading(Schema schema) {
    GenericRecord reading = new GenericData.Record(schema);
    reading.put("a", 0.5);
    reading.put("b", -1.5);
    return reading;
  }

  private static void send(Topics topics, byte[] value, long timeMs) throws Exception {
    producer.send(new ProducerRecord<>(topics.in(), 0, timeMs, Feed.bytes("key"), value)).get();
  }

  private static Map<String, List<String>> wholeSequence() {
    Feed.Sequence sequence = Feed.Sequence.begin();
    for (long timeMs = 0; timeMs < 5; timeMs++) {
      sequence.take(new double[] {0.5, -1.5}, timeMs);
    }
    sequence.take(null, 5);
    return Map.of("key", sequence.scores());
  }
}
