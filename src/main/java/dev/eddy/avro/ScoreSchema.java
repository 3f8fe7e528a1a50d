package dev.eddy.avro;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;

/**
 * The record schema of what a model puts out: {@code time}, {@code frame} and {@code model}, then
 * one field a column. Flat and typed, so that SQL on streams reads it as a table. Immutable.
 *
 * <table>
 * <caption>Fields that every score has</caption>
 * <tr><td>{@code time}</td><td>timestamp-millis: event time</td></tr>
 * <tr><td>{@code frame}</td><td>long: number of the frame within its key's sequence, from 0</td></tr>
 * <tr><td>{@code model}</td><td>string: {@code name/version}</td></tr>
 * </table>
 */
public final class ScoreSchema {
  /** The type of a column's values. */
  public enum Type {
    FLOAT,
    DOUBLE,
    INT,
    LONG,
    BOOLEAN,
    STRING,
    /** Milliseconds since 1970 UTC. */
    TIME,
    /** An array of float32. */
    FLOATS;

    private Schema avro() {
      return switch (this) {
        case FLOAT -> Schema.create(Schema.Type.FLOAT);
        case DOUBLE -> Schema.create(Schema.Type.DOUBLE);
        case INT -> Schema.create(Schema.Type.INT);
        case LONG -> Schema.create(Schema.Type.LONG);
        case BOOLEAN -> Schema.create(Schema.Type.BOOLEAN);
        case STRING -> Schema.create(Schema.Type.STRING);
        case TIME -> LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
        case FLOATS -> Schema.createArray(Schema.create(Schema.Type.FLOAT));
      };
    }
  }

  /**
   * One column.
   *
   * @param name an Avro name: letters, digits and {@code _}, no digit first; see {@link
   *     #columnName}
   * @param nullable whether a score may leave it unset; then a union with null, null by default
   * @param doc what it holds, with its unit; may be null
   */
  public record Column(String name, Type type, boolean nullable, String doc) {
    public Column {
      if (!isName(name)) {
        throw new IllegalArgumentException(
            "column "
                + Quoted.text(String.valueOf(name))
                + " is not an Avro name; accepted: letters, digits and _, no digit first"
                + (name == null || name.isEmpty() ? "" : ", like " + columnName(name)));
      }
      if (FIXED_FIELDS.contains(name)) {
        throw new IllegalArgumentException(
            "column \""
                + name
                + "\" has the name of a field that every score has: "
                + FIXED_FIELDS);
      }
    }

    /** A float that every score has. */
    public static Column ofFloat(String name) {
      return new Column(name, Type.FLOAT, false, null);
    }

    /** A double that every score has. */
    public static Column ofDouble(String name) {
      return new Column(name, Type.DOUBLE, false, null);
    }

    /** The same, but a score may leave it unset. */
    public Column orNull() {
      return new Column(name, type, true, doc);
    }

    /** The same, documented. */
    public Column doc(String doc) {
      return new Column(name, type, nullable, doc);
    }
  }

  private static final List<String> FIXED_FIELDS = List.of("time", "frame", "model");

  /** Position of the first column in the record. */
  static final int FIRST_COLUMN = FIXED_FIELDS.size();

  private final Schema schema;
  private final List<Column> columns;
  private final Map<String, Integer> index = new HashMap<>();

  private ScoreSchema(Schema schema, List<Column> columns) {
    this.schema = schema;
    this.columns = columns;
    for (int i = 0; i < columns.size(); i++) {
      index.put(columns.get(i).name(), i);
    }
  }

  /**
   * Makes a schema.
   *
   * @param recordName an Avro name
   * @param namespace names with dots between; may be empty
   * @throws IllegalArgumentException if a name is none, or is there twice
   */
  public static ScoreSchema of(String recordName, String namespace, List<Column> columns) {
    List<Schema.Field> fields = new ArrayList<>();
    fields.add(new Schema.Field("time", Type.TIME.avro(), "event time"));
    fields.add(
        new Schema.Field(
            "frame",
            Schema.create(Schema.Type.LONG),
            "number of the frame in its sequence, from 0"));
    fields.add(
        new Schema.Field(
            "model", Schema.create(Schema.Type.STRING), "name/version of the model that made it"));
    List<Column> copy = List.copyOf(columns);
    Set<String> names = new HashSet<>();
    for (Column column : copy) {
      if (!names.add(column.name())) {
        throw new IllegalArgumentException(
            "column names must be distinct, got \"" + column.name() + "\" twice");
      }
      fields.add(field(column));
    }
    try {
      return new ScoreSchema(
          Schema.createRecord(recordName, "A score, made by Eddy.", namespace, false, fields),
          copy);
    } catch (AvroRuntimeException e) {
      throw new IllegalArgumentException(
          "record name "
              + Quoted.text(namespace + "." + recordName)
              + " is not an Avro name: "
              + Quoted.line(String.valueOf(e.getMessage())),
          e);
    }
  }

  private static Schema.Field field(Column column) {
    Schema type = column.type().avro();
    return column.nullable()
        ? new Schema.Field(
            column.name(),
            SchemaBuilder.unionOf().nullType().and().type(type).endUnion(),
            column.doc(),
            Schema.Field.NULL_DEFAULT_VALUE)
        : new Schema.Field(column.name(), type, column.doc());
  }

  /**
   * Makes an Avro name of any: every character that isn't a letter, a digit or {@code _} becomes
   * {@code _}, and one is put before a leading digit. Different names may become the same.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public static String columnName(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a column must have a name, got none");
    }
    String clean = name.replaceAll("[^A-Za-z0-9_]", "_");
    return Character.isDigit(clean.charAt(0)) ? "_" + clean : clean;
  }

  static boolean isName(String name) {
    return name != null && name.matches("[A-Za-z_][A-Za-z0-9_]*");
  }

  /** The Avro schema, always the same object. */
  public Schema avro() {
    return schema;
  }

  /** The names of all fields, in order: time, frame and model, then the columns'. */
  public List<String> fieldNames() {
    return schema.getFields().stream().map(Schema.Field::name).toList();
  }

  /** The columns, in order. */
  public List<Column> columns() {
    return columns;
  }

  /** The number of a column, from 0; empty if there is none of that name. */
  public OptionalInt column(String name) {
    Integer found = index.get(name);
    return found == null ? OptionalInt.empty() : OptionalInt.of(found);
  }

  /**
   * A score with no column set.
   *
   * @param timeMs event time, milliseconds since 1970 UTC
   * @param frame number of the frame, from 0
   * @param model {@code name/version}
   */
  public Score score(long timeMs, long frame, String model) {
    return new Score(this, timeMs, frame, model);
  }
}
