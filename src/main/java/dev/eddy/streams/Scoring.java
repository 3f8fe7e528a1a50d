package dev.eddy.streams;

import dev.eddy.layer.Shape;
import dev.eddy.model.Model;
import dev.eddy.score.Scaling;
import dev.eddy.streams.MisfitException.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

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
    Objects.requireNonNull(scaling, "scaling");
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
      throw new MisfitException(
          Part.CHANNELS,
          model.id()
              + " takes frames of "
              + input.size()
              + " values, the input gives "
              + channels.size()
              + ": "
              + NameList.ofChannels(channels));
    }
    Set<String> names = new HashSet<>();
    for (Channel channel : channels) {
      if (!names.add(channel.name())) {
        throw new MisfitException(
            Part.CHANNELS, "two channels are named \"" + channel.name() + "\"");
      }
    }
    new OutputStages(name, model, channels, anomaly, outputs).schema(); // checks that they fit
    if (scaling.isPresent()) {
      OutputStages.scaled(model, channels, scaling.get());
    }
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
        name,
        model,
        channels,
        Optional.empty(),
        Duration.ZERO,
        StateStore.standard(),
        Optional.empty(),
        Sequences.OPEN,
        Outputs.standard(),
        Optional.empty());
  }

  /** The same with these channels. */
  public Scoring with(List<Channel> channels) {
    return but(change -> change.channels = channels);
  }

  /** The same with another model. */
  public Scoring with(Model model) {
    return but(change -> change.model = model);
  }

  /** The same with this last stage. */
  public Scoring with(Anomaly anomaly) {
    return but(change -> change.anomaly = Optional.of(anomaly));
  }

  /** The same, stepping records that are this much older than the last one of their key. */
  public Scoring withLateTolerance(Duration lateTolerance) {
    return but(change -> change.lateTolerance = lateTolerance);
  }

  /** The same with states kept there. */
  public Scoring with(StateStore store) {
    return but(change -> change.store = store);
  }

  /** The same with sequences that end so. */
  public Scoring with(Sequences sequences) {
    return but(change -> change.sequences = sequences);
  }

  /** The same with scores made so. */
  public Scoring with(Outputs outputs) {
    return but(change -> change.outputs = outputs);
  }

  /** Standardises input frames by what has been seen. */
  public Scoring with(Scaling scaling) {
    return but(change -> change.scaling = Optional.of(scaling));
  }

  /** Takes new versions of the model from a topic while the stream runs. */
  public Scoring with(ModelUpdates updates) {
    return but(change -> change.updates = Optional.of(updates));
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

  private Scoring but(Consumer<Change> made) {
    Change change = new Change(this);
    made.accept(change);
    return change.scoring();
  }

  /** A copy whose parts can be set. */
  private static final class Change {
    private final String name;
    private Model model;
    private List<Channel> channels;
    private Optional<Anomaly> anomaly;
    private Duration lateTolerance;
    private StateStore store;
    private Optional<ModelUpdates> updates;
    private Sequences sequences;
    private Outputs outputs;
    private Optional<Scaling> scaling;

    private Change(Scoring from) {
      this.name = from.name;
      this.model = from.model;
      this.channels = from.channels;
      this.anomaly = from.anomaly;
      this.lateTolerance = from.lateTolerance;
      this.store = from.store;
      this.updates = from.updates;
      this.sequences = from.sequences;
      this.outputs = from.outputs;
      this.scaling = from.scaling;
    }

    private Scoring scoring() {
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
          scaling);
    }
  }
}
