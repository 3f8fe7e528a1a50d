package dev.eddy.streams.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.avro.Observation;
import dev.eddy.frames.Before;
import dev.eddy.frames.Contents;
import dev.eddy.frames.FrameChannel;
import dev.eddy.frames.FramePlan;
import dev.eddy.frames.Lags;
import dev.eddy.frames.Span;
import dev.eddy.frames.Statistic;
import dev.eddy.frames.Window;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

/** Kafka Streams closes a task with corrupted stores and begins it anew with the same processor. */
class RevivedTaskTest {
  private static final OrderProcessorSupplier<String> ORDER =
      new OrderProcessorSupplier<>("oven", Serdes.String(), Grace.of(Duration.ofMillis(10)));

  private static MockProcessorContext<String, Observation> over(StoreBuilder<?> builder) {
    MockProcessorContext<String, Observation> context = new MockProcessorContext<>();
    var store = builder.withLoggingDisabled().withCachingDisabled().build();
    store.init(context.getStateStoreContext(), store);
    context.setCurrentSystemTimeMs(0);
    context.setCurrentStreamTimeMs(0);
    return context;
  }

  private static MockProcessorContext<String, Observation> overAnEmptyStore() {
    return over(ORDER.stores().iterator().next());
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

  @Test
  void shouldWaitForTimeOnlyWithKeysOfItsStore() {
    List<FrameChannel> channels = List.of(FrameChannel.of("a"));
    FramePlan plan =
        FramePlan.of(
            channels,
            Window.of(
                new Span.ByTime(10, 10, 0),
                Contents.Summary.of(channels, List.of(Statistic.of("mean")))));
    FramesProcessorSupplier<String> frames =
        new FramesProcessorSupplier<>(
            "oven",
            Serdes.String(),
            Timing.NONE.with(plan),
            Duration.ZERO,
            Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore("oven-frames"),
                Serdes.ByteArray(),
                Serdes.ByteArray()),
            false,
            () -> true); // the input is over: all that waits goes on at a tick
    Processor<String, Observation, String, Observation> processor = frames.get();
    processor.init(over(frames.stores().iterator().next()));
    processor.process(record(101));
    assertThat(frames.waiting()).isPositive();
    processor.close();

    MockProcessorContext<String, Observation> after = over(frames.stores().iterator().next());
    processor.init(after);
    after.scheduledPunctuators().get(0).getPunctuator().punctuate(500);
    assertThat(frames.waiting()).isZero();
    assertThat(after.forwarded()).isEmpty();
    processor.process(record(201));
    after.scheduledPunctuators().get(0).getPunctuator().punctuate(1_000);
    assertThat(after.forwarded())
        .extracting(sent -> sent.record().timestamp())
        .containsExactly(210L);
  }

  @Test
  void shouldSayHowManyRecordsOfATaskWait() {
    OrderProcessorSupplier<String> order =
        new OrderProcessorSupplier<>("oven", Serdes.String(), Grace.of(Duration.ofMillis(10)));
    Processor<String, Observation, String, Observation> processor = order.get();
    var builder = order.stores().iterator().next().withLoggingDisabled();
    MockProcessorContext<String, Observation> context = new MockProcessorContext<>();
    var store = builder.build();
    store.init(context.getStateStoreContext(), store);
    context.setCurrentSystemTimeMs(0);
    processor.init(context);
    for (int timeMs = 1; timeMs <= 15; timeMs++) {
      context.setCurrentStreamTimeMs(timeMs);
      processor.process(record(timeMs));
    }
    assertThat(order.count(context.taskId())).isEqualTo(10);
    processor.close();
    assertThat(order.count(context.taskId())).isZero();

    Processor<String, Observation, String, Observation> other = order.get();
    other.init(context); // over the same store, as if restored
    assertThat(order.count(context.taskId())).isEqualTo(10);
    context.setCurrentStreamTimeMs(100);
    other.process(record(100));
    assertThat(order.count(context.taskId())).isEqualTo(1);
  }

  /** Stream time goes on over a restart. */
  @Test
  void shouldForgetAnOldKeyForALateRecordAlsoAfterARestart() {
    assertThat(timesAfterALateRecord(true)).isEqualTo(timesAfterALateRecord(false));
  }

  /** Of a key of which 100 ms before the stream's time nothing is to be known. */
  private static List<String> timesAfterALateRecord(boolean restarts) {
    Grace grace = Grace.of(Duration.ofMillis(10));
    List<FrameChannel> channels = List.of(FrameChannel.of("a"));
    FramesProcessorSupplier<String> frames =
        new FramesProcessorSupplier<>(
                "oven",
                Serdes.String(),
                Timing.NONE
                    .with(grace)
                    .with(FramePlan.of(channels, new Lags(List.of(1), List.of("a"), Before.ZERO))),
                Duration.ofSeconds(1),
                Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore("oven-frames"),
                    Serdes.ByteArray(),
                    Serdes.ByteArray()),
                false,
                () -> false)
            .behind(new OrderProcessorSupplier<>("oven", Serdes.String(), grace))
            .expiringAfter(Duration.ofMillis(100), false);
    MockProcessorContext<String, Observation> context = over(frames.stores().iterator().next());
    Processor<String, Observation, String, Observation> processor = frames.get();
    processor.init(context);
    processor.process(record(20));
    context.setCurrentStreamTimeMs(300);
    RecordHeaders told = new RecordHeaders();
    Arrivals.markPassed(told);
    processor.process(new Record<>(null, null, 289, told));
    if (restarts) {
      processor.close();
      processor = frames.get();
      processor.init(context);
    }
    context.resetForwards();
    processor.process(record(110));
    return context.forwarded().stream()
        .map(sent -> sent.record().timestamp() + " " + Arrivals.isRestart(sent.record().headers()))
        .toList();
  }
}
