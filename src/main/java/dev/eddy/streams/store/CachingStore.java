package dev.eddy.streams.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.internals.ProcessorContextUtils;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.internals.WrappedStateStore;

/**
 * A write-back cache: gathers writes in memory until Kafka Streams commits, and remembers what was
 * read. Kafka's own cache does the same at several times the cost. That one keeps all stores of a
 * thread in order of keys and of use, and carries a record's context with each entry; here a
 * look-up is one in a hash map.
 *
 * <p>Kafka Streams calls {@link #flushCache} before each commit, while the transaction is open, so
 * what was gathered is in the changelog with the commit of the records that made it; where a task
 * is given up without one, what was gathered is lost with it, and the records come again. Of what
 * takes more room than there is, the oldest that has not been used for a round goes into the store
 * below early, as it may at any time: keeping all in order of use would cost each look-up more.
 * There is room for a quarter of {@code statestore.cache.max.bytes} for the stores of this name in
 * all tasks of the process together, the same for each that is in use; 0 writes each at once.
 *
 * <p>Thread-safe, so that another thread may look; only the task's own may write, and only what
 * that one reads is remembered: a look by another must neither write early nor keep what restoring
 * replaces below.
 */
final class CachingStore<K> extends WrappedStateStore<KeyValueStore<Bytes, byte[]>, K, byte[]>
    implements KeyValueStore<K, byte[]> {
  private static final long CACHE_BYTES = 10 << 20; // Kafka's default, where no size is known
  private static final int SHARE = 4; // of the cache's size, for the stores of a name
  private static final int ENTRY_BYTES = 150; // of one, beside its key and value

  private static final class Entry {
    final Bytes key;
    byte[] value; // null where it is deleted
    boolean isDirty; // not in the store below yet
    boolean isUsed; // since it came, or its turn to go

    Entry(Bytes key) {
      this.key = key;
    }

    int bytes() {
      return ENTRY_BYTES + key.get().length + (value == null ? 0 : value.length);
    }
  }

  private final Serde<K> keys;
  private final AtomicInteger users; // of the room: stores with entries
  private final Map<Bytes, Entry> entries = new LinkedHashMap<>(); // by age
  private final List<Entry> dirty = new ArrayList<>(); // since the commit; some are written early
  private TreeMap<Bytes, Entry> dirtyInOrder; // made where a range is asked for; else null
  private Thread writer; // the task's own; null until it writes
  private String topic; // of the changelog; for serdes that look at it
  private long roomBytes; // for all users
  private long bytes;
  private boolean isUser;

  /**
   * @param users how many stores share the room now; the same for all of a name
   */
  CachingStore(KeyValueStore<Bytes, byte[]> below, Serde<K> keys, AtomicInteger users) {
    super(below);
    this.keys = keys;
    this.users = users;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    forget();
    Object size = context.appConfigs().get(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG);
    roomBytes = (size == null ? CACHE_BYTES : Long.parseLong(size.toString())) / SHARE;
    topic = ProcessorContextUtils.changelogFor(context, name(), true);
    super.init(context, root);
  }

  private Bytes serialized(K key) {
    return Bytes.wrap(keys.serializer().serialize(topic, key));
  }

  private K deserialized(Bytes bytes) {
    return keys.deserializer().deserialize(topic, bytes.get());
  }

  @Override
  public synchronized byte[] get(K key) {
    Bytes wanted = serialized(key);
    Entry entry = entries.get(wanted);
    if (entry != null) {
      entry.isUsed = true;
      return entry.value;
    }
    byte[] value = wrapped().get(wanted);
    if (value != null && Thread.currentThread() == writer) {
      entry = new Entry(wanted);
      entry.value = value;
      entries.put(wanted, entry);
      bytes += entry.bytes();
      giveWay();
    }
    return value;
  }

  @Override
  public synchronized void put(K key, byte[] value) {
    Bytes wanted = serialized(key);
    Entry entry = entries.get(wanted);
    if (entry == null) {
      entry = new Entry(wanted);
      entries.put(wanted, entry);
    } else {
      bytes -= entry.bytes();
      entry.isUsed = true;
    }
    entry.value = value;
    bytes += entry.bytes();
    if (!entry.isDirty) {
      entry.isDirty = true;
      dirty.add(entry);
      if (dirtyInOrder != null) {
        dirtyInOrder.put(wanted, entry);
      }
    }
    writer = Thread.currentThread();
    giveWay();
  }

  /** Where there are too many, the oldest go that were not used since their turn came last. */
  private void giveWay() {
    if (!isUser) {
      isUser = true;
      users.incrementAndGet();
    }
    long mostBytes = roomBytes / users.get();
    if (bytes <= mostBytes) {
      return;
    }
    while (bytes > mostBytes && !entries.isEmpty()) {
      Entry entry = entries.values().iterator().next();
      entries.remove(entry.key);
      if (entry.isUsed) {
        entry.isUsed = false;
        entries.put(entry.key, entry);
        continue;
      }
      write(entry);
      bytes -= entry.bytes();
      entry.value = null; // it may stay among the dirty
    }
    if (entries.isEmpty() || dirty.size() > 2 * entries.size()) {
      dirty.removeIf(entry -> !entry.isDirty);
    }
  }

  private void write(Entry entry) {
    if (entry.isDirty) {
      wrapped().put(entry.key, entry.value);
      entry.isDirty = false;
    }
  }

  /** Before a commit: puts what was gathered into the store below and its changelog. */
  @Override
  public synchronized void flushCache() {
    List<KeyValue<Bytes, byte[]>> all = new ArrayList<>(dirty.size());
    for (Entry entry : dirty) {
      if (entry.isDirty) {
        all.add(KeyValue.pair(entry.key, entry.value));
        entry.isDirty = false;
      }
      if (entry.value == null && entries.remove(entry.key, entry)) {
        bytes -= entry.bytes();
      }
    }
    wrapped().putAll(all); // one batch costs less than one write each
    dirty.clear();
    dirtyInOrder = null;
    super.flushCache();
  }

  @Override
  public synchronized void clearCache() {
    forget();
    super.clearCache();
  }

  private synchronized void forget() {
    entries.clear();
    dirty.clear();
    dirtyInOrder = null;
    writer = null;
    bytes = 0;
    if (isUser) {
      isUser = false;
      users.decrementAndGet();
    }
  }

  @Override
  public synchronized byte[] putIfAbsent(K key, byte[] value) {
    byte[] present = get(key);
    if (present == null) {
      put(key, value);
    }
    return present;
  }

  @Override
  public void putAll(List<KeyValue<K, byte[]>> all) {
    all.forEach(entry -> put(entry.key, entry.value));
  }

  @Override
  public synchronized byte[] delete(K key) {
    byte[] present = get(key);
    put(key, null);
    return present;
  }

  @Override
  public KeyValueIterator<K, byte[]> range(K from, K to) {
    return merged(from == null ? null : serialized(from), to == null ? null : serialized(to));
  }

  @Override
  public KeyValueIterator<K, byte[]> all() {
    return merged(null, null);
  }

  /** What is below, and what was gathered as it is now. */
  private synchronized KeyValueIterator<K, byte[]> merged(Bytes from, Bytes to) {
    if (dirtyInOrder == null) {
      dirtyInOrder = new TreeMap<>();
      dirty.forEach(entry -> dirtyInOrder.put(entry.key, entry));
    }
    NavigableMap<Bytes, Entry> within =
        from == null ? dirtyInOrder : dirtyInOrder.tailMap(from, true);
    within = to == null ? within : within.headMap(to, true);
    TreeMap<Bytes, byte[]> inFront = new TreeMap<>();
    for (Entry entry : within.values()) {
      if (entry.isDirty) {
        inFront.put(entry.key, entry.value);
      }
    }
    return new MergedIterator<>(wrapped().range(from, to), inFront, this::deserialized);
  }

  /** Without what has been gathered. */
  @Override
  public long approximateNumEntries() {
    return wrapped().approximateNumEntries();
  }

  @Override
  public void close() {
    forget();
    super.close();
  }
}
