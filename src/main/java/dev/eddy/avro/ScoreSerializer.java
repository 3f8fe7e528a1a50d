package dev.eddy.avro;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes {@link Score}s in Confluent's format, under the topic's subject unless a naming strategy
 * says otherwise. {@link #configure} is not needed and does nothing. Thread-safe. To be closed.
 */
public final class ScoreSerializer implements Serializer<Score> {
  private final ScoreSchema schema;
  private final AvroWriter writer;

  public ScoreSerializer(ScoreSchema schema, RegistrySettings settings) {
    this.schema = schema;
    this.writer = new AvroWriter(settings);
  }

  /**
   * Registers the schema for a topic, or finds it there if the settings say so: to be called once
   * before the first record, so that a start fails and not a stream.
   *
   * @throws RegistryUnavailableException if the registry can't be asked
   * @throws IncompatibleSchemaException if it doesn't take the schema, or doesn't have it and
   *     registering is switched off
   */
  public void register(String topic) {
    writer.register(topic, schema.avro());
  }

  @Override
  public byte[] serialize(String topic, Score score) {
    return serialize(topic, null, score);
  }

  /**
   * Writes one score.
   *
   * @param score null gives null
   * @throws org.apache.kafka.common.errors.SerializationException if a column that isn't nullable
   *     was never set; it is named
   */
  @Override
  public byte[] serialize(String topic, Headers headers, Score score) {
    return writer.write(topic, headers, score);
  }

  @Override
  public void close() {
    writer.close();
  }
}
