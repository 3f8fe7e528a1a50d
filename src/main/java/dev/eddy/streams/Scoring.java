package dev.eddy.streams;

import dev.eddy.layer.Shape;
import dev.eddy.model.Model;
import dev.eddy.score.Scaling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What is scored and how; immutable. Start from {@link #of} and refine:
 *
 * <pre>{@code
 * Scoring scoring = Scoring.of("pumps", model).with(Anomaly.standard());
 * }</pre>
 *
 * @param name the pipeline's name, the prefix of its store and processors; the same after a restart
 * @param model what scores
 * @param channels the values of an input frame, in order
 * @param anomaly the optional last stage
 * @param lateTolerance how much older than the last record of its key one may be and still be
 *     stepped, in the order of arrival; an older one can't be used
 * @param store where hidden states are kept
 * @param updates where new versions of the model come from; empty where the model stays
 * @param sequences where a key's sequence ends, and how long its state is kept
 * @param outputs what scores are made of
 * @param scaling standardises input frames by what has been seen; empty for as they come
 */
public record Scoring(
    String name,
    Model model,
    List<Channel> channels,
    Optional<Anomaly> anomaly,
    Duration lateTolerance,
    StateStore store,
    Optional<ModelUpdates> updates,
    Sequences sequences,
    Outputs outputs,
    Optional<Scaling> scaling) {

  private static final Duration MAX_LATE_TOLERANCE = Duration.ofDays(36_500);

  public Scoring {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(anomaly, "anomaly");
    Objects.requireNonNull(store, "store");
    Objects.requireNonNull(updates, "updates");
    Objects.requireNonNull(sequences, "sequences");
    Objects.requireNonNull(outputs, "outputs");
    channels = List.copyOf(channels);
    if (lateTolerance.isNegative() || lateTolerance.compareTo(MAX_LATE_TOLERANCE) > 0) {
      throw new IllegalArgumentException(
          "the tolerance for late records must be 0 to "
              + MAX_LATE_TOLERANCE.toDays()
              + " days, got "
              + lateTolerance);
    }
    if (!name.matches("[A-Za-z0-9._-]{1,100}")) {
      throw new IllegalArgumentException(
          "name \"" + name + "\": a name is 1 to 100 letters, digits, '.', '_' or '-'");
    }
    Shape input = model.graph().input();
    if (channels.size() != input.size()) {
      throw new IllegalArgumentException(
          model.id()
              + " takes frames of "
              + input.size()
              + " values, the input gives "
              + channels.size()
              + ": "
              + channels.stream().map(Channel::name).toList());
    }
    Set<String> names = new HashSet<>();
    for (Channel channel : channels) {
      if (!names.add(channel.name())) {
        throw new IllegalArgumentException("two channels are named \"" + channel.name() + "\"");
      }
    }
    new OutputStages(name, model, channels, anomaly, outputs).schema(); // checks that they fit
    if (scaling.isPresent()) {
      OutputStages.scaled(model, channels, scaling.get());
    }
  }

  /** As above, with the outputs as they come. */
  public Scoring(
      String name,
      Model model,
      List<Channel> channels,
      Optional<Anomaly> anomaly,
      Duration lateTolerance,
      StateStore store,
      Optional<ModelUpdates> updates,
      Sequences sequences) {
    this(
        name,
        model,
        channels,
        anomaly,
        lateTolerance,
        store,
        updates,
        sequences,
        Outputs.standard(),
        Optional.empty());
  }

  /** As above, with sequences that stay open. */
  public Scoring(
      String name,
      Model model,
      List<Channel> channels,
      Optional<Anomaly> anomaly,
      Duration lateTolerance,
      StateStore store,
      Optional<ModelUpdates> updates) {
    this(name, model, channels, anomaly, lateTolerance, store, updates, Sequences.OPEN);
  }

  /** As above, with a model that stays. */
  public Scoring(
      String name,
      Model model,
      List<Channel> channels,
      Optional<Anomaly> anomaly,
      Duration lateTolerance,
      StateStore store) {
    this(name, model, channels, anomaly, lateTolerance, store, Optional.empty(), Sequences.OPEN);
  }

  /**
   * Frames taken as they are, channels named "in0", "in1", ..., no last stage, the standard store.
   */
  public static Scoring of(String name, Model model) {
    List<Channel> channels = new ArrayList<>();
    for (int i = 0; i < model.graph().input().size(); i++) {
      channels.add(Channel.of("in" + i));
    }
    return new Scoring(
        name, model, channels, Optional.empty(), Duration.ZERO, StateStore.standard());
  }

  public Scoring with(List<Channel> channels) {
    return new Scoring(
        name, model, channels, anomaly, lateTolerance, store, updates, sequences, outputs, scaling);
  }

  /** The same with another model. */
  public Scoring with(Model model) {
    return new Scoring(
        name, model, channels, anomaly, lateTolerance, store, updates, sequences, outputs, scaling);
  }

  public Scoring with(Anomaly anomaly) {
    return new Scoring(
        name,
        model,
        channels,
        Optional.of(anomaly),
        lateTolerance,
        store,
        updates,
        sequences,
        outputs,
        scaling);
  }

  public Scoring withLateTolerance(Duration lateTolerance) {
    return new Scoring(
        name, model, channels, anomaly, lateTolerance, store, updates, sequences, outputs, scaling);
  }

  public Scoring with(StateStore store) {
    return new Scoring(
        name, model, channels, anomaly, lateTolerance, store, updates, sequences, outputs, scaling);
  }

  public Scoring with(Sequences sequences) {
    return new Scoring(
        name, model, channels, anomaly, lateTolerance, store, updates, sequences, outputs, scaling);
  }

  public Scoring with(Outputs outputs) {
    return new Scoring(
        name, model, channels, anomaly, lateTolerance, store, updates, sequences, outputs, scaling);
  }

  /** Standardises input frames by what has been seen. */
  public Scoring with(Scaling scaling) {
    return new Scoring(
        name,
        model,
        channels,
        anomaly,
        lateTolerance,
        store,
        updates,
        sequences,
        outputs,
        Optional.of(scaling));
  }

  /** Takes new versions of the model from a topic while the stream runs. */
  public Scoring with(ModelUpdates updates) {
    return new Scoring(
        name,
        model,
        channels,
        anomaly,
        lateTolerance,
        store,
        Optional.of(updates),
        sequences,
        outputs,
        scaling);
  }

  /** As above, from this models topic, with the standard settings. */
  public Scoring withModels(String topic) {
    return with(ModelUpdates.from(topic));
  }

  /** The store's name, {@code NAME-state}. */
  public String storeName() {
    return name + "-state";
  }

  /** The store's name of what scores in the shadow, {@code NAME-shadow-state}. */
  public String shadowStoreName() {
    return name + "-shadow-state";
  }

  /** The store's name of what scaling has learnt of all keys, {@code NAME-scale}. */
  public String scaleStoreName() {
    return name + "-scale";
  }

  /** The same of what scores in the shadow, {@code NAME-shadow-scale}. */
  public String shadowScaleStoreName() {
    return name + "-shadow-scale";
  }

  /** The name of what scores in the shadow, {@code NAME-shadow}. */
  public String shadowName() {
    return name + "-shadow";
  }

  /** The processor's name, {@code NAME-score}. */
  public String processorName() {
    return name + "-score";
  }
}
