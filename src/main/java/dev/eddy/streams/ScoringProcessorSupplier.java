package dev.eddy.streams;

import dev.eddy.avro.Observation;
import dev.eddy.avro.Score;
import dev.eddy.avro.ScoreSchema;
import dev.eddy.kernel.Kernels;
import dev.eddy.network.StateLayout;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

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
 * dev.eddy.avro.BadRecordException} before anything of the key has changed; {@link DeadLetters}
 * makes a dead letter of it.
 *
 * @param <K> the key, opaque: state is kept under its bytes
 */
public final class ScoringProcessorSupplier<K>
    implements FixedKeyProcessorSupplier<K, Observation, Score> {
  private final ScoringPlan plan;
  private final Serde<K> keys;
  private final VersionsSource versions; // null where the model stays
  private final boolean shadow;

  /**
   * Compiles the network; tasks share it.
   *
   * @throws dev.eddy.model.ModelException if the model does not compile
   */
  public ScoringProcessorSupplier(Scoring scoring, Serde<K> keys, Kernels kernels) {
    this.plan = new ScoringPlan(scoring, kernels);
    this.keys = keys;
    this.versions = scoring.updates().isPresent() ? new TopicVersions(plan, kernels) : null;
    this.shadow = false;
  }

  ScoringProcessorSupplier(
      ScoringPlan plan, Serde<K> keys, VersionsSource versions, boolean shadow) {
    this.plan = plan;
    this.keys = keys;
    this.versions = versions;
    this.shadow = shadow;
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
    return new ScoringProcessorSupplier<>(plan, keys, versions, true);
  }

  /** The columns of the scores. */
  public ScoreSchema schema() {
    return plan.schema;
  }

  /** What a key's state consists of. */
  public StateLayout stateLayout() {
    return plan.layout;
  }

  @Override
  public FixedKeyProcessor<K, Observation, Score> get() {
    return versions == null
        ? new ScoringProcessor<>(plan)
        : new VersionsProcessor<>(plan, versions, keys.serializer(), shadow);
  }

  @Override
  public Set<StoreBuilder<?>> stores() {
    String name = shadow ? plan.scoring.shadowStoreName() : plan.scoring.storeName();
    return Set.of(plan.scoring.store().builder(name, keys));
  }
}
