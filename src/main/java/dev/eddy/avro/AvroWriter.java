package dev.eddy.avro;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;

/**
 * Writes records through Confluent's serializer, its faults told apart: the registry's, the
 * schema's, the record's. Thread-safe.
 */
final class AvroWriter implements AutoCloseable {
  /** Shows which subject a record goes under, whatever the naming strategy. */
  private static final class Confluent extends KafkaAvroSerializer {
    Confluent(SchemaRegistryClient registry, Map<String, ?> settings) {
      super(registry, settings);
    }

    String subject(String topic, GenericRecord record) {
      return getSubjectName(topic, false, record, new AvroSchema(record.getSchema()));
    }
  }

  private final String url;
  private final Confluent confluent;

  AvroWriter(RegistrySettings settings) {
    this.url = settings.url();
    this.confluent = new Confluent(RegistryConnection.open(settings), settings.forSerde());
  }

  byte[] write(String topic, Headers headers, GenericRecord record) {
    if (record == null) {
      return null;
    }
    try {
      return confluent.serialize(topic, headers, record);
    } catch (RuntimeException e) {
      throw fault(topic, record, e);
    }
  }

  /**
   * Does for a schema, now, all that its first record would do: it serializes one and drops it. So
   * every setting (registering or not, latest version, naming strategy) acts as it will later.
   */
  void register(String topic, Schema schema) {
    write(topic, null, (GenericRecord) example(schema));
  }

  private RuntimeException fault(String topic, GenericRecord record, RuntimeException fault) {
    Throwable cause = fault;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (cause instanceof RegistryUnavailableException unavailable) {
        return unavailable;
      } else if (cause instanceof RestClientException answer) {
        return refused(answer, confluent.subject(topic, record));
      } else if (cause instanceof IOException
          && String.valueOf(cause.getMessage()).startsWith("Incompatible schema")) {
        return new IncompatibleSchemaException(
            url,
            confluent.subject(topic, record),
            "its latest version can't take the place of schema "
                + Quoted.text(record.getSchema().getFullName())
                + "; write to another topic, or set latest.compatibility.strict=false",
            fault);
      }
      cause = cause.getCause();
    }
    return new SerializationException(
        "record \""
            + record.getSchema().getFullName()
            + "\" can't be written to topic \""
            + topic
            + "\": "
            + Quoted.rootCause(fault),
        fault);
  }

  private RuntimeException refused(RestClientException answer, String subject) {
    if (RegistryConnection.notFound(answer)) {
      return new IncompatibleSchemaException(
          url,
          subject,
          "the schema is not registered there; register it, or set auto.register.schemas=true",
          answer);
    } else if (answer.getStatus() == 409 || answer.getStatus() == 422) {
      return new IncompatibleSchemaException(
          url,
          subject,
          "the schema is refused; write to another topic, or change the subject's compatibility;"
              + " the registry says: "
              + Quoted.line(String.valueOf(answer.getMessage())),
          answer);
    }
    return RegistryConnection.unavailable(answer, url, "asking for subject \"" + subject + "\"");
  }

  /** A smallest value of a type: zeros, empty texts and collections, null where it may be. */
  static Object example(Schema schema) {
    return switch (schema.getType()) {
      case NULL -> null;
      case BOOLEAN -> false;
      case INT -> 0;
      case LONG -> 0L;
      case FLOAT -> 0f;
      case DOUBLE -> 0d;
      case STRING -> "";
      case BYTES -> ByteBuffer.allocate(0);
      case FIXED -> new GenericData.Fixed(schema);
      case ENUM -> new GenericData.EnumSymbol(schema, schema.getEnumSymbols().get(0));
      case ARRAY -> new ArrayList<>();
      case MAP -> new HashMap<>();
      case UNION ->
          schema.isNullable()
              ? null
              : example(
                  schema.getTypes().stream()
                      .filter(type -> type.getType() != Schema.Type.RECORD)
                      .findFirst()
                      .orElse(schema.getTypes().get(0)));
      case RECORD -> {
        GenericData.Record record = new GenericData.Record(schema);
        for (Schema.Field field : schema.getFields()) {
          record.put(field.pos(), example(field.schema()));
        }
        yield record;
      }
    };
  }

  @Override
  public void close() {
    confluent.close();
  }
}
