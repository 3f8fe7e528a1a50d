package dev.eddy.streams.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.avro.Observation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

class HeldRecordsTest {
  private static final Bytes K = Bytes.wrap(new byte[] {'k'});

  private final KeyValueStore<byte[], byte[]> store = store();

  private static KeyValueStore<byte[], byte[]> store() {
    var store =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore("held"), Serdes.ByteArray(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();
    store.init(new MockProcessorContext<Void, Void>().getStateStoreContext(), store);
    return store;
  }

  private static int hold(HeldRecords held, long timeMs) {
    return held.hold(timeMs, K, new Observation(new float[] {timeMs}, timeMs), new RecordHeaders());
  }

  /** Takes all up to a time, as it passes. */
  private static List<Long> pass(HeldRecords held, long untilMs, boolean isNext) {
    List<Long> times = new ArrayList<>();
    HeldRecords.Held first = held.first();
    while (first != null && first.timeMs <= untilMs) {
      assertThat(held.take(first, true, new RecordHeaders()).frame()).containsExactly(first.timeMs);
      times.add(first.timeMs);
      first = held.first();
    }
    held.passed(untilMs, isNext);
    return times;
  }

  private static List<Long> pass(HeldRecords held, long untilMs) {
    return pass(held, untilMs, false);
  }

  @Test
  void shouldFillASlotAgainAndKnowWhatHasGoneOn() {
    HeldRecords held = new HeldRecords(store);
    for (int timeMs = 1; timeMs <= 1_000; timeMs++) {
      pass(held, timeMs - 3, true);
      assertThat(hold(held, timeMs)).isLessThanOrEqualTo(3);
    }
    assertThat(store.approximateNumEntries()).isEqualTo(3);
    assertThat(pass(new HeldRecords(store), 998)).containsExactly(998L);
    assertThat(store.approximateNumEntries()).isEqualTo(4); // and the time
    HeldRecords again = new HeldRecords(store);
    assertThat(hold(again, 999)).isEqualTo(3);
    assertThat(pass(again, Long.MAX_VALUE)).containsExactly(999L, 999L, 1_000L);
    assertThat(store.approximateNumEntries()).isZero();
  }

  @Test
  void shouldGiveThoseOfOneTimeInOrderOfKeys() {
    HeldRecords held = new HeldRecords(store);
    for (int key : new int[] {2, 3, 1}) {
      Bytes bytes = Bytes.wrap(new byte[] {(byte) key});
      held.hold(5, bytes, new Observation(new float[] {5}, 5), new RecordHeaders());
    }
    for (byte key = 1; key <= 3; key++) {
      assertThat(held.first().key.get()).containsExactly(key);
      held.take(held.first(), true, new RecordHeaders());
    }
  }

  @Test
  void shouldForgetOneThatIsTakenBeforeItsTime() {
    HeldRecords held = new HeldRecords(store);
    hold(held, 10);
    hold(held, 20);
    held.take(held.firstOf(K), false, new RecordHeaders());
    assertThat(pass(new HeldRecords(store), 100)).containsExactly(20L);
  }

  @Test
  void shouldKnowWhatHasGoneOnWhereTheSlotThatSaysSoIsGone() {
    HeldRecords held = new HeldRecords(store);
    hold(held, 10);
    hold(held, 40);
    pass(held, 30, true);
    hold(held, 35); // in the slot of the first, with the time
    held.take(held.firstOf(K), false, new RecordHeaders());
    assertThat(pass(new HeldRecords(store), 100)).containsExactly(40L);
  }

  @Test
  void shouldNeverGoBackInWhatHasGoneOn() {
    HeldRecords held = new HeldRecords(store);
    hold(held, 10);
    hold(held, 40);
    pass(held, 30);
    held.passed(20, false);
    assertThat(held.passedMs()).isEqualTo(30);
    assertThat(new HeldRecords(store).passedMs()).isEqualTo(30);
  }

  @Test
  void shouldKeepNoMoreThanAFewOfThoseThatWentOnBeforeTheirTime() {
    HeldRecords held = new HeldRecords(store);
    hold(held, 0);
    for (int timeMs = 100_000; timeMs > 90_000; timeMs--) {
      Bytes key = Bytes.wrap(new byte[] {(byte) timeMs, (byte) (timeMs >> 8)});
      held.hold(timeMs, key, new Observation(new float[] {1}, timeMs), new RecordHeaders());
      held.take(held.firstOf(key), false, new RecordHeaders());
    }
    assertThat(store.approximateNumEntries()).isEqualTo(1);
    assertThat(pass(held, 100_000)).containsExactly(0L);
    assertThat(held.first()).isNull();
  }

  @Test
  void shouldGiveRoomBackAfterManyWereHeld() {
    HeldRecords held = new HeldRecords(store);
    for (int timeMs = 1; timeMs <= 5_000; timeMs++) {
      hold(held, timeMs);
    }
    pass(held, 4_999);
    assertThat(store.approximateNumEntries()).isLessThan(1_100);
  }

  @Test
  void shouldTakeUpWhatAnEarlierBuildHeld() {
    byte[] key = ByteBuffer.allocate(17).putLong(7).putLong(3).put((byte) 'k').array();
    ByteBuffer value = ByteBuffer.allocate(1 + 4 + 4 + 5 + 4 + 4 + 12 + 4);
    value.order(ByteOrder.LITTLE_ENDIAN).put((byte) 2).putInt(0).putInt(1).putInt(1).put((byte) 0);
    value.putFloat(7).putInt(-1).putInt(-1).putLong(-1).putInt(-1);
    store.put(key, value.array());
    HeldRecords held = new HeldRecords(store);
    hold(held, 8);
    assertThat(pass(held, 7)).containsExactly(7L);
    assertThat(store.get(key)).isNull();
    assertThat(pass(new HeldRecords(store), 8)).containsExactly(8L);
  }
}
