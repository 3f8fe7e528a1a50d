package dev.eddy.streams;

import dev.eddy.avro.Observation;
import dev.eddy.avro.Score;
import dev.eddy.avro.ScoreSchema;
import dev.eddy.kernel.Kernels;
import dev.eddy.network.StateLayout;
import dev.eddy.streams.time.OrderProcessorSupplier;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * A processor that scores, for a topology of your own; it brings its store.
 *
 * <pre>{@code
 * stream.processValues(
 *     new ScoringProcessorSupplier<>(scoring, Serdes.String(), KernelBackend.find().kernels()));
 * }</pre>
 *
 * <p>A record's value is one frame of its key's sequence; a null value ends the sequence: it emits
 * what was held back and removes the key's state. What can't be used is thrown as {@link
 * dev.eddy.avro.BadRecordException} before anything of the key has changed, in this processor;
 * frames that are made of several records before it have taken them in. {@link DeadLetters} makes a
 * dead letter of it.
 *
 * @param <K> the key, opaque: state is kept under its bytes
 */
public final class ScoringProcessorSupplier<K>
    implements FixedKeyProcessorSupplier<K, Observation, Score> {
  private final ScoringPlan plan;
  private final Serde<K> keys;
  private final VersionsSource versions; // null where the model stays
  private final boolean shadow;
  private final Duration longestWait;
  private final ToIntFunction<TaskId> waiting; // records that are held before this
  private final boolean behindFrames; // which say when a key is forgotten
  private final BooleanSupplier isOver;
  private final StoreBuilder<?> live; // of the states of what scores; the shadow looks at them

  /**
   * Compiles the network; tasks share it.
   *
   * @throws dev.eddy.model.ModelException if the model does not compile
   */
  public ScoringProcessorSupplier(Scoring scoring, Serde<K> keys, Kernels kernels) {
    boolean changes = scoring.updates().isPresent();
    this.plan = changes ? ScoringPlan.base(scoring, kernels) : new ScoringPlan(scoring, kernels);
    this.keys = keys;
    this.versions = changes ? new TopicVersions(plan, kernels) : null;
    this.shadow = false;
    this.longestWait = Duration.ZERO;
    this.waiting = task -> 0;
    this.behindFrames = false;
    this.isOver = () -> false;
    this.live = live(plan, keys);
  }

  ScoringProcessorSupplier(
      ScoringPlan plan, Serde<K> keys, VersionsSource versions, boolean shadow) {
    this(
        plan,
        keys,
        versions,
        shadow,
        Duration.ZERO,
        task -> 0,
        false,
        () -> false,
        live(plan, keys));
  }

  private ScoringProcessorSupplier(
      ScoringPlan plan,
      Serde<K> keys,
      VersionsSource versions,
      boolean shadow,
      Duration longestWait,
      ToIntFunction<TaskId> waiting,
      boolean behindFrames,
      BooleanSupplier isOver,
      StoreBuilder<?> live) {
    this.plan = plan;
    this.keys = keys;
    this.versions = versions;
    this.shadow = shadow;
    this.longestWait = longestWait;
    this.waiting = waiting;
    this.behindFrames = behindFrames;
    this.isOver = isOver;
    this.live = live;
  }

  private static <K> StoreBuilder<?> live(ScoringPlan plan, Serde<K> keys) {
    return plan.scoring.store().builder(plan.scoring.storeName(), keys);
  }

  /**
   * The same, told of what stands before it.
   *
   * @param longestWait for so long, by the wall-clock, a record may wait before it comes here when
   *     its partition is silent; no silence that is shorter ends an idle sequence
   * @param isOver asked now and then: whether the input is over, so that every key is idle
   */
  public ScoringProcessorSupplier<K> after(Duration longestWait, BooleanSupplier isOver) {
    return new ScoringProcessorSupplier<>(
        plan, keys, versions, shadow, longestWait, waiting, behindFrames, isOver, live);
  }

  /**
   * The same behind what puts records in order: while any wait there, the partition isn't silent.
   * Where all keys are learnt of together, that puts records of one time in order of keys.
   */
  public ScoringProcessorSupplier<K> behind(OrderProcessorSupplier<K> order) {
    if (plan.sharesScale) {
      order.inOrderOfKeys();
    }
    return new ScoringProcessorSupplier<>(
        plan, keys, versions, shadow, longestWait, order::count, behindFrames, isOver, live);
  }

  /** The same behind what makes frames of frames, which ends the sequences of expired keys. */
  ScoringProcessorSupplier<K> behindFrames() {
    return new ScoringProcessorSupplier<>(
        plan, keys, versions, shadow, longestWait, waiting, true, isOver, live);
  }

  /**
   * What scores the same records in the shadow, by a version that the models topic says, with a
   * store of its own; it shares the versions with this one.
   *
   * @throws IllegalStateException if the model stays
   */
  public ScoringProcessorSupplier<K> inTheShadow() {
    if (versions == null) {
      throw new IllegalStateException("without a models topic nothing scores in the shadow");
    }
    return new ScoringProcessorSupplier<>(
        plan, keys, versions, true, longestWait, waiting, behindFrames, isOver, live);
  }

  /** The columns of the scores. */
  public ScoreSchema schema() {
    return plan.schema;
  }

  /** What is scored and how, the model without its weights: those are in the network. */
  Scoring scoring() {
    return plan.scoring;
  }

  /** What the model's part of a key's state consists of. */
  StateLayout networkLayout() {
    return plan.network.stateLayout();
  }

  /** What a key's state consists of. */
  public StateLayout stateLayout() {
    return plan.layout;
  }

  /**
   * @throws IllegalStateException if sequences end by being idle: that gives scores of other keys
   *     than the record's, so take {@link #sequences}
   */
  @Override
  public FixedKeyProcessor<K, Observation, Score> get() {
    if (plan.scoring.sequences().idle().isPresent()) {
      throw new IllegalStateException(
          plan.scoring.name()
              + ": idle sequences give scores when another key's record comes; write"
              + " process(supplier.sequences()) in the place of processValues(supplier)");
    }
    return new ScoringProcessor<>(task());
  }

  private SequenceTask<K> task() {
    TaskScorer<K> scorer =
        versions == null
            ? new ModelScorer<>(plan)
            : new VersionsScorer<>(plan, versions, keys.serializer(), shadow);
    SequenceAges<K> ages =
        new SequenceAges<>(
            behindFrames ? Sequences.OPEN : plan.scoring.sequences(),
            keys,
            longestWait.toMillis(),
            waiting,
            isOver);
    return new SequenceTask<>(plan, scorer, ages, shadow);
  }

  /** The same for {@code KStream.process}, which idle sequences need. */
  public ProcessorSupplier<K, Observation, K, Score> sequences() {
    Set<StoreBuilder<?>> stores = stores();
    return new ProcessorSupplier<>() {
      @Override
      public Processor<K, Observation, K, Score> get() {
        return new SequenceProcessor<>(task());
      }

      @Override
      public Set<StoreBuilder<?>> stores() {
        return stores;
      }
    };
  }

  @Override
  public Set<StoreBuilder<?>> stores() {
    Set<StoreBuilder<?>> stores = new LinkedHashSet<>();
    stores.add(live);
    if (shadow) {
      stores.add(plan.scoring.store().builder(plan.scoring.shadowStoreName(), keys));
    }
    if (plan.sharesScale) {
      String name = shadow ? plan.scoring.shadowScaleStoreName() : plan.scoring.scaleStoreName();
      stores.add(
          Stores.keyValueStoreBuilder(
                  Stores.inMemoryKeyValueStore(name), Serdes.ByteArray(), Serdes.ByteArray())
              .withCachingEnabled());
    }
    return stores;
  }
}
