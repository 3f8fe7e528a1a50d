package dev.eddy.app;

import dev.eddy.avro.RecordDeserializer;
import dev.eddy.avro.RegistrySettings;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * Writes scores as CSV, one row each: the key, then the record's fields. Times are UTC, nulls are
 * empty, float32 values have nine digits.
 */
final class ScoreTable implements AutoCloseable {
  private final ResultFile results;
  private final String topic;
  private final RecordDeserializer decoder;
  private final Schema schema;

  /**
   * Writes the header.
   *
   * @param schema says which fields there are; scores of another schema give theirs of these names
   */
  ScoreTable(
      ResultFile results,
      String keyColumn,
      Schema schema,
      String topic,
      RegistrySettings registry) {
    this.results = results;
    this.schema = schema;
    this.topic = topic;
    this.decoder = new RecordDeserializer(registry);
    List<String> columns = new ArrayList<>(List.of(keyColumn));
    schema.getFields().forEach(field -> columns.add(field.name()));
    results.row(columns);
  }

  void row(byte[] key, byte[] value) {
    GenericRecord score = decoder.deserialize(topic, value);
    results.cell(key(key));
    for (Schema.Field field : schema.getFields()) {
      Schema.Field own = score.getSchema().getField(field.name());
      results.cell(own == null ? "" : text(own.schema(), score.get(own.pos())));
    }
    results.endRow();
  }

  private static String text(Schema type, Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof Float number) {
      return FloatText.of(number);
    }
    if (value instanceof Long millis
        && type.getLogicalType() instanceof LogicalTypes.TimestampMillis) {
      return CsvTime.text(millis);
    }
    return value.toString();
  }

  /** Text where the bytes are, else hexadecimal digits. */
  private static String key(byte[] key) {
    if (key == null) {
      return "";
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString();
    } catch (CharacterCodingException e) {
      return "0x" + HexFormat.of().formatHex(key);
    }
  }

  @Override
  public void close() {
    decoder.close();
  }
}
