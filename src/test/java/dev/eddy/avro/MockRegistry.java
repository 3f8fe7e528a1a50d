package dev.eddy.avro;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchemaProvider;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.Schema;

/** A registry inside the process that nobody else has, gone when it is closed. */
final class MockRegistry implements AutoCloseable {
  private final String scope = "eddy-" + UUID.randomUUID();

  RegistrySettings settings() {
    return settings(Map.of());
  }

  RegistrySettings settings(Map<String, String> more) {
    Map<String, String> section = new HashMap<>(more);
    section.put("url", "mock://" + scope);
    return RegistrySettings.of(section);
  }

  SchemaRegistryClient client() {
    return MockSchemaRegistry.getClientForScope(scope, List.of(new AvroSchemaProvider()));
  }

  int register(String topic, Schema schema) throws Exception {
    return client().register(topic + "-value", new AvroSchema(schema));
  }

  /** A value in Confluent's format. */
  static byte[] value(int schemaId, byte... avro) {
    return ByteBuffer.allocate(5 + avro.length).put((byte) 0).putInt(schemaId).put(avro).array();
  }

  @Override
  public void close() {
    MockSchemaRegistry.dropScope(scope);
  }
}
