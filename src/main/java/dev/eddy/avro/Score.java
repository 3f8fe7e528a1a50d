package dev.eddy.avro;

import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;

/**
 * One record that a model puts out. Holds primitives and boxes a value only when it is asked for by
 * {@link #get}, as Avro's writer does.
 *
 * <p>Columns are numbered as in {@link ScoreSchema#columns()}, from 0; {@link #get(int)} and Avro
 * count the fields, of which the first column is number 3. A column that was never set is null,
 * which only a nullable one may be when it is written.
 *
 * <p>Not thread-safe; not to be changed once it is handed on.
 */
public final class Score implements GenericRecord {
  private final ScoreSchema schema;
  private final long timeMs;
  private final long frame;
  private final String model;
  private final long[] bits; // [column]: float and double as their bits, boolean as 0 or 1
  private final boolean[] set; // [column]
  private String[] texts; // [column], null until one is set
  private float[][] arrays; // [column], null until one is set

  Score(ScoreSchema schema, long timeMs, long frame, String model) {
    this.schema = schema;
    this.timeMs = timeMs;
    this.frame = frame;
    this.model = Objects.requireNonNull(model, "model");
    this.bits = new long[schema.columns().size()];
    this.set = new boolean[bits.length];
  }

  /** Event time, milliseconds since 1970 UTC. */
  public long timeMs() {
    return timeMs;
  }

  /** Number of the frame, from 0. */
  public long frame() {
    return frame;
  }

  /** {@code name/version}. */
  public String model() {
    return model;
  }

  /** Sets a column of type FLOAT. */
  public Score setFloat(int column, float value) {
    return put(column, ScoreSchema.Type.FLOAT, Float.floatToRawIntBits(value));
  }

  /**
   * Sets {@code count} columns of type FLOAT that follow one another.
   *
   * @param values not kept; read from {@code offset}
   */
  public Score setFloats(int firstColumn, float[] values, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, values.length);
    for (int i = 0; i < count; i++) {
      setFloat(firstColumn + i, values[offset + i]);
    }
    return this;
  }

  /** Sets a column of type DOUBLE. */
  public Score setDouble(int column, double value) {
    return put(column, ScoreSchema.Type.DOUBLE, Double.doubleToRawLongBits(value));
  }

  /** Sets a column of type INT. */
  public Score setInt(int column, int value) {
    return put(column, ScoreSchema.Type.INT, value);
  }

  /** Sets a column of type LONG. */
  public Score setLong(int column, long value) {
    return put(column, ScoreSchema.Type.LONG, value);
  }

  /** Sets a column of type TIME. */
  public Score setTime(int column, long timeMs) {
    return put(column, ScoreSchema.Type.TIME, timeMs);
  }

  /** Sets a column of type FLOATS; copies. */
  public Score setArray(int column, float[] values) {
    put(column, ScoreSchema.Type.FLOATS, 0);
    if (arrays == null) {
      arrays = new float[bits.length][];
    }
    arrays[column] = values.clone();
    return this;
  }

  /** Sets a column of type BOOLEAN. */
  public Score setBoolean(int column, boolean value) {
    return put(column, ScoreSchema.Type.BOOLEAN, value ? 1 : 0);
  }

  /** Sets a column of type STRING. */
  public Score setText(int column, String value) {
    put(column, ScoreSchema.Type.STRING, 0);
    if (texts == null) {
      texts = new String[bits.length];
    }
    texts[column] = Objects.requireNonNull(value, "value");
    return this;
  }

  private Score put(int column, ScoreSchema.Type type, long value) {
    ScoreSchema.Column found = schema.columns().get(column);
    if (found.type() != type) {
      throw new IllegalArgumentException(
          "column \"" + found.name() + "\" is of type " + found.type() + ", got " + type);
    }
    bits[column] = value;
    set[column] = true;
    return this;
  }

  /** Whether the column was set. */
  public boolean isSet(int column) {
    return set[column];
  }

  /** A column of type FLOAT as it was set; 0 if it was not. */
  public float getFloat(int column) {
    return Float.intBitsToFloat((int) bits[column]);
  }

  ScoreSchema schema() {
    return schema;
  }

  /**
   * A column's value as 64 bits: those of a float or a double, a whole number, 0 or 1 of a boolean;
   * of nothing else.
   */
  public long bits(int column) {
    return bits[column];
  }

  /** A column of type STRING; null if it was not set. */
  String text(int column) {
    return texts == null ? null : texts[column];
  }

  /** A column of type FLOATS, not a copy; null if it was not set. */
  float[] array(int column) {
    return arrays == null ? null : arrays[column];
  }

  @Override
  public Schema getSchema() {
    return schema.avro();
  }

  /** A field by its number in the record: 0 time, 1 frame, 2 model, then the columns. */
  @Override
  public Object get(int field) {
    return switch (field) {
      case 0 -> timeMs;
      case 1 -> frame;
      case 2 -> model;
      default -> column(field - ScoreSchema.FIRST_COLUMN);
    };
  }

  private Object column(int column) {
    if (!set[column]) {
      return null;
    }
    long value = bits[column];
    return switch (schema.columns().get(column).type()) {
      case FLOAT -> Float.intBitsToFloat((int) value);
      case DOUBLE -> Double.longBitsToDouble(value);
      case INT -> (int) value;
      case LONG, TIME -> value;
      case BOOLEAN -> value != 0;
      case STRING -> texts[column];
      case FLOATS -> boxed(arrays[column]);
    };
  }

  /** Boxes a value only when it is asked for. */
  private static List<Float> boxed(float[] values) {
    return new AbstractList<>() {
      @Override
      public Float get(int index) {
        return values[index];
      }

      @Override
      public int size() {
        return values.length;
      }
    };
  }

  /** A field by its name; null if there is none. */
  @Override
  public Object get(String name) {
    Schema.Field field = schema.avro().getField(name);
    return field == null ? null : get(field.pos());
  }

  /** Not supported; the setters keep the type. */
  @Override
  public void put(int field, Object value) {
    throw new UnsupportedOperationException("use the setters of Score");
  }

  /** Not supported; the setters keep the type. */
  @Override
  public void put(String name, Object value) {
    throw new UnsupportedOperationException("use the setters of Score");
  }

  /** Equal to any record of the same schema and values, as Avro compares them. */
  @Override
  public boolean equals(Object other) {
    return other == this
        || other instanceof IndexedRecord record
            && record.getSchema().equals(getSchema())
            && GenericData.get().compare(this, record, getSchema()) == 0;
  }

  @Override
  public int hashCode() {
    return GenericData.get().hashCode(this, getSchema());
  }

  @Override
  public String toString() {
    return GenericData.get().toString(this);
  }
}
