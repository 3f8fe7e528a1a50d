package dev.eddy.avro;

import java.time.Instant;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * Reads records as rows of a table: the counterpart of {@link RowSchema}, for callers that know
 * nothing of Avro. Thread-safe. To be closed.
 */
public final class RowReader implements AutoCloseable {
  private final List<String> fields;
  private final RecordDeserializer records;

  /**
   * @param fields the columns of a row, in order
   */
  public RowReader(List<String> fields, RegistrySettings settings) {
    this.fields = List.copyOf(fields);
    this.records = new RecordDeserializer(settings);
  }

  /**
   * Decodes one value.
   *
   * @return a cell a field: a boxed primitive, an {@link Instant} for a timestamp in milliseconds,
   *     a list of such for an array, text for anything else; null for null, and for a field that
   *     the record lacks
   * @throws BadRecordException if the bytes aren't a record
   * @throws RegistryUnavailableException if the schema can't be asked for
   */
  public Object[] read(String topic, byte[] data) {
    GenericRecord record = records.deserialize(topic, data);
    Object[] cells = new Object[fields.size()];
    for (int i = 0; i < cells.length; i++) {
      Schema.Field field = record.getSchema().getField(fields.get(i));
      cells[i] = field == null ? null : cell(field.schema(), record.get(field.pos()));
    }
    return cells;
  }

  private static Object cell(Schema type, Object value) {
    if (type.isUnion() && value != null) {
      for (Schema branch : type.getTypes()) {
        if (isTime(branch)) {
          return cell(branch, value);
        }
      }
    }
    if (value instanceof Long millis && isTime(type)) {
      return Instant.ofEpochMilli(millis);
    }
    if (value instanceof List<?> values) {
      return values.stream().map(each -> cell(Schema.create(Schema.Type.NULL), each)).toList();
    }
    return value == null || value instanceof Number || value instanceof Boolean
        ? value
        : value.toString();
  }

  private static boolean isTime(Schema type) {
    return type.getLogicalType() instanceof LogicalTypes.TimestampMillis;
  }

  @Override
  public void close() {
    records.close();
  }
}
