package dev.eddy.app;

import dev.eddy.streams.ScoringTopology;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Bytes;
import org.awaitility.Awaitility;

/** The topics of one {@link ScoringProcess}, as a reader of committed records sees them. */
final class Topics implements AutoCloseable {
  static final int PARTITIONS = 4;
  private static final int SCHEMA_HEADER = 5;
  private static final Duration PATIENCE = Duration.ofMinutes(4); // a guard: slow machines are none
  private static final Set<TransactionState> OPEN =
      Set.of(
          TransactionState.ONGOING,
          TransactionState.PREPARE_ABORT,
          TransactionState.PREPARE_COMMIT,
          TransactionState.PREPARE_EPOCH_FENCE);
  private static final Comparator<TopicPartition> BY_NAME =
      Comparator.comparing(TopicPartition::toString);

  private final String name;
  private final Pattern ofAnInstance; // a transaction's id: NAME-PROCESS-THREAD
  private final String bootstrapServers;
  private final Admin admin;

  /** Makes {@code NAME-in}, {@code NAME-out}, its {@code -shadow}, and {@code NAME-dead}. */
  Topics(String name, String bootstrapServers) throws Exception {
    this.name = name;
    this.ofAnInstance = Pattern.compile(Pattern.quote(name) + "-\\p{XDigit}{8}-.*");
    this.bootstrapServers = bootstrapServers;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    admin
        .createTopics(
            List.of(
                new NewTopic(in(), PARTITIONS, (short) 1),
                new NewTopic(out(), PARTITIONS, (short) 1),
                new NewTopic(ScoringTopology.shadowTopic(out()), PARTITIONS, (short) 1),
                new NewTopic(dead(), 1, (short) 1)))
        .all()
        .get();
  }

  String in() {
    return name + "-in";
  }

  String out() {
    return name + "-out";
  }

  String dead() {
    return name + "-dead";
  }

  /** Offsets that scores have taken and readers may see; grows as scoring goes on. */
  long committedScores() throws Exception {
    return sum(ends(out(), IsolationLevel.READ_COMMITTED));
  }

  /** Waits until so many more offsets of scores are to be seen. */
  void awaitScores(long more) throws Exception {
    awaitCommitted(committedScores() + more);
  }

  /** Waits until so many offsets of scores are to be seen. */
  void awaitCommitted(long enough) {
    Awaitility.await("scores")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> committedScores() >= enough);
  }

  /** Waits until all input is committed and no transaction is open. */
  void awaitEnd() {
    awaitEnd(in());
  }

  /** As above, where the input is another. */
  void awaitEnd(String input) {
    Awaitility.await("all input to be committed and no transaction to be open")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> allInputIsCommitted(input) && nothingIsOpen(out()) && nothingIsOpen(dead()));
  }

  /** Transactions of the instances that are begun and not ended. */
  long openTransactions() throws Exception {
    return admin.listTransactions().all().get().stream()
        .filter(one -> ofAnInstance.matcher(one.transactionalId()).matches())
        .filter(one -> OPEN.contains(one.state()))
        .count();
  }

  /** Waits until there is none; where an instance stands still, the broker ends its own. */
  void awaitNoTransaction() {
    Awaitility.await("transactions to end")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> openTransactions() == 0);
  }

  /** Waits until so many records are in the input. */
  void awaitInput(long records) {
    Awaitility.await("input")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> sum(ends(in(), IsolationLevel.READ_UNCOMMITTED)) >= records);
  }

  boolean allInputIsCommitted() throws Exception {
    return allInputIsCommitted(in());
  }

  private boolean allInputIsCommitted(String input) throws Exception {
    Map<TopicPartition, Long> committed = new TreeMap<>(BY_NAME);
    Map<TopicPartition, OffsetAndMetadata> offsets =
        admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata().get();
    offsets.forEach(
        (partition, offset) -> {
          if (offset != null && partition.topic().equals(input)) {
            committed.put(partition, offset.offset());
          }
        });
    Map<TopicPartition, Long> ends = ends(input, IsolationLevel.READ_UNCOMMITTED);
    ends.values().removeIf(end -> end == 0);
    committed.values().removeIf(offset -> offset == 0);
    return committed.equals(ends);
  }

  boolean nothingIsOpen(String topic) throws Exception {
    return ends(topic, IsolationLevel.READ_COMMITTED)
        .equals(ends(topic, IsolationLevel.READ_UNCOMMITTED));
  }

  private Map<TopicPartition, Long> ends(String topic, IsolationLevel level) throws Exception {
    int partitions = topic.equals(dead()) ? 1 : PARTITIONS;
    Map<TopicPartition, OffsetSpec> question = new TreeMap<>(BY_NAME);
    IntStream.range(0, partitions)
        .forEach(p -> question.put(new TopicPartition(topic, p), OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new TreeMap<>(BY_NAME);
    for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end :
        admin.listOffsets(question, new ListOffsetsOptions(level)).all().get().entrySet()) {
      ends.put(end.getKey(), end.getValue().offset());
    }
    return ends;
  }

  private static long sum(Map<TopicPartition, Long> offsets) {
    return offsets.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The scores that readers see: for each key, in order, the Avro binary in hex. */
  Map<String, List<String>> scores() throws Exception {
    Map<String, List<String>> scores = new TreeMap<>();
    Set<String> headers = new HashSet<>();
    for (ConsumerRecord<byte[], byte[]> record : read(out())) {
      String value = HexFormat.of().formatHex(record.value());
      headers.add(value.substring(0, 2 * SCHEMA_HEADER));
      scores
          .computeIfAbsent(
              new String(record.key(), StandardCharsets.UTF_8), key -> new ArrayList<>())
          .add(value.substring(2 * SCHEMA_HEADER));
    }
    if (headers.size() > 1) {
      throw new AssertionError("scores were written with several schema ids: " + headers);
    }
    return scores;
  }

  /** The values of the dead letters that readers see, as text, sorted. */
  List<String> letters() throws Exception {
    return read(dead()).stream()
        .map(record -> new String(record.value(), StandardCharsets.UTF_8))
        .sorted()
        .toList();
  }

  /** Keys of a changelog, of any partition, whose last committed value is not null. */
  long keysLeft(String changelog) throws Exception {
    Map<Bytes, Boolean> left = new HashMap<>();
    read(changelog).forEach(record -> left.put(Bytes.wrap(record.key()), record.value() != null));
    return left.values().stream().filter(there -> there).count();
  }

  /** All committed records of a topic, partition by partition. */
  List<ConsumerRecord<byte[], byte[]>> read(String topic) throws Exception {
    Map<TopicPartition, Long> ends = ends(topic, IsolationLevel.READ_COMMITTED);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", bootstrapServers,
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(ends.keySet());
      consumer.seekToBeginning(ends.keySet());
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError(topic + " can't be read up to " + ends);
        }
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  @Override
  public void close() {
    admin.close();
  }
}
