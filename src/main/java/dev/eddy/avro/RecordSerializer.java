package dev.eddy.avro;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes records of any schema in Confluent's format. {@link #configure} is not needed and does
 * nothing. Thread-safe. To be closed.
 */
public final class RecordSerializer implements Serializer<GenericRecord> {
  private final AvroWriter writer;

  public RecordSerializer(RegistrySettings settings) {
    this.writer = new AvroWriter(settings);
  }

  /**
   * Registers a schema for a topic, or finds it there if the settings say so.
   *
   * @throws RegistryUnavailableException if the registry can't be asked
   * @throws IncompatibleSchemaException if it doesn't take the schema, or doesn't have it and
   *     registering is switched off
   */
  public void register(String topic, Schema schema) {
    writer.register(topic, schema);
  }

  @Override
  public byte[] serialize(String topic, GenericRecord record) {
    return serialize(topic, null, record);
  }

  /**
   * Writes one record.
   *
   * @param record null gives null
   * @throws org.apache.kafka.common.errors.SerializationException if it doesn't fit its schema
   * @throws RegistryUnavailableException if the registry can't be asked
   * @throws IncompatibleSchemaException if it doesn't take the schema
   */
  @Override
  public byte[] serialize(String topic, Headers headers, GenericRecord record) {
    return writer.write(topic, headers, record);
  }

  @Override
  public void close() {
    writer.close();
  }
}
