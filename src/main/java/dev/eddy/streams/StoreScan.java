package dev.eddy.streams;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Visits all keys of a store, a few at a time, in the order of the store. Where it stopped it goes
 * on, whatever was put or deleted meanwhile; a key that stays is visited once, one that comes or
 * goes during the scan may be or not.
 *
 * <p>Each call opens a range behind the last key and closes it. That costs a seek in RocksDB; a
 * store in memory, and a cache, copy their sorted keys for it, some nanoseconds a key.
 */
final class StoreScan<K> {
  private final KeyValueStore<K, byte[]> store;
  private final Serializer<K> keys;
  private K last; // visited; null before the first

  StoreScan(KeyValueStore<K, byte[]> store, Serializer<K> keys) {
    this.store = store;
    this.keys = keys;
  }

  /**
   * Visits the next keys.
   *
   * @param most how many
   * @param visitor may put and delete
   * @return whether these were the last; the next call begins again
   */
  boolean next(int most, BiConsumer<K, byte[]> visitor) {
    List<KeyValue<K, byte[]>> found = new ArrayList<>();
    boolean isOver;
    try (KeyValueIterator<K, byte[]> range = last == null ? store.all() : store.range(last, null)) {
      byte[] visited = last == null ? null : keys.serialize(null, last);
      while (found.size() < most && range.hasNext()) {
        KeyValue<K, byte[]> entry = range.next();
        if (visited == null || !Arrays.equals(visited, keys.serialize(null, entry.key))) {
          found.add(entry);
        }
      }
      isOver = !range.hasNext();
    }
    last = isOver ? null : found.get(found.size() - 1).key;
    found.forEach(entry -> visitor.accept(entry.key, entry.value));
    return isOver;
  }
}
