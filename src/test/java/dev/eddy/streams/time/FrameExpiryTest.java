package dev.eddy.streams.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.avro.Observation;
import dev.eddy.frames.Contents;
import dev.eddy.frames.FrameChannel;
import dev.eddy.frames.FramePlan;
import dev.eddy.frames.FrameTask;
import dev.eddy.frames.Span;
import dev.eddy.frames.TimedFrameSink;
import dev.eddy.frames.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.stats.CumulativeCount;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

class FrameExpiryTest {
  private static final Observation.Origin ORIGIN = new Observation.Origin("in", 0, 0, null);
  private static final FramePlan PLAN = // raw samples of windows by count: cells, nothing due
      FramePlan.of(
          List.of(FrameChannel.of("a")),
          Window.of(new Span.ByCount(5_000, 5_000), new Contents.Samples(5_000, false)));
  private static final TimedFrameSink NOWHERE =
      new TimedFrameSink() {
        @Override
        public void frame(long timeMs, float[] values) {}

        @Override
        public void end(long timeMs) {}

        @Override
        public void restart(long timeMs) {}
      };

  private final KeyValueStore<byte[], byte[]> states = states();
  private final FrameStore store = new FrameStore(states);
  private final DueKeys due = new DueKeys(false);
  private final Metrics metrics = new Metrics();
  private final org.apache.kafka.common.metrics.Sensor expired = metrics.sensor("expired");

  private static KeyValueStore<byte[], byte[]> states() {
    var store =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore("frames"), Serdes.ByteArray(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();
    store.init(new MockProcessorContext<Void, Void>().getStateStoreContext(), store);
    return store;
  }

  private void put(String key, int frames, long lastMs) {
    FrameTask task = PLAN.newTask();
    task.begin(store.begin(key.getBytes()), 0, store);
    for (int i = 0; i < frames; i++) {
      task.frame(lastMs - frames + 1 + i, 0, new float[] {i}, NOWHERE);
    }
    store.put(task.save(store.room(ORIGIN)), task.dueMs(), ORIGIN);
  }

  private final List<String> forgotten = new ArrayList<>();
  private final FrameExpiry.Keys keys =
      new FrameExpiry.Keys() {
        @Override
        public boolean letGo(byte[] key) {
          return true;
        }

        @Override
        public void forgotten(byte[] key, long lastMs) {
          forgotten.add(new String(key) + " " + lastMs);
        }
      };

  private double count() {
    var name = metrics.metricName("expired", "test");
    return (double) metrics.metric(name).metricValue();
  }

  @Test
  void shouldRemoveKeysAndTheirCellsAFewInACall() {
    expired.add(metrics.metricName("expired", "test"), new CumulativeCount());
    FrameExpiry expiry =
        new FrameExpiry(Duration.ofMillis(10_000), false, states, due, keys, expired, 20);
    put("many", 3_000, 5_000); // 46 cells of 64 samples
    put("few", 3, 5_000);
    put("young", 1_000, 15_000);
    due.set(Bytes.wrap("few".getBytes()), 7);
    long all = states.approximateNumEntries();
    expiry.look(15_001, 0);
    assertThat(states.get(("\0few").getBytes())).isNull();
    assertThat(due.size()).isZero();
    assertThat(count()).isEqualTo(2);
    assertThat(states.approximateNumEntries()).isEqualTo(all - 1 - 20);
    assertThat(store.begin("young".getBytes())).isNotNull();
    for (int i = 1; i <= 2; i++) {
      long before = states.approximateNumEntries();
      expiry.look(15_001, 0); // no later: the scan goes on where it was
      assertThat(states.approximateNumEntries()).isBetween(before - 21, before - 1);
    }
    assertThat(count()).isEqualTo(2);
    assertThat(forgotten).containsExactly("few 5000", "many 5000");
    assertThat(states.get(("\0many").getBytes())).isNull();
    store.begin("young".getBytes());
    store.deleteAll();
    assertThat(states.approximateNumEntries()).isZero();
  }

  @Test
  void shouldLetAKeyBeginAnewOfWhichCellsAreLeft() {
    FrameExpiry expiry =
        new FrameExpiry(Duration.ofMillis(10_000), false, states, due, keys, expired, 1);
    put("k", 1_000, 5_000);
    expiry.look(15_001, 0);
    assertThat(states.approximateNumEntries()).isGreaterThan(1);
    assertThat(store.begin("k".getBytes())).isNull();
    assertThat(states.approximateNumEntries()).isZero();
  }
}
