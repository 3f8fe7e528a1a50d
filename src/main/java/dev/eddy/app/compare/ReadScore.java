package dev.eddy.app.compare;

import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** A score as it is compared: who made it of what, and its columns that are numbers. */
final class ReadScore {
  private final String key;
  private final long timeMs;
  private final String model;
  private final double[] values; // by Columns#names; NaN where there is none

  private ReadScore(String key, long timeMs, String model, double[] values) {
    this.key = key;
    this.timeMs = timeMs;
    this.model = model;
    this.values = values;
  }

  /** The fields of type float and double, in order. */
  record Columns(List<String> names) {
    Columns {
      names = List.copyOf(names);
    }

    static Columns of(Schema schema) {
      return new Columns(
          schema.getFields().stream()
              .filter(field -> isNumber(field.schema()))
              .map(Schema.Field::name)
              .toList());
    }

    private static boolean isNumber(Schema schema) {
      return switch (schema.getType()) {
        case FLOAT, DOUBLE -> true;
        case UNION -> schema.getTypes().stream().anyMatch(Columns::isNumber);
        default -> false;
      };
    }

    int indexOf(String name) {
      return names.indexOf(name);
    }
  }

  /** Null if the record is no score. */
  static ReadScore of(String key, GenericRecord record, Columns columns) {
    Schema schema = record.getSchema();
    if (schema.getField("time") == null || schema.getField("model") == null) {
      return null;
    }
    double[] values = new double[columns.names().size()];
    for (int i = 0; i < values.length; i++) {
      String name = columns.names().get(i);
      Object value = schema.getField(name) == null ? null : record.get(name);
      values[i] = value instanceof Number number ? number.doubleValue() : Double.NaN;
    }
    return new ReadScore(
        key, millis(record.get("time")), String.valueOf(record.get("model")), values);
  }

  private static long millis(Object time) {
    return time instanceof java.time.Instant instant ? instant.toEpochMilli() : (Long) time;
  }

  /** As in {@link Map} of pairs: the same of both versions. */
  Place place() {
    return new Place(key, timeMs);
  }

  /** What both versions of a record have in common. */
  record Place(String key, long timeMs) {}

  String key() {
    return key;
  }

  long timeMs() {
    return timeMs;
  }

  String model() {
    return model;
  }

  double value(int column) {
    return values[column];
  }
}
