package dev.eddy.streams.time;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Visits the keys of a store, a few at a time, in the order of the store. Where it stopped it goes
 * on, whatever was put or deleted meanwhile; a key that stays is visited once, one that comes or
 * goes during the scan may be or not.
 *
 * <p>Each call opens a range behind the last key and closes it. That costs a seek in RocksDB; a
 * store in memory, and a cache, copy their sorted keys for it, some nanoseconds a key.
 */
public final class StoreScan<K> {
  private final KeyValueStore<K, byte[]> store;
  private final Serializer<K> keys;
  private final K from; // null for the first
  private final K to;
  private K last; // visited; null before the first

  /** Of all keys. */
  public StoreScan(KeyValueStore<K, byte[]> store, Serializer<K> keys) {
    this(store, keys, null, null);
  }

  /** Of the keys in a range, both ends included; null for an open end. */
  public StoreScan(KeyValueStore<K, byte[]> store, Serializer<K> keys, K from, K to) {
    this.store = store;
    this.keys = keys;
    this.from = from;
    this.to = to;
  }

  /**
   * Visits the next keys.
   *
   * @param most how many
   * @param visitor may put and delete
   * @return whether these were the last; the next call begins again
   */
  public boolean next(int most, BiConsumer<K, byte[]> visitor) {
    return nextWhile(
        most,
        (key, value) -> {
          visitor.accept(key, value);
          return true;
        });
  }

  /**
   * Visits the next keys until one is not done with.
   *
   * @param most how many
   * @param visitor may put and delete; says whether it is done with the key, which else is the
   *     first of the next call
   * @return whether these were the last; the next call begins again
   */
  boolean nextWhile(int most, BiPredicate<K, byte[]> visitor) {
    List<KeyValue<K, byte[]>> found = new ArrayList<>();
    boolean isOver;
    try (KeyValueIterator<K, byte[]> range = store.range(last == null ? from : last, to)) {
      byte[] visited = last == null ? null : keys.serialize(null, last);
      while (found.size() < most && range.hasNext()) {
        KeyValue<K, byte[]> entry = range.next();
        if (visited == null || !Arrays.equals(visited, keys.serialize(null, entry.key))) {
          found.add(entry);
        }
      }
      isOver = !range.hasNext();
    }
    for (KeyValue<K, byte[]> entry : found) {
      K before = last;
      last = entry.key;
      if (!visitor.test(entry.key, entry.value)) {
        last = before;
        return false;
      }
    }
    last = isOver ? null : last;
    return isOver;
  }
}
