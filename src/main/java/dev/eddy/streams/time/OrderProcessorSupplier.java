package dev.eddy.streams.time;

import dev.eddy.avro.Observation;
import dev.eddy.streams.store.CachingStoreBuilder;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * A processor that puts the records of each key in order of time, for a topology of your own; it
 * brings its store.
 *
 * <pre>{@code
 * stream.process(new OrderProcessorSupplier<>("oven", Serdes.String(), Grace.of(Duration.ofSeconds(30))))
 *     .processValues(new ScoringProcessorSupplier<>(scoring, Serdes.String(), kernels));
 * }</pre>
 *
 * <p>Of the same records in any order of arrival, the same order comes out, as long as none comes
 * behind stream time by more than grace. Records of equal time go on in order of keys (but one that
 * is behind by all of grace, see {@link #inOrderOfKeys}), those of one key in the order of their
 * offsets. A record that comes later than that goes on as it comes, and scoring refuses it where
 * its key is past it. Keys go on unchanged.
 *
 * @param <K> the key, opaque
 */
public final class OrderProcessorSupplier<K>
    implements ProcessorSupplier<K, Observation, K, Observation> {
  private final String name;
  private final Serde<K> keys;
  private final Grace grace;
  private final BooleanSupplier drained;
  private final Map<TaskId, OrderProcessor<K>> tasks = new ConcurrentHashMap<>(); // in this process
  private boolean tellsTime;
  private boolean inOrderOfKeys;

  /**
   * @param name the pipeline's
   * @throws IllegalArgumentException if nothing is to be held
   */
  public OrderProcessorSupplier(String name, Serde<K> keys, Grace grace) {
    this(name, keys, grace, () -> false);
  }

  /**
   * As above.
   *
   * @param drained asked now and then: whether the input is over, so that nothing needs to wait
   */
  public OrderProcessorSupplier(String name, Serde<K> keys, Grace grace, BooleanSupplier drained) {
    if (!grace.holds()) {
      throw new IllegalArgumentException("without grace there is nothing to put in order");
    }
    this.name = name;
    this.keys = keys;
    this.grace = grace;
    this.drained = drained;
  }

  /**
   * After each record that moves time, says how far it has passed, in a record without key and
   * value: the stage of frames would have to look for itself, which ends a round of Kafka Streams'
   * loop.
   */
  void tellTime() {
    this.tellsTime = true;
  }

  /**
   * Puts records of one time in order of keys even where one comes behind stream time by all of
   * grace, so holds them for a millisecond more: for what learns of all keys together. To be called
   * before it is used.
   */
  public void inOrderOfKeys() {
    this.inOrderOfKeys = true;
  }

  /** The name of its processor and of its store, {@code NAME-order}. */
  public static String storeName(String name) {
    return name + "-order";
  }

  /** How many records of a task wait now; for that task's own thread. */
  public int count(TaskId task) {
    OrderProcessor<K> processor = tasks.get(task);
    return processor == null ? 0 : processor.count();
  }

  @Override
  public Processor<K, Observation, K, Observation> get() {
    return new OrderProcessor<>(
        name, storeName(name), keys, grace, inOrderOfKeys, drained, tasks, tellsTime);
  }

  @Override
  public Set<StoreBuilder<?>> stores() {
    return Set.of(
        new CachingStoreBuilder<>( // a commit writes what waits then
            Stores.inMemoryKeyValueStore(storeName(name)), Serdes.ByteArray()));
  }
}
