package dev.eddy.streams.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

class CachingStoreTest {
  private final AtomicInteger users = new AtomicInteger();
  private final KeyValueStore<Bytes, byte[]> below =
      Stores.keyValueStoreBuilder(
              Stores.inMemoryKeyValueStore("states"), Serdes.Bytes(), Serdes.ByteArray())
          .withLoggingDisabled()
          .build();

  private CachingStore<String> store(long cacheBytes) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, cacheBytes);
    CachingStore<String> store = new CachingStore<>(below, Serdes.String(), users);
    var context = new MockProcessorContext<Void, Void>(settings).getStateStoreContext();
    store.init(context, store);
    return store;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Bytes key(String text) {
    return Bytes.wrap(bytes(text));
  }

  private static Map<String, String> of(KeyValueIterator<String, byte[]> entries) {
    Map<String, String> found = new LinkedHashMap<>();
    try (entries) {
      while (entries.hasNext()) {
        String next = entries.peekNextKey();
        KeyValue<String, byte[]> entry = entries.next();
        assertThat(entry.key).isEqualTo(next);
        found.put(entry.key, new String(entry.value, StandardCharsets.UTF_8));
      }
    }
    return found;
  }

  @Test
  void shouldWriteAtTheCommitAndNotBefore() {
    CachingStore<String> store = store(1_000_000);
    store.put("a", bytes("1"));
    store.put("a", bytes("2"));
    store.put("b", bytes("3"));
    assertThat(store.delete("b")).isEqualTo(bytes("3"));
    assertThat(store.putIfAbsent("a", bytes("4"))).isEqualTo(bytes("2"));
    assertThat(below.approximateNumEntries()).isZero();
    store.flushCache();
    assertThat(below.approximateNumEntries()).isEqualTo(1);
    assertThat(below.get(key("a"))).isEqualTo(bytes("2"));
  }

  @Test
  void shouldWriteAtOnceWhereThereIsNoRoom() {
    CachingStore<String> store = store(0);
    store.put("a", bytes("1"));
    assertThat(below.get(key("a"))).isEqualTo(bytes("1"));
    store.delete("a");
    assertThat(below.get(key("a"))).isNull();
  }

  @Test
  void shouldWriteEarlyWhatWasNotUsedForLongest() {
    CachingStore<String> store = store(4 * 350);
    store.put("a", bytes("1"));
    store.put("b", bytes("2"));
    store.get("a");
    store.put("c", bytes("3"));
    assertThat(below.get(key("b"))).isEqualTo(bytes("2"));
    assertThat(below.get(key("a"))).isNull();
    assertThat(store.get("b")).isEqualTo(bytes("2"));
  }

  @Test
  void shouldShareTheRoomWithTheStoresOfOtherTasksThatAreInUse() {
    CachingStore<String> store = store(4 * 350);
    CachingStore<String> idle = store(4 * 350);
    store.put("a", bytes("1"));
    store.put("b", bytes("2"));
    assertThat(below.approximateNumEntries()).isZero();
    idle.put("c", bytes("3"));
    store.put("b", bytes("4"));
    assertThat(below.get(key("a"))).isEqualTo(bytes("1"));
    assertThat(below.approximateNumEntries()).isEqualTo(1);
    idle.clearCache();
    store.put("d", bytes("5"));
    assertThat(below.approximateNumEntries()).isEqualTo(1);
  }

  /** A task that becomes a standby is fed from the changelog below, then may become active anew. */
  @Test
  void shouldForgetWhatItReadWhenItIsCleared() {
    CachingStore<String> store = store(1_000_000);
    store.put("a", bytes("1"));
    store.flushCache();
    store.clearCache();
    below.put(key("a"), bytes("2"));
    assertThat(store.get("a")).isEqualTo(bytes("2"));
  }

  @Test
  void shouldNeitherWriteNorRememberWhenAnotherThreadLooks() throws Exception {
    CachingStore<String> store = store(4 * 350);
    below.put(key("old"), bytes("0"));
    store.put("a", bytes("1"));
    store.put("b", bytes("2"));
    Thread other =
        new Thread(
            () -> {
              store.get("old");
              store.get("a");
            });
    other.start();
    other.join();
    assertThat(below.approximateNumEntries()).isEqualTo(1);
    below.put(key("old"), bytes("3"));
    assertThat(store.get("old")).isEqualTo(bytes("3"));
  }

  @Property(tries = 200)
  void shouldBeAMapWhateverIsWrittenEarlyOrLate(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 8_000) int cacheBytes) {
    CachingStore<String> store = store(cacheBytes);
    TreeMap<String, String> expected = new TreeMap<>();
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      String key = "k" + random.nextInt(20);
      String from = "k" + random.nextInt(20);
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          store.put(key, bytes("v" + i));
          expected.put(key, "v" + i);
        }
        case 3 -> {
          byte[] before = store.delete(key);
          assertThat(before == null ? null : new String(before, StandardCharsets.UTF_8))
              .isEqualTo(expected.remove(key));
        }
        case 4 -> assertThat(of(store.all())).isEqualTo(expected);
        case 5 -> {
          if (from.compareTo(key) <= 0) {
            assertThat(of(store.range(from, key)))
                .isEqualTo(expected.subMap(from, true, key, true));
          }
        }
        case 6 -> {
          store.flushCache();
          assertThat(below.approximateNumEntries()).isEqualTo(expected.size());
        }
        default -> {
          byte[] found = store.get(key);
          assertThat(found == null ? null : new String(found, StandardCharsets.UTF_8))
              .isEqualTo(expected.get(key));
        }
      }
    }
    store.close();
  }
}
