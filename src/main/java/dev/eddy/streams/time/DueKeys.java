package dev.eddy.streams.time;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;

/**
 * Which keys are to be looked at when time has passed. A key whose time moves on stays where it is
 * until it is looked at, so that a record seldom costs more than one look-up.
 */
final class DueKeys {
  /** A key, and the time that it was waiting for. */
  record Due(Bytes key, long timeMs) {}

  private final boolean inOrder;
  private final Map<Bytes, Long> times = new HashMap<>();
  private final TreeMap<Long, List<Bytes>> keys = new TreeMap<>();
  private long sortedMs = Long.MIN_VALUE; // the keys that wait for it are in order, from behind

  /**
   * @param inOrder whether those of one time are taken out in order of keys
   */
  DueKeys(boolean inOrder) {
    this.inOrder = inOrder;
  }

  /** The key is to be looked at by then; {@link Long#MAX_VALUE} for never. */
  void set(Bytes key, long dueMs) {
    if (dueMs == Long.MAX_VALUE) {
      return;
    }
    Long known = times.get(key);
    if (known == null || known > dueMs) {
      times.put(key, dueMs);
      keys.computeIfAbsent(dueMs, time -> new ArrayList<>()).add(key);
      if (dueMs == sortedMs) {
        sortedMs = Long.MIN_VALUE;
      }
    }
  }

  /** Takes out a key that is due, in order of time; null if none is. */
  Due poll(long untilMs) {
    Map.Entry<Long, List<Bytes>> first = keys.firstEntry();
    while (first != null && first.getKey() <= untilMs) {
      long timeMs = first.getKey();
      List<Bytes> due = first.getValue();
      if (inOrder && timeMs != sortedMs) {
        due.sort(Comparator.reverseOrder());
        sortedMs = timeMs;
      }
      Bytes key = due.remove(due.size() - 1);
      if (due.isEmpty()) {
        keys.remove(timeMs);
        first = keys.firstEntry();
      }
      if (times.remove(key, timeMs)) {
        return new Due(key, timeMs);
      }
    }
    return null;
  }

  /** Forgets a key. */
  void remove(Bytes key) {
    times.remove(key); // poll skips it where it stands in order of time
  }

  void clear() {
    times.clear();
    keys.clear();
  }

  int size() {
    return times.size();
  }
}
