package dev.eddy.app.compare;

import dev.eddy.app.terminal.OutsideException;
import dev.eddy.app.terminal.Progress;
import dev.eddy.avro.BadRecordException;
import dev.eddy.avro.RecordDeserializer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads topics of scores from their beginnings to where they end now, committed records only. Of
 * all partitions it reads the one on whose event time is furthest behind, so that two versions'
 * scores of a record come soon after each other, wherever they are.
 */
final class ScoresReader {
  private static final Duration TICK = Duration.ofMillis(100);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final RecordDeserializer records;
  private final Duration patience;
  private final Map<TopicPartition, Long> reached = new HashMap<>(); // event time
  private ReadScore.Columns columns; // of the first score
  private long read;
  private long unread;

  /** Takes scores. */
  interface Sink {
    /**
     * @param columns the same for all
     */
    void score(ReadScore row, ReadScore.Columns columns);
  }

  /**
   * @param consumer reads committed records; its partitions are assigned here
   * @param patience how long a broker may send nothing
   */
  ScoresReader(
      KafkaConsumer<byte[], byte[]> consumer, RecordDeserializer records, Duration patience) {
    this.consumer = consumer;
    this.records = records;
    this.patience = patience;
  }

  /**
   * Reads.
   *
   * @param topics those that are there are read
   * @return the topics that are there
   * @throws OutsideException if no records come
   */
  List<String> read(List<String> topics, Sink sink, Progress progress) {
    List<String> there = new ArrayList<>();
    List<TopicPartition> left = new ArrayList<>();
    for (String topic : topics) {
      List<PartitionInfo> infos = consumer.partitionsFor(topic, patience);
      if (infos != null && !infos.isEmpty()) {
        there.add(topic);
        infos.forEach(info -> left.add(new TopicPartition(topic, info.partition())));
      }
    }
    consumer.assign(left);
    consumer.seekToBeginning(left);
    Map<TopicPartition, Long> ends = consumer.endOffsets(left, patience);
    long lastNs = System.nanoTime();
    while (true) {
      left.removeIf(partition -> consumer.position(partition, patience) >= ends.get(partition));
      if (left.isEmpty()) {
        return there;
      }
      TopicPartition behind =
          left.stream()
              .min(Comparator.comparingLong(p -> reached.getOrDefault(p, Long.MIN_VALUE)))
              .orElseThrow();
      consumer.pause(consumer.assignment());
      consumer.resume(List.of(behind));
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(TICK)) {
        lastNs = System.nanoTime();
        if (record.offset() < ends.get(behind)) {
          take(behind, record, sink);
        }
      }
      progress.at(read);
      if (System.nanoTime() - lastNs > patience.toNanos()) {
        throw new OutsideException("no records come from " + behind + " any more");
      }
    }
  }

  private void take(TopicPartition from, ConsumerRecord<byte[], byte[]> record, Sink sink) {
    read++;
    ReadScore row = row(record);
    if (row == null) {
      unread++;
      return;
    }
    reached.merge(from, row.timeMs(), Math::max);
    sink.score(row, columns);
  }

  private ReadScore row(ConsumerRecord<byte[], byte[]> record) {
    try {
      GenericRecord value = records.deserialize(record.topic(), record.value());
      if (value == null) {
        return null;
      }
      if (columns == null) {
        columns = ReadScore.Columns.of(value.getSchema());
      }
      return ReadScore.of(key(record.key()), value, columns);
    } catch (BadRecordException e) {
      return null;
    }
  }

  /** Text where the bytes are, else hexadecimal digits. */
  private static String key(byte[] key) {
    if (key == null) {
      return "";
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString();
    } catch (CharacterCodingException e) {
      return "0x" + HexFormat.of().formatHex(key);
    }
  }

  /** Records that are no scores. */
  long unread() {
    return unread;
  }
}
