package dev.eddy.app.pipeline;

import dev.eddy.avro.InputMapping;
import dev.eddy.avro.ObservationDeserializer;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.avro.ScoreSchema;
import dev.eddy.avro.ScoreSerializer;
import dev.eddy.kernel.Kernels;
import dev.eddy.model.Model;
import dev.eddy.network.StateLayout;
import dev.eddy.streams.FrameTail;
import dev.eddy.streams.Scoring;
import dev.eddy.streams.ScoringTopology;
import dev.eddy.streams.time.Timing;
import java.util.List;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;

/** A scoring topology that reads and writes Avro through a registry. */
public final class Pipeline {
  private final ScoringTopology scoring;
  private final RegistrySettings registry;
  private final String inputTopic;
  private final String outputTopic;

  /** As below; records are scored as they come. */
  public Pipeline(
      Scoring scoring,
      InputMapping mapping,
      RegistrySettings registry,
      Kernels kernels,
      String inputTopic,
      String outputTopic) {
    this(scoring, Timing.NONE, FrameTail.NONE, mapping, registry, kernels, inputTopic, outputTopic);
  }

  /**
   * Compiles the network; asks nothing of the registry yet.
   *
   * @param timing what is done about time before scoring
   * @param tail what is put behind the frames
   * @throws dev.eddy.model.ModelException if the model does not compile
   */
  public Pipeline(
      Scoring scoring,
      Timing timing,
      FrameTail tail,
      InputMapping mapping,
      RegistrySettings registry,
      Kernels kernels,
      String inputTopic,
      String outputTopic) {
    this.registry = registry;
    this.scoring =
        new ScoringTopology(
            scoring,
            timing,
            tail,
            new ObservationDeserializer(mapping, registry),
            schema -> new ScoreSerializer(schema, registry),
            kernels,
            ScoringTopology.REGISTRY_PATIENCE);
    this.inputTopic = inputTopic;
    this.outputTopic = outputTopic;
  }

  /** The schema of the scores. */
  public ScoreSchema schema() {
    return scoring.schema();
  }

  /** The model that it was made with, without its weights. */
  public Model model() {
    return scoring.model();
  }

  /** What that model's part of a key's state consists of. */
  public StateLayout networkLayout() {
    return scoring.networkLayout();
  }

  /** Registers the scores' schema, so that a start fails where a stream would. */
  public void register() {
    try (ScoreSerializer scores = new ScoreSerializer(schema(), registry)) {
      scores.register(outputTopic);
    }
  }

  /** Lets go, within a second, what waits for earlier records: the input is over. */
  void drain() {
    scoring.drain();
  }

  /** The stores whose records wait for others. */
  List<String> waitingStores() {
    return scoring.waitingStores();
  }

  /** Ends what would end by being idle: nothing waits any more. */
  void endSequences() {
    scoring.endSequences();
  }

  /** The stores of sequences that end by being idle. */
  List<String> openStores() {
    return scoring.openStores();
  }

  /** Keys of which something waits for time to pass. */
  long waitingKeys() {
    return scoring.waitingKeys();
  }

  /** What Kafka Streams runs. */
  public Topology topology() {
    StreamsBuilder builder = new StreamsBuilder();
    scoring.addTo(builder, inputTopic, outputTopic);
    return builder.build();
  }
}
