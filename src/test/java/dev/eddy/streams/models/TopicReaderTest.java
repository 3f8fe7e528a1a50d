package dev.eddy.streams.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class TopicReaderTest {
  /** A poll gives all there is, beyond the run of offsets that it was meant for. */
  @Test
  void shouldHandOverEachValueOnceWhereverItLies() {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      records.add(MemoryReader.record(i, "k", i == 51 ? null : new byte[] {(byte) i}));
    }
    List<String> handed = new ArrayList<>();
    try (TopicReader reader = new TopicReader(new MemoryReader(records), MemoryReader.TOPIC)) {
      reader.valuesAt(
          new long[] {150, 10, 3, 199, 51, 50},
          Duration.ofSeconds(10),
          (place, value) -> handed.add(place + "=" + (value[0] & 0xff)));
    }
    assertThat(handed).containsExactly("2=3", "1=10", "5=50", "0=150", "3=199");
  }
}
