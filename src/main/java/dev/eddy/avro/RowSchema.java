package dev.eddy.avro;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * The record schema of a table's rows, for feeding them to a topic. Every field is nullable, since
 * a cell may be empty. Immutable.
 */
public final class RowSchema {
  /** What a column holds. */
  public enum Kind {
    /** {@link Double}. */
    DOUBLE,
    /** A list of {@link Double}. */
    DOUBLES,
    /** {@link String}. */
    STRING,
    /** {@link Long}, milliseconds since 1970 UTC. */
    TIMESTAMP_MILLIS
  }

  /**
   * One column.
   *
   * @param name as the table has it; the field is called {@link ScoreSchema#columnName} of it
   */
  public record Column(String name, Kind kind) {}

  private final Schema schema;

  private RowSchema(Schema schema) {
    this.schema = schema;
  }

  /**
   * Makes a schema.
   *
   * @param columns at least one
   * @throws IllegalArgumentException if a name is empty, or two become the same field
   */
  public static RowSchema of(String recordName, String namespace, List<Column> columns) {
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("a table must have at least 1 column, got none");
    }
    Set<String> names = new HashSet<>();
    List<Schema.Field> fields = new ArrayList<>();
    for (Column column : columns) {
      String name = ScoreSchema.columnName(column.name());
      if (!names.add(name)) {
        throw new IllegalArgumentException(
            "column " + Quoted.text(column.name()) + ": there is a field \"" + name + "\" already");
      }
      fields.add(
          new Schema.Field(
              name,
              SchemaBuilder.unionOf().nullType().and().type(type(column.kind())).endUnion(),
              name.equals(column.name()) ? null : column.name(),
              Schema.Field.NULL_DEFAULT_VALUE));
    }
    try {
      return new RowSchema(Schema.createRecord(recordName, null, namespace, false, fields));
    } catch (AvroRuntimeException e) {
      throw new IllegalArgumentException(
          "record name " + Quoted.text(namespace + "." + recordName) + " is not an Avro name", e);
    }
  }

  private static Schema type(Kind kind) {
    return switch (kind) {
      case DOUBLE -> Schema.create(Schema.Type.DOUBLE);
      case DOUBLES -> Schema.createArray(Schema.create(Schema.Type.DOUBLE));
      case STRING -> Schema.create(Schema.Type.STRING);
      case TIMESTAMP_MILLIS ->
          LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
    };
  }

  /** The Avro schema, always the same object. */
  public Schema avro() {
    return schema;
  }

  /** The fields' names, in column order: what a mapping reads. */
  public List<String> fieldNames() {
    return schema.getFields().stream().map(Schema.Field::name).toList();
  }

  /**
   * A row as a record.
   *
   * @param cells one a column, of the type that its {@link Kind} says, or null
   * @throws IllegalArgumentException if there are more or fewer
   */
  public GenericRecord row(Object... cells) {
    if (cells.length != schema.getFields().size()) {
      throw new IllegalArgumentException(
          "a row must have " + schema.getFields().size() + " cells, got " + cells.length);
    }
    GenericData.Record record = new GenericData.Record(schema);
    for (int i = 0; i < cells.length; i++) {
      record.put(i, cells[i]);
    }
    return record;
  }
}
