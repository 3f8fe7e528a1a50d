package dev.eddy.streams.time;

import dev.eddy.avro.Observation;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * One task's records that wait for earlier ones.
 *
 * <p>The store is in memory, its changelog makes it last; beside it stands what it holds, so that a
 * record costs a few steps in a tree and nothing is searched. A record that is due as it comes is
 * not held: it goes on at once, behind those that it makes due. Whether it is too late is said by
 * whoever keeps a key's last time.
 */
final class OrderProcessor<K> implements Processor<K, Observation, K, Observation> {
  private final String name;
  private final String storeName;
  private final Serde<K> keys;
  private final long heldMs; // until stream time has passed a record by so much
  private final long behindMs; // of all records that have gone on, the stream
  private final long idleMs;
  private final int maxRecordsPerKey;
  private final BooleanSupplier drained;
  private final Map<TaskId, OrderProcessor<K>> tasks;
  private final boolean tellsTime;
  private final Silence silence;
  private ProcessorContext<K, Observation> context;
  private KeyValueStore<byte[], byte[]> store;
  private HeldRecords held; // null before the store is complete
  private Sensor early;
  private long toldMs;

  /**
   * @param tasks that are open; it adds and removes itself
   */
  OrderProcessor(
      String name,
      String storeName,
      Serde<K> keys,
      Grace grace,
      boolean inOrderOfKeys,
      BooleanSupplier drained,
      Map<TaskId, OrderProcessor<K>> tasks,
      boolean tellsTime) {
    this.name = name;
    this.storeName = storeName;
    this.keys = keys;
    this.behindMs = grace.behindMs();
    this.heldMs = inOrderOfKeys ? behindMs : grace.grace().toMillis();
    this.idleMs = grace.idle().toMillis();
    this.maxRecordsPerKey = grace.maxRecordsPerKey();
    this.drained = drained;
    this.tasks = tasks;
    this.tellsTime = tellsTime;
    this.silence = new Silence(idleMs);
  }

  @Override
  public void init(ProcessorContext<K, Observation> context) {
    held = null; // a task is begun anew after its store was, with the same processor
    toldMs = -1;
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
    tasks.put(context.taskId(), this);
    silence.ended(context.currentSystemTimeMs());
    context.schedule(
        Duration.ofMillis(silence.tickMs()), PunctuationType.WALL_CLOCK_TIME, this::look);
  }

  @Override
  public void process(Record<K, Observation> record) {
    takeUp();
    silence.ended(context.currentSystemTimeMs());
    // where grace has grown since, what had gone on by then is not waited for once more
    long dueMs = Math.max(context.currentStreamTimeMs() - heldMs, held.passedMs());
    boolean isUsable = Arrivals.isUsable(record.key(), record.value(), record.headers());
    boolean isHeld = isUsable && record.timestamp() > dueMs;
    release(dueMs, isHeld); // a record that is refused has moved the time too
    if (isHeld) {
      hold(record);
    } else if (isUsable) {
      context.forward(record);
    }
    if (tellsTime) {
      tell(context.currentStreamTimeMs() - behindMs);
    }
    if (!isUsable) {
      Arrivals.check(record.key(), record.value(), record.headers());
    }
  }

  /** Says that all records up to a time have gone on, and that no more come. */
  private void tell(long passedMs) {
    if (passedMs > toldMs) {
      toldMs = passedMs;
      RecordHeaders headers = new RecordHeaders();
      Arrivals.markPassed(headers);
      context.forward(new Record<>(null, null, passedMs, headers));
    }
  }

  /** How many records wait now. */
  int count() {
    takeUp();
    return held.count();
  }

  /** What was held when the task was stopped. */
  private void takeUp() {
    if (held == null) {
      held = new HeldRecords(store);
    }
  }

  private void hold(Record<K, Observation> record) {
    Bytes key = Bytes.wrap(keys.serializer().serialize(null, record.key()));
    int ofKey = held.hold(record.timestamp(), key, withOrigin(record.value()), record.headers());
    if (ofKey > maxRecordsPerKey) {
      early.record();
      release(held.firstOf(key), false);
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

  /** Lets all go on that time has passed. */
  private void release(long dueMs, boolean isHeldNext) {
    boolean any = false;
    HeldRecords.Held first = held.first();
    while (first != null && first.timeMs <= dueMs) {
      any = true;
      release(first, true);
      first = held.first();
    }
    if (any) {
      held.passed(dueMs, isHeldNext);
    }
  }

  private void release(HeldRecords.Held one, boolean passed) {
    RecordHeaders headers = new RecordHeaders();
    Observation observation = held.take(one, passed, headers);
    K key = keys.deserializer().deserialize(null, one.key.get());
    context.forward(new Record<>(key, observation, one.timeMs, headers));
  }

  /** Whether the partition has fallen silent. */
  private void look(long wallClockMs) {
    takeUp();
    if (silence.at(wallClockMs) >= idleMs || drained.getAsBoolean()) {
      for (HeldRecords.Held first = held.first(); first != null; first = held.first()) {
        release(first, false);
      }
      held.tidy();
    }
  }

  @Override
  public void close() {
    tasks.remove(context.taskId(), this);
    context.metrics().removeSensor(early);
  }
}
