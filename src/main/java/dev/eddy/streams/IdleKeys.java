package dev.eddy.streams;

import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;

/**
 * The keys of a task that have a state, each with a time by which to look whether it has fallen
 * idle. A key that has had records meanwhile is put back with its new time when it is looked at, so
 * a record costs nothing here but the first of its key.
 */
final class IdleKeys {
  private record Entry(long dueMs, Bytes key) implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      int order = Long.compare(dueMs, other.dueMs);
      return order != 0 ? order : key.compareTo(other.key);
    }
  }

  private final PriorityQueue<Entry> entries = new PriorityQueue<>();
  private final Set<Bytes> known = new HashSet<>();

  /** Adds a key, or leaves it where it is. */
  void add(Bytes key, long dueMs) {
    if (known.add(key)) {
      entries.add(new Entry(dueMs, key));
    }
  }

  void clear() {
    entries.clear();
    known.clear();
  }

  /** Takes out the first key whose time is before this; null for none. */
  Bytes poll(long timeMs) {
    Entry first = entries.peek();
    if (first == null || first.dueMs >= timeMs) {
      return null;
    }
    entries.poll();
    known.remove(first.key);
    return first.key;
  }
}
