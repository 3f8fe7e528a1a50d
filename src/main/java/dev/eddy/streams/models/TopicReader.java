package dev.eddy.streams.models;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the one partition of a models topic, committed records only. Not thread-safe. */
final class TopicReader implements AutoCloseable {
  private static final Duration CLOSE = Duration.ofSeconds(1);
  private static final Duration TICK = Duration.ofMillis(100);
  private static final int BRIEF_MS = 20;

  private final Consumer<byte[], byte[]> consumer;
  private final TopicPartition partition;

  /** Takes up a record. */
  interface Sink {
    void accept(ConsumerRecord<byte[], byte[]> record);
  }

  /** For a look at what is there now. */
  static TopicReader brief(Map<String, Object> consumerSettings, String topic) {
    Map<String, Object> settings = new HashMap<>(consumerSettings);
    // At the end of the topic a broker holds its answer back for so long, and closing waits for it.
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, BRIEF_MS);
    return new TopicReader(settings, topic);
  }

  TopicReader(Map<String, Object> consumerSettings, String topic) {
    this(consumer(consumerSettings), topic);
  }

  /** Reads from the beginning; closes the consumer in the end. */
  TopicReader(Consumer<byte[], byte[]> consumer, String topic) {
    this.consumer = consumer;
    this.partition = new TopicPartition(topic, 0);
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> consumerSettings) {
    Map<String, Object> settings = new HashMap<>(consumerSettings);
    settings.keySet().removeIf(key -> key.startsWith("group."));
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Reads on from an offset. */
  void seek(long offset) {
    consumer.seek(partition, offset);
  }

  /** Where committed records end now. */
  long end(Duration patience) {
    return consumer.endOffsets(List.of(partition), patience).get(partition);
  }

  /** Hands over what comes within a time; returns how many records. */
  int poll(Duration time, Sink sink) {
    int count = 0;
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(time)) {
      sink.accept(record);
      count++;
    }
    return count;
  }

  /** Where the next record is read. */
  long position(Duration patience) {
    return consumer.position(partition, patience);
  }

  /**
   * Hands over the records before an offset.
   *
   * @throws TimeoutException if nothing comes for so long
   */
  void readTo(long end, Duration patience, Sink sink) {
    long lastNs = System.nanoTime();
    while (position(patience) < end) {
      if (poll(TICK, sink) > 0) {
        lastNs = System.nanoTime();
      } else if (System.nanoTime() - lastNs > patience.toNanos()) {
        throw new TimeoutException(
            "nothing comes from " + partition + " for " + patience.toSeconds() + " s");
      }
    }
  }

  /** Takes the value that was asked for as number {@code place}. */
  interface Values {
    void accept(int place, byte[] value);
  }

  /**
   * Hands over the values at some offsets, each once, in the order in which they lie; not what is
   * gone meanwhile.
   */
  void valuesAt(long[] offsets, Duration patience, Values sink) {
    Map<Long, Integer> places = new HashMap<>();
    for (int i = 0; i < offsets.length; i++) {
      places.put(offsets[i], i);
    }
    long[] sorted = offsets.clone();
    java.util.Arrays.sort(sorted);
    int next = 0;
    while (next < sorted.length) {
      consumer.seek(partition, sorted[next]);
      int run = next; // what follows closely is read on, not sought
      while (run + 1 < sorted.length && sorted[run + 1] - sorted[run] < 16) {
        run++;
      }
      readTo(
          sorted[run] + 1,
          patience,
          record -> {
            Integer place = places.remove(record.offset()); // a run may be read beyond its end
            if (place != null && record.value() != null) {
              sink.accept(place, record.value());
            }
          });
      next = run + 1;
    }
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(CLOSE));
  }
}
