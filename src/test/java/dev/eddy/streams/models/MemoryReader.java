package dev.eddy.streams.models;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;

/** A consumer of records that can be read again and again. */
final class MemoryReader extends MockConsumer<byte[], byte[]> {
  static final String TOPIC = "models";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

  private final List<ConsumerRecord<byte[], byte[]>> records;

  MemoryReader(List<ConsumerRecord<byte[], byte[]>> records) {
    super("earliest");
    this.records = records;
    updateBeginningOffsets(java.util.Map.of(PARTITION, 0L));
    updateEndOffsets(java.util.Map.of(PARTITION, (long) records.size()));
  }

  static ConsumerRecord<byte[], byte[]> record(long offset, String key, byte[] value) {
    byte[] bytes = key.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return new ConsumerRecord<>(TOPIC, 0, offset, bytes, value);
  }

  @Override
  public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    records.forEach(this::addRecord); // a poll forgets them
    return super.poll(timeout);
  }
}
