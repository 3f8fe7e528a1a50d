package dev.eddy.streams.time;

import dev.eddy.avro.Observation;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * One task's held records.
 *
 * <p>The store is in memory, its changelog makes it last; beside it stands what it holds, in order
 * of time, over all keys and for each, so that a record costs a few steps in a tree and nothing is
 * searched. That index is made of the store at first. A record that is due as it comes is not held:
 * it goes on at once, behind those that it makes due. Whether it is too late is said by whoever
 * keeps a key's last time.
 */
final class OrderProcessor<K> implements Processor<K, Observation, K, Observation> {
  private static final Comparator<Held> BY_TIME =
      Comparator.comparingLong(Held::timeMs).thenComparingLong(Held::number);
  private static final long LONGEST_TICK_MS = 500;

  /** A record in the store; the number orders those of one time as they came. */
  private record Held(long timeMs, long number, Bytes key) {
    byte[] stored() {
      return HeldRecord.key(timeMs, number, key.get());
    }
  }

  private final String name;
  private final String storeName;
  private final Serde<K> keys;
  private final long graceMs;
  private final long idleMs;
  private final int maxRecordsPerKey;
  private final BooleanSupplier drained;
  private final TreeSet<Held> all = new TreeSet<>(BY_TIME);
  private final Map<Bytes, TreeSet<Held>> ofKey = new HashMap<>();
  private ProcessorContext<K, Observation> context;
  private KeyValueStore<byte[], byte[]> store;
  private Sensor early;
  private boolean isTakenUp;
  private long nextNumber;
  private long lastArrivalMs; // wall-clock

  OrderProcessor(
      String name, String storeName, Serde<K> keys, Grace grace, BooleanSupplier drained) {
    this.name = name;
    this.storeName = storeName;
    this.keys = keys;
    this.graceMs = grace.grace().toMillis();
    this.idleMs = grace.idle().toMillis();
    this.maxRecordsPerKey = grace.maxRecordsPerKey();
    this.drained = drained;
  }

  @Override
  public void init(ProcessorContext<K, Observation> context) {
    all.clear(); // a task is begun anew after its store was, with the same processor
    ofKey.clear();
    isTakenUp = false;
    nextNumber = 0;
    this.context = context;
    this.store = context.getStateStore(storeName);
    this.early =
        context
            .metrics()
            .addRateTotalSensor(
                "eddy",
                context.taskId() + "-" + name,
                "early-releases",
                Sensor.RecordingLevel.INFO);
    lastArrivalMs = context.currentSystemTimeMs();
    context.schedule(
        Duration.ofMillis(Math.min(LONGEST_TICK_MS, Math.max(1, idleMs / 4))),
        PunctuationType.WALL_CLOCK_TIME,
        this::look);
  }

  @Override
  public void process(Record<K, Observation> record) {
    if (!isTakenUp) {
      takeUp();
    }
    lastArrivalMs = context.currentSystemTimeMs();
    long dueMs = context.currentStreamTimeMs() - graceMs;
    release(dueMs); // a record that is refused has moved the time too
    Arrivals.check(record.key(), record.value(), record.headers());
    if (record.timestamp() <= dueMs) {
      context.forward(record);
    } else {
      hold(record);
    }
  }

  /** What was held when the task was stopped. */
  private void takeUp() {
    isTakenUp = true;
    try (KeyValueIterator<byte[], byte[]> held = store.all()) {
      while (held.hasNext()) {
        KeyValue<byte[], byte[]> entry = held.next();
        long number = HeldRecord.number(entry.key);
        index(
            new Held(
                HeldRecord.timeMs(entry.key), number, Bytes.wrap(HeldRecord.recordKey(entry.key))));
        nextNumber = Math.max(nextNumber, number + 1);
      }
    }
  }

  private void hold(Record<K, Observation> record) {
    Bytes key = Bytes.wrap(keys.serializer().serialize(null, record.key()));
    Held held = new Held(record.timestamp(), nextNumber++, key);
    store.put(held.stored(), HeldRecord.write(withOrigin(record.value()), record.headers()));
    TreeSet<Held> ofThis = index(held);
    if (ofThis.size() > maxRecordsPerKey) {
      early.record();
      release(ofThis.first());
    }
  }

  /** While it waits, other records become the task's own. */
  private Observation withOrigin(Observation observation) {
    RecordMetadata place = context.recordMetadata().orElse(null);
    if (observation == null || place == null) {
      return observation;
    }
    Observation.Origin origin = observation.origin();
    return observation.from(
        new Observation.Origin(
            place.topic(),
            place.partition(),
            place.offset(),
            origin == null ? null : origin.value()));
  }

  private TreeSet<Held> index(Held held) {
    all.add(held);
    TreeSet<Held> ofThis = ofKey.computeIfAbsent(held.key, key -> new TreeSet<>(BY_TIME));
    ofThis.add(held);
    return ofThis;
  }

  /** Lets all go on that are not younger than this. */
  private void release(long dueMs) {
    while (!all.isEmpty() && all.first().timeMs <= dueMs) {
      release(all.first());
    }
  }

  private void release(Held held) {
    byte[] stored = held.stored();
    byte[] value = store.delete(stored);
    all.remove(held);
    TreeSet<Held> ofThis = ofKey.get(held.key);
    ofThis.remove(held);
    if (ofThis.isEmpty()) {
      ofKey.remove(held.key);
    }
    RecordHeaders headers = new RecordHeaders();
    Observation observation = HeldRecord.read(value, held.timeMs, headers);
    K key = keys.deserializer().deserialize(null, held.key.get());
    context.forward(new Record<>(key, observation, held.timeMs, headers));
  }

  /** Whether the partition has fallen silent. */
  private void look(long wallClockMs) {
    if (!isTakenUp) {
      takeUp();
    }
    if (wallClockMs - lastArrivalMs >= idleMs || drained.getAsBoolean()) {
      release(Long.MAX_VALUE);
    }
  }

  @Override
  public void close() {
    context.metrics().removeSensor(early);
  }
}
