package dev.eddy.app.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what an application committed to its output topics, and knows when nothing more can come.
 *
 * <p>An application that works exactly once commits a position in its input together with what it
 * made of the input up to there. So when its committed positions are the ends of the input, no
 * transaction is open on the outputs, and they are read to their ends, all is there that will ever
 * be: what is missing then is lost.
 *
 * <p>Not thread-safe.
 */
public final class OutputReader implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration CLOSE = Duration.ofSeconds(2);

  private final Admin admin;
  private final String applicationId;
  private final List<TopicPartition> inputs;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> outputs;

  /**
   * Stands before the first record of all outputs, which must exist. The caller closes {@code
   * admin}.
   */
  public OutputReader(Admin admin, String applicationId, String bootstrapServers, Topics topics) {
    this.admin = admin;
    this.applicationId = applicationId;
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    this.inputs = partitions(List.of(topics.input()));
    this.outputs = partitions(topics.outputs());
    consumer.assign(outputs);
  }

  /** What the application reads and writes. */
  public record Topics(String input, List<String> outputs) {}

  private List<TopicPartition> partitions(List<String> topics) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : topics) {
      for (PartitionInfo info : infos(topic)) {
        partitions.add(new TopicPartition(topic, info.partition()));
      }
    }
    return partitions;
  }

  /** A broker may hear of a topic a moment after the controller has made it. */
  private List<PartitionInfo> infos(String topic) {
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    List<PartitionInfo> infos = consumer.partitionsFor(topic);
    while (infos.isEmpty() && System.nanoTime() < deadlineNs) {
      consumer.listTopics(); // forgets what it knew
      infos = consumer.partitionsFor(topic);
    }
    if (infos.isEmpty()) {
      throw new IllegalStateException("the broker knows no topic \"" + topic + "\"");
    }
    return infos;
  }

  /** The next committed records, in order by partition; none if none come in time. */
  public ConsumerRecords<byte[], byte[]> poll(Duration patience) {
    return consumer.poll(patience);
  }

  /** Whether all that is in the input now is dealt with, and its outputs are read. */
  public boolean isAtEnd() throws ExecutionException, InterruptedException {
    if (!isInputDone()) {
      return false;
    }
    Map<TopicPartition, Long> outputEnds = ends(outputs, IsolationLevel.READ_UNCOMMITTED);
    return outputEnds.equals(ends(outputs, IsolationLevel.READ_COMMITTED))
        && outputs.stream().allMatch(output -> consumer.position(output) >= outputEnds.get(output));
  }

  /** Whether the application has committed all that is in the input now. */
  public boolean isInputDone() throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> inputEnds = ends(inputs, IsolationLevel.READ_UNCOMMITTED);
    Map<TopicPartition, OffsetAndMetadata> committed =
        admin.listConsumerGroupOffsets(applicationId).partitionsToOffsetAndMetadata().get();
    for (TopicPartition input : inputs) {
      OffsetAndMetadata position = committed.get(input);
      if ((position == null ? 0 : position.offset()) < inputEnds.get(input)) {
        return false;
      }
    }
    return true;
  }

  private Map<TopicPartition, Long> ends(List<TopicPartition> partitions, IsolationLevel level)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    for (Map.Entry<TopicPartition, ListOffsetsResultInfo> end :
        admin.listOffsets(latest, new ListOffsetsOptions(level)).all().get().entrySet()) {
      ends.put(end.getKey(), end.getValue().offset());
    }
    return ends;
  }

  @Override
  public void close() {
    consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(CLOSE));
  }
}
