package dev.eddy.app.bench;

import dev.eddy.avro.ChannelSpec;
import dev.eddy.avro.InputMapping;
import dev.eddy.avro.Observation;
import dev.eddy.avro.ObservationDeserializer;
import dev.eddy.avro.RecordSerializer;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.avro.Score;
import dev.eddy.avro.ScoreSchema;
import dev.eddy.avro.ScoreSerializer;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/** The bytes of a record's value, in and out; both topologies use the same. */
interface BenchValues extends AutoCloseable {
  byte[] write(String topic, float[] frame);

  Deserializer<Observation> deserializer();

  Serializer<Score> serializer();

  @Override
  void close();

  static BenchValues of(Bench.Values values, String registryUrl, ScoreSchema scores) {
    return switch (values) {
      case FLOATS -> new Floats();
      case AVRO -> new Avro(RegistrySettings.at(registryUrl), scores);
    };
  }

  /** float32 after float32, big-endian; a score is its one column. */
  final class Floats implements BenchValues {
    @Override
    public byte[] write(String topic, float[] frame) {
      ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * frame.length);
      bytes.asFloatBuffer().put(frame);
      return bytes.array();
    }

    @Override
    public Deserializer<Observation> deserializer() {
      return (topic, bytes) -> {
        float[] frame = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).asFloatBuffer().get(frame);
        return new Observation(frame, Observation.NO_TIME);
      };
    }

    @Override
    public Serializer<Score> serializer() {
      return (topic, score) -> ByteBuffer.allocate(Float.BYTES).putFloat(score.getFloat(0)).array();
    }

    @Override
    public void close() {}
  }

  /** One float field a channel. */
  final class Avro implements BenchValues {
    private static final Schema SCHEMA = schema();

    private final RegistrySettings registry;
    private final ScoreSchema scores;
    private final RecordSerializer input;

    Avro(RegistrySettings registry, ScoreSchema scores) {
      this.registry = registry;
      this.scores = scores;
      this.input = new RecordSerializer(registry);
    }

    private static Schema schema() {
      SchemaBuilder.FieldAssembler<Schema> fields =
          SchemaBuilder.record("Frame").namespace("dev.eddy.bench").fields();
      for (int i = 0; i < Bench.INPUTS; i++) {
        fields.requiredFloat("in" + i);
      }
      return fields.endRecord();
    }

    @Override
    public byte[] write(String topic, float[] frame) {
      GenericRecord record = new GenericData.Record(SCHEMA);
      for (int i = 0; i < frame.length; i++) {
        record.put(i, frame[i]);
      }
      return input.serialize(topic, record);
    }

    @Override
    public Deserializer<Observation> deserializer() {
      ChannelSpec[] channels = new ChannelSpec[Bench.INPUTS];
      for (int i = 0; i < channels.length; i++) {
        channels[i] = ChannelSpec.numeric("in" + i, "in" + i);
      }
      return new ObservationDeserializer(InputMapping.of(channels), registry);
    }

    @Override
    public Serializer<Score> serializer() {
      return new ScoreSerializer(scores, registry);
    }

    @Override
    public void close() {
      input.close();
    }
  }
}
