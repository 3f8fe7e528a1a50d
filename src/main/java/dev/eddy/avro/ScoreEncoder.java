package dev.eddy.avro;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.io.BinaryData;

/**
 * Writes a score's Avro binary without boxing a value: what Avro's own writer makes of it, byte for
 * byte. Immutable.
 */
final class ScoreEncoder {
  // A long takes up to 10 bytes, the index of a union's branch (null or the value) one.
  private static final int MAX_LONG = 10;
  private static final int MAX_CELL = 1 + MAX_LONG;
  private static final int NULL = 0;
  private static final int VALUE = 1;

  private final List<ScoreSchema.Column> columns;

  ScoreEncoder(ScoreSchema schema) {
    this.columns = schema.columns();
  }

  /**
   * Encodes a score of this schema of which nothing is {@link #missing}.
   *
   * @param prefix bytes to begin with
   * @return a new array
   */
  byte[] encode(byte[] prefix, Score score) {
    byte[] model = score.model().getBytes(StandardCharsets.UTF_8);
    int room = prefix.length + 3 * MAX_LONG + model.length + columns.size() * MAX_CELL;
    byte[] bytes = Arrays.copyOf(prefix, room + varyingBytes(score));
    int at = prefix.length;
    at += BinaryData.encodeLong(score.timeMs(), bytes, at);
    at += BinaryData.encodeLong(score.frame(), bytes, at);
    at = text(model, bytes, at);
    for (int i = 0; i < columns.size(); i++) {
      ScoreSchema.Column column = columns.get(i);
      boolean set = score.isSet(i);
      if (column.nullable()) {
        at += BinaryData.encodeInt(set ? VALUE : NULL, bytes, at);
      }
      if (set) {
        at = cell(column.type(), score, i, bytes, at);
      }
    }
    return Arrays.copyOf(bytes, at);
  }

  /** The first column that a score lacks though it isn't nullable; null for none. */
  String missing(Score score) {
    for (int i = 0; i < columns.size(); i++) {
      if (!score.isSet(i) && !columns.get(i).nullable()) {
        return columns.get(i).name();
      }
    }
    return null;
  }

  private static int cell(ScoreSchema.Type type, Score score, int column, byte[] bytes, int at) {
    long bits = score.bits(column);
    return switch (type) {
      case FLOAT -> at + BinaryData.encodeFloat(Float.intBitsToFloat((int) bits), bytes, at);
      case DOUBLE -> at + BinaryData.encodeDouble(Double.longBitsToDouble(bits), bytes, at);
      case INT -> at + BinaryData.encodeInt((int) bits, bytes, at);
      case LONG, TIME -> at + BinaryData.encodeLong(bits, bytes, at);
      case BOOLEAN -> at + BinaryData.encodeBoolean(bits != 0, bytes, at);
      case STRING -> text(score.text(column).getBytes(StandardCharsets.UTF_8), bytes, at);
      case FLOATS -> array(score.array(column), bytes, at);
    };
  }

  /** One block, then the empty one that ends an array. */
  private static int array(float[] values, byte[] bytes, int at) {
    int end = at;
    if (values.length > 0) {
      end += BinaryData.encodeLong(values.length, bytes, end);
      for (float value : values) {
        end += BinaryData.encodeFloat(value, bytes, end);
      }
    }
    return end + BinaryData.encodeLong(0, bytes, end);
  }

  private static int text(byte[] utf8, byte[] bytes, int at) {
    int start = at + BinaryData.encodeLong(utf8.length, bytes, at);
    System.arraycopy(utf8, 0, bytes, start, utf8.length);
    return start + utf8.length;
  }

  private int varyingBytes(Score score) {
    int bytes = 0;
    for (int i = 0; i < columns.size(); i++) {
      ScoreSchema.Type type = columns.get(i).type();
      if (type == ScoreSchema.Type.STRING && score.isSet(i)) {
        bytes += 3 * score.text(i).length(); // UTF-8 takes at most 3 for a char
      } else if (type == ScoreSchema.Type.FLOATS && score.isSet(i)) {
        bytes += 2 * MAX_LONG + Float.BYTES * score.array(i).length;
      }
    }
    return bytes;
  }
}
