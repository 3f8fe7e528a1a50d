package dev.eddy.avro;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Decodes record values in Confluent's format: a 0 byte, a schema id of 4 bytes, Avro binary.
 *
 * <p>Null stays null. Whatever the bytes are, a call ends in a record, a {@link BadRecordException}
 * or a {@link RegistryUnavailableException}. Lengths that the bytes claim and don't have are
 * refused before memory is taken for them.
 *
 * <p>Thread-safe. To be closed.
 */
public final class RecordDeserializer implements Deserializer<GenericRecord> {
  private static final int HEADER_BYTES = 5;
  private static final String ACCEPTED =
      "; accepted: a 0 byte, a schema id of 4 bytes, then Avro binary";

  private final RegistrySettings settings;
  private final SchemaRegistryClient registry;
  private final KafkaAvroDeserializer confluent;

  public RecordDeserializer(RegistrySettings settings) {
    this.settings = settings;
    this.registry = RegistryConnection.open(settings);
    this.confluent = new KafkaAvroDeserializer(registry, settings.forSerde());
  }

  @Override
  public GenericRecord deserialize(String topic, byte[] data) {
    return deserialize(topic, null, data);
  }

  /**
   * Decodes one value.
   *
   * @param headers may be null
   * @param data null gives null
   * @throws BadRecordException if the bytes aren't a record, or their schema id is unknown
   * @throws RegistryUnavailableException if the schema can't be asked for
   */
  @Override
  public GenericRecord deserialize(String topic, Headers headers, byte[] data) {
    if (data == null) {
      return null;
    }
    int id = schemaId(data);
    Object value;
    try {
      value = confluent.deserialize(topic, headers, data);
    } catch (RuntimeException e) {
      throw fault(id, e);
    } catch (StackOverflowError e) {
      throw new BadRecordException(
          "value: does not decode with schema id " + id + ": is nested too deep");
    } catch (OutOfMemoryError e) {
      if (claimsMore(id, data.length)) {
        throw new BadRecordException(
            "value: does not decode with schema id " + id + ": claims more than memory holds");
      }
      throw e;
    }
    if (value instanceof GenericRecord record) {
      return record;
    }
    throw new BadRecordException("value: is " + Quoted.value(value) + "; accepted: a record");
  }

  private static int schemaId(byte[] data) {
    if (data.length < HEADER_BYTES) {
      throw new BadRecordException("value: has " + data.length + " bytes" + ACCEPTED);
    }
    if (data[0] != 0) {
      throw new BadRecordException(
          String.format("value: starts with byte 0x%02x", data[0]) + ACCEPTED);
    }
    return ByteBuffer.wrap(data).getInt(1);
  }

  private RuntimeException fault(int id, RuntimeException fault) {
    Throwable cause = fault;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (cause instanceof RegistryUnavailableException || cause instanceof BadRecordException) {
        return (RuntimeException) cause;
      } else if (cause instanceof RestClientException answer) {
        return RegistryConnection.notFound(answer)
            ? new BadRecordException(
                "value: schema id " + id + " is not in the registry " + settings.url())
            : RegistryConnection.unavailable(answer, settings.url(), "asking for schema id " + id);
      } else if (cause instanceof RetriableException
          || cause instanceof AuthenticationException
          || cause instanceof AuthorizationException) {
        return new RegistryUnavailableException(
            settings.url(),
            "asking for schema id " + id,
            Quoted.rootCause(cause),
            cause instanceof RetriableException,
            fault);
      }
      cause = cause.getCause();
    }
    return new BadRecordException(
        "value: does not decode with schema id " + id + ": " + Quoted.rootCause(fault));
  }

  /**
   * Whether a record of this schema can ask for much more memory than it has bytes: by an array of
   * items without bytes, or a fixed type that is larger than the record. Otherwise it isn't the
   * record that used up the memory.
   */
  private boolean claimsMore(int id, int bytes) {
    try {
      Schema schema = ((AvroSchema) registry.getSchemaById(id)).rawSchema();
      return claimsMore(schema, bytes, newSeen());
    } catch (Exception e) {
      return false;
    }
  }

  private static boolean claimsMore(Schema schema, int bytes, Set<Schema> seen) {
    return switch (schema.getType()) {
      case FIXED -> schema.getFixedSize() > bytes;
      case ARRAY ->
          isEmpty(schema.getElementType(), newSeen())
              || claimsMore(schema.getElementType(), bytes, seen);
      case MAP -> claimsMore(schema.getValueType(), bytes, seen);
      case UNION -> schema.getTypes().stream().anyMatch(type -> claimsMore(type, bytes, seen));
      case RECORD ->
          seen.add(schema)
              && schema.getFields().stream().anyMatch(f -> claimsMore(f.schema(), bytes, seen));
      default -> false;
    };
  }

  /** Whether a value of this type takes no byte. */
  private static boolean isEmpty(Schema schema, Set<Schema> seen) {
    return switch (schema.getType()) {
      case NULL -> true;
      case FIXED -> schema.getFixedSize() == 0;
      case RECORD ->
          seen.add(schema)
              && schema.getFields().stream().allMatch(field -> isEmpty(field.schema(), seen));
      default -> false;
    };
  }

  private static Set<Schema> newSeen() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  @Override
  public void close() {
    confluent.close();
  }
}
