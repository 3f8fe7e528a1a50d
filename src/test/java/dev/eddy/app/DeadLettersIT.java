package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.avro.RecordSerializer;
import dev.eddy.avro.RegistrySettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What can't be used is set aside once, committed with the offset of the record that it was. */
@Timeout(600)
class DeadLettersIT {
  private static final byte[] GARBAGE = "no record".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] UNKNOWN_SCHEMA =
      ByteBuffer.allocate(21).put((byte) 0).putInt(987_654).array();

  @TempDir(factory = WorkFolder.class, cleanup = CleanupMode.ON_SUCCESS)
  static Path folder;

  /** A dead letter, as a line: where it came from, why, and its bytes. */
  private record Letter(int partition, long offset, String reason, String key, String value) {}

  private final List<Letter> expected = new ArrayList<>();

  @Test
  void shouldSetAsideOnceWhatCantBeUsed() throws Exception {
    try (ScoringServers servers = ScoringServers.start(folder);
        Topics topics = new Topics("letters", servers.broker());
        RecordSerializer records = new RecordSerializer(RegistrySettings.at(servers.registry()));
        KafkaProducer<byte[], byte[]> producer = producer(servers.broker())) {
      String garbage = "value: starts with byte 0x6e; accepted: a 0 byte, a schema id of 4 bytes,";
      String unknown = "value: schema id 987654 is not in the registry " + servers.registry();
      byte[] good = good(records, topics.in());
      for (int i = 0; i < 40; i++) {
        // Partitions 0 and 1 hold nothing but what can't be decoded.
        bad(send(producer, topics, 0, i, "key", GARBAGE), garbage, "key", GARBAGE);
        bad(send(producer, topics, 1, i, "key", UNKNOWN_SCHEMA), unknown, "key", UNKNOWN_SCHEMA);
        send(producer, topics, 2, 1_000 + i, "mixed", good);
        bad(send(producer, topics, 2, i, "mixed", good), "late by 1000 ms: the", "mixed", good);
        bad(send(producer, topics, 2, i, "mixed", GARBAGE), garbage, "mixed", GARBAGE);
        bad(send(producer, topics, 2, i, null, good), "the record has no key", null, good);
      }
      try (ScoringProcess killed = servers.launch("letters", "scoring")) {
        topics.awaitEnd();
        assertAllAreSetAside(topics);
      }
      try (ScoringProcess again = servers.launch("letters", "scoring")) {
        bad(send(producer, topics, 0, 50, "key", GARBAGE), garbage, "key", GARBAGE);
        send(producer, topics, 2, 2_000, "mixed", good);
        topics.awaitEnd();
        assertAllAreSetAside(topics);
      }
      assertThat(topics.scores()).isEqualTo(scoresOfTheGoodOnes());
    }
  }

  private void bad(RecordMetadata at, String reason, String key, byte[] value) {
    expected.add(
        new Letter(at.partition(), at.offset(), reason, key, HexFormat.of().formatHex(value)));
  }

  private void assertAllAreSetAside(Topics topics) throws Exception {
    List<Letter> letters = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : topics.read(topics.dead())) {
      assertThat(header(record, "topic")).isEqualTo(topics.in());
      letters.add(
          new Letter(
              Integer.parseInt(header(record, "partition")),
              Long.parseLong(header(record, "offset")),
              header(record, "message"),
              record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8),
              HexFormat.of().formatHex(record.value())));
    }
    Comparator<Letter> origin =
        Comparator.comparingInt(Letter::partition).thenComparingLong(Letter::offset);
    letters.sort(origin);
    expected.sort(origin);
    assertThat(letters)
        .usingElementComparator(
            (found, told) ->
                origin.compare(found, told) == 0
                        && found.reason().startsWith(told.reason())
                        && java.util.Objects.equals(found.key(), told.key())
                        && found.value().equals(told.value())
                    ? 0
                    : 1)
        .isEqualTo(expected);
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(
        record.headers().lastHeader("__streams.errors." + name).value(), StandardCharsets.UTF_8);
  }

  private static Map<String, List<String>> scoresOfTheGoodOnes() {
    Feed.Sequence sequence = Feed.Sequence.begin();
    for (int i = 0; i < 40; i++) {
      sequence.take(new double[] {0.5, -1.5}, 1_000 + i);
    }
    sequence.take(new double[] {0.5, -1.5}, 2_000);
    return Map.of("mixed", sequence.scores());
  }

  private static byte[] good(RecordSerializer records, String topic) {
    GenericRecord reading = new GenericData.Record(Feed.READING);
    reading.put("a", 0.5);
    reading.put("b", -1.5);
    return records.serialize(topic, reading);
  }

  private static RecordMetadata send(
      KafkaProducer<byte[], byte[]> producer,
      Topics topics,
      int partition,
      long timeMs,
      String key,
      byte[] value)
      throws Exception {
    return producer
        .send(
            new ProducerRecord<>(
                topics.in(), partition, timeMs, key == null ? null : Feed.bytes(key), value))
        .get();
  }

  private static KafkaProducer<byte[], byte[]> producer(String bootstrapServers) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", bootstrapServers),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
