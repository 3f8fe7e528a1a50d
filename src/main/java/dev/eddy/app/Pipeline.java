package dev.eddy.app;

import dev.eddy.avro.InputMapping;
import dev.eddy.avro.ObservationDeserializer;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.avro.ScoreSchema;
import dev.eddy.avro.ScoreSerializer;
import dev.eddy.kernel.Kernels;
import dev.eddy.streams.Scoring;
import dev.eddy.streams.ScoringProcessorSupplier;
import dev.eddy.streams.ScoringTopology;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;

/** A scoring topology that reads and writes Avro through a registry. */
final class Pipeline {
  private final ScoringTopology scoring;
  private final ScoreSerializer scores;
  private final String inputTopic;
  private final String outputTopic;

  /**
   * Compiles the network; asks nothing of the registry yet.
   *
   * @throws dev.eddy.model.ModelException if the model does not compile
   */
  Pipeline(
      Scoring scoring,
      InputMapping mapping,
      RegistrySettings registry,
      Kernels kernels,
      String inputTopic,
      String outputTopic) {
    ScoreSchema schema =
        new ScoringProcessorSupplier<>(scoring, Serdes.ByteArray(), kernels).schema();
    this.scores = new ScoreSerializer(schema, registry);
    this.scoring =
        new ScoringTopology(
            scoring, new ObservationDeserializer(mapping, registry), scores, kernels);
    this.inputTopic = inputTopic;
    this.outputTopic = outputTopic;
  }

  /** The schema of the scores. */
  ScoreSchema schema() {
    return scoring.schema();
  }

  /** Registers the scores' schema, so that a start fails where a stream would. */
  void register() {
    scores.register(outputTopic);
  }

  /** What Kafka Streams runs. */
  Topology topology() {
    StreamsBuilder builder = new StreamsBuilder();
    scoring.addTo(builder, inputTopic, outputTopic);
    return builder.build();
  }
}
