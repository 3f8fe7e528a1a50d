package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.avro.Observation;
import dev.eddy.streams.time.Arrivals;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class EventTimeExtractorTest {
  private final EventTimeExtractor extractor = new EventTimeExtractor();

  private static ConsumerRecord<Object, Object> record(Observation observation) {
    return new ConsumerRecord<>("in", 0, 0, "k", observation);
  }

  @Test
  void shouldMarkOnlyARecordWithoutTime() {
    ConsumerRecord<Object, Object> record = record(Observation.of(1)); // its timestamp is -1
    assertThat(extractor.extract(record, 70)).isEqualTo(70);
    assertThat(record.headers()).hasSize(1);

    ConsumerRecord<Object, Object> again = record(new Observation(new float[] {1}, 5));
    record.headers().forEach(again.headers()::add); // mended, and sent once more as it was
    assertThat(extractor.extract(again, 70)).isEqualTo(5);
    assertThat(again.headers()).isEmpty();
  }

  /** Times in microseconds, taken as milliseconds, would make all that follow late. */
  @Test
  void shouldMoveNoTimeByOneAfterTheYear9999() {
    long latestMs = Observation.LATEST_TIME_MS;
    ConsumerRecord<Object, Object> last = record(new Observation(new float[] {1}, latestMs));
    assertThat(extractor.extract(last, 70)).isEqualTo(latestMs);
    assertThat(last.headers()).isEmpty();
    for (long timeMs : new long[] {latestMs + 1, Long.MAX_VALUE}) {
      ConsumerRecord<Object, Object> later = record(new Observation(new float[] {1}, timeMs));
      assertThat(extractor.extract(later, 70)).isEqualTo(70);
      assertThat(later.headers()).hasSize(1);
    }
  }

  @Test
  void shouldTakeOffMarksThatARecordCameWith() {
    ConsumerRecord<Object, Object> record = record(new Observation(new float[] {1}, 5));
    record.headers().add("eddy.sequence.restart", new byte[0]);
    record.headers().add("eddy.time.passed", new byte[0]);
    record.headers().add("trace", new byte[] {1});
    extractor.extract(record, 0);
    assertThat(Arrivals.isRestart(record.headers())).isFalse();
    assertThat(record.headers().toArray())
        .extracting(header -> header.key())
        .containsExactly("trace");
  }
}
