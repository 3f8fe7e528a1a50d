package dev.eddy.streams.store;

import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;

/** Entries of a store, with those in front of it in their place. */
final class MergedIterator<K> implements KeyValueIterator<K, byte[]> {
  private final KeyValueIterator<Bytes, byte[]> below;
  private final Iterator<Map.Entry<Bytes, byte[]>> inFront;
  private final Function<Bytes, K> keys;
  private KeyValue<Bytes, byte[]> nextBelow;
  private Map.Entry<Bytes, byte[]> nextInFront;
  private KeyValue<Bytes, byte[]> next;

  /**
   * @param below in order of keys; closed with this
   * @param inFront null values stand for what is deleted
   */
  MergedIterator(
      KeyValueIterator<Bytes, byte[]> below,
      SortedMap<Bytes, byte[]> inFront,
      Function<Bytes, K> keys) {
    this.below = below;
    this.inFront = inFront.entrySet().iterator();
    this.keys = keys;
    this.nextBelow = fromBelow();
    this.nextInFront = fromFront();
    this.next = take();
  }

  private KeyValue<Bytes, byte[]> fromBelow() {
    return below.hasNext() ? below.next() : null;
  }

  private Map.Entry<Bytes, byte[]> fromFront() {
    return inFront.hasNext() ? inFront.next() : null;
  }

  private KeyValue<Bytes, byte[]> take() {
    while (nextBelow != null || nextInFront != null) {
      int order =
          nextInFront == null
              ? -1
              : nextBelow == null ? 1 : nextBelow.key.compareTo(nextInFront.getKey());
      KeyValue<Bytes, byte[]> taken;
      if (order < 0) {
        taken = nextBelow;
      } else {
        taken = new KeyValue<>(nextInFront.getKey(), nextInFront.getValue());
        nextInFront = fromFront();
      }
      if (order <= 0) {
        nextBelow = fromBelow();
      }
      if (taken.value != null) {
        return taken;
      }
    }
    return null;
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public K peekNextKey() {
    if (next == null) {
      throw new NoSuchElementException();
    }
    return keys.apply(next.key);
  }

  @Override
  public KeyValue<K, byte[]> next() {
    K key = peekNextKey();
    byte[] value = next.value;
    next = take();
    return new KeyValue<>(key, value);
  }

  @Override
  public void close() {
    below.close();
  }
}
