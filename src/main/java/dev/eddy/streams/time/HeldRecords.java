package dev.eddy.streams.time;

import dev.eddy.avro.Observation;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * One task's records that wait, in order of time, over all keys and for each.
 *
 * <p>Each is in a slot of the store. A slot whose record time has passed is not emptied but filled
 * again by the next record; which records have gone on is said by the latest time up to which all
 * had when a record was held, or that stands for itself. So what waits for less than the time from
 * commit to commit is written to the changelog about as often as a slot, not as a record. When
 * nothing waits, the store is empty.
 *
 * <p>A record that goes on before its time, as the earliest of its key, stays in the heap of all
 * until it comes up there.
 *
 * <pre>
 * slot    key    number of the slot (4)
 *         value  see {@link HeldRecord}
 * passed  key    0 (1 byte)
 *         value  time up to which all records have gone on, ms (8); big-endian
 * </pre>
 *
 * A record that an earlier build put under time, number and key is taken up too, and removed as it
 * goes on.
 */
final class HeldRecords {
  private static final byte[] PASSED = {0};
  private static final int SPARE = 1_000;

  /**
   * A record in the store. Those of one time are in order of keys, since what is made of all keys
   * together must not depend on which came first; of one key, the number orders them as they came.
   */
  static final class Held implements Comparable<Held> {
    final long timeMs;
    final long number;
    final Bytes key;
    private final byte[] stored; // the key in the store
    private final Observation observation;
    private final Headers headers; // null for one of which only the store knows
    private boolean isTaken;

    Held(long timeMs, long number, Bytes key, byte[] stored, Observation of, Headers headers) {
      this.timeMs = timeMs;
      this.number = number;
      this.key = key;
      this.stored = stored;
      this.observation = of;
      this.headers = headers;
    }

    @Override
    public int compareTo(Held other) {
      if (timeMs != other.timeMs) {
        return Long.compare(timeMs, other.timeMs);
      }
      int byKey = key.compareTo(other.key);
      return byKey != 0 ? byKey : Long.compare(number, other.number);
    }

    private boolean isInSlot() {
      return stored.length == Integer.BYTES;
    }
  }

  private final KeyValueStore<byte[], byte[]> store;
  private final PriorityQueue<Held> all = new PriorityQueue<>();
  private final Map<Bytes, PriorityQueue<Held>> ofKey = new HashMap<>();
  private final Deque<byte[]> free = new ArrayDeque<>(); // the last one used is the next
  private int count; // of those that are held
  private int taken; // in the heap of all, and not held any more
  private int slots;
  private long nextNumber;
  private long passedMs = Long.MIN_VALUE;
  private boolean isPassedStored; // in an entry of its own

  /** Takes up what the store holds. */
  HeldRecords(KeyValueStore<byte[], byte[]> store) {
    this.store = store;
    byte[] passed = store.get(PASSED);
    isPassedStored = passed != null;
    passedMs = passed == null ? Long.MIN_VALUE : ByteBuffer.wrap(passed).getLong();
    List<Held> found = new ArrayList<>();
    try (KeyValueIterator<byte[], byte[]> entries = store.all()) {
      while (entries.hasNext()) {
        KeyValue<byte[], byte[]> entry = entries.next();
        if (entry.key.length != PASSED.length) {
          found.add(HeldRecord.held(entry.key, entry.value));
          passedMs = Math.max(passedMs, HeldRecord.passedMs(entry.value));
        }
      }
    }
    for (Held held : found) {
      nextNumber = Math.max(nextNumber, held.number + 1);
      if (held.isInSlot()) {
        slots = Math.max(slots, ByteBuffer.wrap(held.stored).getInt() + 1);
      }
      if (held.isInSlot() && held.timeMs <= passedMs) {
        free.push(held.stored);
      } else {
        index(held);
      }
    }
    tidy();
  }

  private int index(Held held) {
    all.add(held);
    count++;
    PriorityQueue<Held> ofThis = ofKey.computeIfAbsent(held.key, key -> new PriorityQueue<>(1));
    ofThis.add(held);
    return ofThis.size();
  }

  /** How many are held. */
  int count() {
    return count;
  }

  /** All have gone on that are not younger; what is held is younger. */
  long passedMs() {
    return passedMs;
  }

  /** The earliest of all; null if none is held. */
  Held first() {
    Held first = all.peek();
    while (first != null && first.isTaken) {
      all.poll();
      taken--;
      first = all.peek();
    }
    return first;
  }

  /** It stays in the heap of all for now; of such there are never many more than of others. */
  private void leave(Held held) {
    held.isTaken = true;
    if (++taken > count + SPARE) {
      all.removeIf(one -> one.isTaken);
      taken = 0;
    }
  }

  /** The earliest of a key. */
  Held firstOf(Bytes key) {
    return ofKey.get(key).peek();
  }

  /** Holds a record; returns how many of its key are held now. */
  int hold(long timeMs, Bytes key, Observation observation, Headers headers) {
    byte[] slot =
        free.isEmpty() ? ByteBuffer.allocate(Integer.BYTES).putInt(slots++).array() : free.pop();
    Held held = new Held(timeMs, nextNumber++, key, slot, observation, headers);
    store.put(slot, HeldRecord.write(timeMs, held.number, key, passedMs, observation, headers));
    return index(held);
  }

  /**
   * Takes out the earliest of its key.
   *
   * @param passed whether {@link #passed} will say that time has passed it
   * @param headers receives its headers
   */
  Observation take(Held held, boolean passed, RecordHeaders headers) {
    count--;
    if (all.peek() == held) {
      all.poll();
    } else {
      leave(held);
    }
    PriorityQueue<Held> ofThis = ofKey.get(held.key);
    ofThis.poll();
    if (ofThis.isEmpty()) {
      ofKey.remove(held.key);
    }
    byte[] value = held.headers == null ? store.get(held.stored) : null;
    if (held.isInSlot()) {
      free.push(held.stored);
    }
    if (!passed || !held.isInSlot()) {
      store.delete(held.stored); // and with it the time up to which all had gone on
    }
    if (!passed && passedMs > Long.MIN_VALUE) {
      storePassed();
    }
    if (held.headers == null) {
      return HeldRecord.read(value, held.timeMs, headers);
    }
    held.headers.forEach(headers::add);
    return held.observation;
  }

  /**
   * All have gone on that are not younger.
   *
   * @param isNext whether a record is held next, with which that is stored
   */
  void passed(long timeMs, boolean isNext) {
    passedMs = Math.max(passedMs, timeMs);
    if (count == 0) {
      tidy();
      return;
    }
    if (!isNext) {
      storePassed();
    }
    while (free.size() > count + SPARE) { // what many took is given back
      store.delete(free.removeLast());
    }
  }

  private void storePassed() {
    store.put(PASSED, ByteBuffer.allocate(Long.BYTES).putLong(passedMs).array());
    isPassedStored = true;
  }

  /** Where nothing waits, nothing stays. */
  void tidy() {
    if (count > 0) {
      return;
    }
    all.clear();
    taken = 0;
    free.forEach(store::delete);
    free.clear();
    slots = 0;
    nextNumber = 0;
    if (isPassedStored) {
      store.delete(PASSED);
      isPassedStored = false;
    }
  }
}
