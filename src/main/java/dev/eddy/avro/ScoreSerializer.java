package dev.eddy.avro;

import java.util.Arrays;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes {@link Score}s in Confluent's format, under the topic's subject unless a naming strategy
 * says otherwise. {@link #configure} is not needed and does nothing. Thread-safe. To be closed.
 */
public final class ScoreSerializer implements Serializer<Score> {
  // Confluent's serializer looks the schema up for every record, in maps that are keyed by the
  // whole
  // schema and count their entries one by one. Here all records are of one schema. So the first of
  // a
  // topic goes through Confluent's serializer, which registers the schema or finds it; if its bytes
  // are just the usual header and the encoded score, later ones get the same header. A setting that
  // makes more of a record (rules, an encoding of its own) shows in the bytes; one that may only do
  // so later keeps every record with Confluent's.
  private static final int HEADER_BYTES = 5;

  /** The header of a topic's records: a 0 byte, the schema id. */
  private record Header(String topic, byte[] bytes) {}

  private final ScoreSchema schema;
  private final AvroWriter writer;
  private final ScoreEncoder encoder;
  private final boolean plain;
  private volatile Header header; // of the topic written to last

  public ScoreSerializer(ScoreSchema schema, RegistrySettings settings) {
    this.schema = schema;
    this.writer = new AvroWriter(settings);
    this.encoder = new ScoreEncoder(schema);
    this.plain = settings.forSerde().keySet().stream().noneMatch(ScoreSerializer::isElaborate);
  }

  private static boolean isElaborate(String setting) {
    return setting.startsWith("use.")
        || setting.startsWith("rule.")
        || setting.contains("schema.id.serializer");
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
    if (score == null || score.schema() != schema) {
      return writer.write(topic, headers, score);
    }
    String missing = encoder.missing(score);
    if (missing != null) {
      throw new SerializationException(
          "record \""
              + schema.avro().getFullName()
              + "\" can't be written to topic \""
              + topic
              + "\": column \""
              + missing
              + "\" was never set and is not nullable");
    }
    Header known = header;
    if (known != null && known.topic().equals(topic)) {
      return encoder.encode(known.bytes(), score);
    }
    byte[] bytes = writer.write(topic, headers, score);
    if (plain && bytes.length > HEADER_BYTES && bytes[0] == 0) {
      byte[] start = Arrays.copyOf(bytes, HEADER_BYTES);
      header = Arrays.equals(encoder.encode(start, score), bytes) ? new Header(topic, start) : null;
    }
    return bytes;
  }

  @Override
  public void close() {
    writer.close();
  }
}
