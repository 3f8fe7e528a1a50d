package dev.eddy.streams.time;

import dev.eddy.avro.Observation;
import dev.eddy.frames.FramePlan;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * A processor that makes frames of frames: on a regular grid, of windows, with features of what was
 * before; for a topology of your own. It brings its store.
 *
 * <p>Records must come in order of time for each key, as {@link OrderProcessorSupplier} gives them;
 * one that is older than what its key has had, or than what has been closed, is thrown as {@link
 * dev.eddy.avro.BadRecordException}. A null value ends a sequence: what is left comes out, then the
 * end goes on. With grace, what waits for time comes out when stream time has passed it by more
 * than grace; without, keys are strangers, and only the key's next record closes it. When the
 * partition has been silent for {@link Grace#idle}, stream time is taken to go on as the wall-clock
 * does, so that a window closes when its time is over and no earlier.
 *
 * @param <K> the key, opaque: state is kept under its bytes
 */
public final class FramesProcessorSupplier<K>
    implements ProcessorSupplier<K, Observation, K, Observation> {

  private final String name;
  private final Serde<K> keys;
  private final FramePlan plan;
  private final Grace grace;
  private final long lateToleranceMs;
  private final boolean resetsOtherLayouts;
  private final BooleanSupplier drained;
  private final StoreBuilder<KeyValueStore<byte[], byte[]>> store;
  private final AtomicLong waiting = new AtomicLong();
  private Optional<OrderProcessorSupplier<K>> order = Optional.empty();
  private Optional<Duration> expireAfter = Optional.empty();
  private boolean byWallClock;
  private boolean inOrderOfTime;

  /**
   * @param name the pipeline's
   * @param timing with what becomes of frames
   * @param lateTolerance how much older a record may be and still be taken, as if it were not
   * @param store of the name {@link #storeName}
   * @param resetsOtherLayouts whether a key begins anew whose state was written with other
   *     settings; else the stream stops
   * @param drained asked now and then: whether the input is over, so that nothing needs to wait
   */
  public FramesProcessorSupplier(
      String name,
      Serde<K> keys,
      Timing timing,
      Duration lateTolerance,
      StoreBuilder<KeyValueStore<byte[], byte[]>> store,
      boolean resetsOtherLayouts,
      BooleanSupplier drained) {
    this.name = name;
    this.keys = keys;
    this.plan =
        timing
            .frames()
            .orElseThrow(
                () -> new IllegalArgumentException("without stages nothing becomes of frames"));
    this.grace = timing.grace();
    this.lateToleranceMs = lateTolerance.toMillis();
    this.store = Objects.requireNonNull(store, "store");
    this.resetsOtherLayouts = resetsOtherLayouts;
    this.drained = drained;
  }

  /**
   * Knows what puts records in order right before it: records that wait there are no silence, and
   * from there it is told of time, which costs less than to look for each record, by records
   * without key and value: so nothing else may read what that puts in order. To be called before
   * either is used.
   */
  public FramesProcessorSupplier<K> behind(OrderProcessorSupplier<K> order) {
    this.order = Optional.of(order);
    order.tellTime();
    return this;
  }

  /**
   * Forgets a key so long after its last record, when nothing of it waits for time to pass, and
   * tells what follows with a null value of which nothing is to come out; so scoring needs no
   * expiry of its own. To be called before it is used.
   *
   * @param byWallClock whether event times are compared with the machine's clock, else with stream
   *     time
   */
  public FramesProcessorSupplier<K> expiringAfter(Duration time, boolean byWallClock) {
    this.expireAfter = Optional.of(time);
    this.byWallClock = byWallClock;
    return this;
  }

  /**
   * Gives what waits for time, of all keys of a task, in order of time, that of one time in order
   * of keys, and before a record that is later where what puts records in order is {@link #behind
   * right before}: for what learns of all keys together. Then a call is not bounded: windows that
   * end at one time are closed at once. To be called before it is used.
   */
  public FramesProcessorSupplier<K> inOrderOfTime() {
    this.inOrderOfTime = true;
    return this;
  }

  /** The name of its processor and of its store, {@code NAME-frames}. */
  public static String storeName(String name) {
    return name + "-frames";
  }

  /** Keys, of all tasks in this process, of which something waits for time to pass. */
  public long waiting() {
    return waiting.get();
  }

  void countWaiting(int more) {
    waiting.addAndGet(more);
  }

  FramePlan plan() {
    return plan;
  }

  Serde<K> keys() {
    return keys;
  }

  Grace grace() {
    return grace;
  }

  long lateToleranceMs() {
    return lateToleranceMs;
  }

  boolean resetsOtherLayouts() {
    return resetsOtherLayouts;
  }

  boolean isDrained() {
    return drained.getAsBoolean();
  }

  Optional<Duration> expireAfter() {
    return expireAfter;
  }

  boolean byWallClock() {
    return byWallClock;
  }

  String storeName() {
    return storeName(name);
  }

  boolean isInOrderOfTime() {
    return inOrderOfTime;
  }

  /** Whether records without key and value tell of time. */
  boolean isToldTime() {
    return order.isPresent();
  }

  /** How many records of a task wait to come here. */
  int waitingBefore(TaskId task) {
    return order.map(before -> before.count(task)).orElse(0);
  }

  @Override
  public Processor<K, Observation, K, Observation> get() {
    return new FramesProcessor<>(this);
  }

  @Override
  public Set<StoreBuilder<?>> stores() {
    return Set.of(store);
  }
}
