package dev.eddy.app;

import dev.eddy.avro.InputMapping;
import dev.eddy.avro.ObservationDeserializer;
import dev.eddy.avro.RecordSerializer;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.avro.Score;
import dev.eddy.kernel.Kernels;
import dev.eddy.streams.Scoring;
import dev.eddy.streams.ScoringTopology;
import org.apache.avro.Schema;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;

/** A scoring topology that reads and writes Avro through a registry. */
final class Pipeline {
  private final ScoringTopology scoring;
  private final RecordSerializer records;
  private final String inputTopic;
  private final String outputTopic;

  /** A score is a record, and knows its schema. */
  private record ScoreWriter(RecordSerializer records) implements Serializer<Score> {
    @Override
    public byte[] serialize(String topic, Score score) {
      return records.serialize(topic, score);
    }

    @Override
    public void close() {
      records.close();
    }
  }

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
    this.records = new RecordSerializer(registry);
    this.scoring =
        new ScoringTopology(
            scoring,
            new ObservationDeserializer(mapping, registry),
            new ScoreWriter(records),
            kernels);
    this.inputTopic = inputTopic;
    this.outputTopic = outputTopic;
  }

  /** The schema of the scores. */
  Schema scores() {
    return scoring.schema().avro();
  }

  /** Registers the scores' schema, so that a start fails where a stream would. */
  void register() {
    records.register(outputTopic, scores());
  }

  /** What Kafka Streams runs. */
  Topology topology() {
    StreamsBuilder builder = new StreamsBuilder();
    scoring.addTo(builder, inputTopic, outputTopic);
    return builder.build();
  }
}
