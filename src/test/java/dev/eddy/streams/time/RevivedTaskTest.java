package dev.eddy.streams.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.avro.Observation;
import java.time.Duration;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;

/** Kafka Streams closes a task with corrupted stores and begins it anew with the same processor. */
class RevivedTaskTest {
  private static final OrderProcessorSupplier<String> ORDER =
      new OrderProcessorSupplier<>("oven", Serdes.String(), Grace.of(Duration.ofMillis(10)));

  private static MockProcessorContext<String, Observation> overAnEmptyStore() {
    MockProcessorContext<String, Observation> context = new MockProcessorContext<>();
    ORDER
        .stores()
        .forEach(
            builder -> {
              var store = builder.withLoggingDisabled().build();
              store.init(context.getStateStoreContext(), store);
            });
    context.setCurrentSystemTimeMs(0);
    return context;
  }

  private static Record<String, Observation> record(long timeMs) {
    return new Record<>("k", new Observation(new float[] {1}, timeMs), timeMs);
  }

  @Test
  void shouldHoldOnlyWhatItsStoreHolds() {
    Processor<String, Observation, String, Observation> processor = ORDER.get();
    MockProcessorContext<String, Observation> before = overAnEmptyStore();
    processor.init(before);
    before.setCurrentStreamTimeMs(100);
    processor.process(record(100));
    assertThat(before.forwarded()).isEmpty();
    processor.close();

    MockProcessorContext<String, Observation> after = overAnEmptyStore();
    processor.init(after);
    after.setCurrentStreamTimeMs(200);
    processor.process(record(190));
    assertThat(after.forwarded())
        .extracting(sent -> sent.record().timestamp())
        .containsExactly(190L);
  }
}
