package dev.eddy.app.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedBrokerIT {
  private static final TopicPartition FRAMES = new TopicPartition("frames", 0);

  @TempDir Path folder;

  @Test
  void shouldServeATopic() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder)) {
      createFrames(broker.bootstrapServers());
      produce(broker.bootstrapServers(), "a", "b");
      assertThat(consume(broker.bootstrapServers(), 2)).containsExactly("a", "b");
      assertThat(broker.bootstrapServers()).startsWith("127.0.0.1:");
      assertThat(broker.fault()).isEmpty();
    }
  }

  @Test
  void shouldNotMakeATopicThatNobodyCreated() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder);
        Admin admin = admin(broker.bootstrapServers())) {
      assertThatThrownBy(() -> admin.describeTopics(List.of("mistyped")).allTopicNames().get())
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
    }
  }

  @Test
  void shouldShowCommittedTransactionsOnly() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder)) {
      createFrames(broker.bootstrapServers());
      try (KafkaProducer<String, String> producer =
          producer(broker.bootstrapServers(), Map.of("transactional.id", "scores"))) {
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(FRAMES.topic(), 0, "k", "aborted"));
        producer.flush();
        producer.abortTransaction();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(FRAMES.topic(), 0, "k", "committed"));
        producer.commitTransaction();
      }
      assertThat(consume(broker.bootstrapServers(), 1)).containsExactly("committed");
    }
  }

  @Test
  void shouldTakeRecordsOfAnyTime() throws Exception {
    List<Instant> times =
        List.of(Instant.EPOCH, Instant.now(), Instant.now().plus(Duration.ofDays(3650)));
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder);
        KafkaProducer<String, String> producer = producer(broker.bootstrapServers(), Map.of())) {
      createFrames(broker.bootstrapServers());
      for (Instant time : times) {
        producer
            .send(
                new ProducerRecord<>(FRAMES.topic(), 0, time.toEpochMilli(), "k", time.toString()))
            .get();
      }
      assertThat(consume(broker.bootstrapServers(), 3))
          .isEqualTo(times.stream().map(Instant::toString).toList());
      try (var files = Files.list(folder.resolve("broker/data/frames-0"))) {
        assertThat(files.filter(file -> file.toString().endsWith(".log"))).hasSize(1);
      }
    }
  }

  @Test
  void shouldKeepRecordsAndIdentityOverARestart() throws Exception {
    String cluster;
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder)) {
      cluster = clusterId(broker);
      createFrames(broker.bootstrapServers());
      produce(broker.bootstrapServers(), "a", "b");
    }
    for (int restart = 0; restart < 2; restart++) {
      try (EmbeddedBroker broker = EmbeddedBroker.start(folder)) {
        assertThat(clusterId(broker)).isEqualTo(cluster);
        assertThat(consume(broker.bootstrapServers(), 2)).containsExactly("a", "b");
      }
    }
  }

  @Test
  void shouldGoOnAfterItsProcessWasKilled() throws Exception {
    try (BrokerInAChild killed = BrokerInAChild.start(folder)) {
      createFrames(killed.bootstrapServers());
      produce(killed.bootstrapServers(), "a", "b");
    }
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder)) {
      assertThat(consume(broker.bootstrapServers(), 2)).containsExactly("a", "b");
      produce(broker.bootstrapServers(), "c");
      assertThat(consume(broker.bootstrapServers(), 3)).containsExactly("a", "b", "c");
    }
  }

  @Test
  void shouldRefuseAFolderThatAnotherProcessUses() throws Exception {
    try (BrokerInAChild owner = BrokerInAChild.start(folder)) {
      assertThatThrownBy(() -> EmbeddedBroker.start(folder))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "%s: in use by process %d; stop that one or name another folder",
              folder, owner.pid());
      createFrames(owner.bootstrapServers());
      produce(owner.bootstrapServers(), "still there");
    }
  }

  @Test
  void shouldRefuseAFolderThatIsInUseInThisProcess() throws Exception {
    try (EmbeddedBroker owner = EmbeddedBroker.start(folder)) {
      assertThatThrownBy(() -> EmbeddedBroker.start(folder))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use by process " + ProcessHandle.current().pid());
      assertThat(clusterId(owner)).isNotEmpty();
    }
  }

  @Test
  void shouldFinishAFormatThatWasCutOff() throws Exception {
    String cluster;
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder)) {
      cluster = clusterId(broker);
    }
    Files.delete(folder.resolve("broker/data/meta.properties"));
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder)) {
      assertThat(clusterId(broker)).isEqualTo(cluster);
    }
  }

  @Test
  void shouldSayWhyItDidNotStart() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder)) {
      assertThat(clusterId(broker)).isNotEmpty();
    }
    Path meta = folder.resolve("broker/data/meta.properties");
    Files.writeString(
        meta, Files.readString(meta).replace("node.id=1", "node.id=7"), StandardCharsets.UTF_8);
    assertThatThrownBy(() -> EmbeddedBroker.start(folder))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(folder + ": the embedded broker did not start: ")
        .hasMessageContaining("Stored node id 7 doesn't match previous node id 1");
  }

  @Test
  void shouldCloseOnceAndLeaveTheFolderFree() throws Exception {
    EmbeddedBroker broker = EmbeddedBroker.start(folder);
    broker.close();
    broker.close();
    EmbeddedBroker.start(folder).close();
  }

  @Test
  void shouldReportALostDiskInsteadOfEndingTheProcess() throws Exception {
    CompletableFuture<IllegalStateException> told = new CompletableFuture<>();
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, told::complete);
        Admin admin = admin(broker.bootstrapServers())) {
      createFrames(broker.bootstrapServers());
      Files.move(folder.resolve("broker/data"), folder.resolve("gone"));
      Files.createFile(folder.resolve("broker/data"));
      admin.createTopics(List.of(new NewTopic("more", 1, (short) 1)));
      assertThat(told.get(30, TimeUnit.SECONDS))
          .hasMessageStartingWith("the embedded broker has failed: ");
      assertThat(broker.fault()).hasValue(told.get());
    }
  }

  @Test
  void shouldDivertKafkasExits() throws Exception {
    CompletableFuture<IllegalStateException> told = new CompletableFuture<>();
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, told::complete)) {
      assertThatThrownBy(() -> Exit.halt(3, "no way on"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the embedded broker has failed: no way on (status 3)");
      assertThatThrownBy(() -> Exit.exit(4)).isInstanceOf(IllegalStateException.class);
      assertThat(told.get(5, TimeUnit.SECONDS)).hasMessageContaining("status 3");
      assertThat(broker.fault()).hasValue(told.get());
    }
  }

  private static void createFrames(String bootstrapServers) throws Exception {
    try (Admin admin = admin(bootstrapServers)) {
      admin.createTopics(List.of(new NewTopic(FRAMES.topic(), 1, (short) 1))).all().get();
    }
  }

  private static void produce(String bootstrapServers, String... values) throws Exception {
    try (KafkaProducer<String, String> producer = producer(bootstrapServers, Map.of())) {
      for (String value : values) {
        producer.send(new ProducerRecord<>(FRAMES.topic(), 0, "k", value)).get();
      }
    }
  }

  private static List<String> consume(String bootstrapServers, int count) {
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", bootstrapServers,
                "group.id", "readers",
                "enable.auto.commit", false,
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.subscribe(List.of(FRAMES.topic()));
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (values.size() < count && System.nanoTime() < deadline) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
      }
    }
    return values;
  }

  private static String clusterId(EmbeddedBroker broker) throws Exception {
    try (Admin admin = admin(broker.bootstrapServers())) {
      return admin.describeCluster().clusterId().get();
    }
  }

  private static Admin admin(String bootstrapServers) {
    return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  private static KafkaProducer<String, String> producer(
      String bootstrapServers, Map<String, Object> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("bootstrap.servers", bootstrapServers);
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }
}
