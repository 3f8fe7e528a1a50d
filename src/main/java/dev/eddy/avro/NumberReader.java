package dev.eddy.avro;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericFixed;

/** Decoded values as numbers. */
final class NumberReader {
  static final String ACCEPTED = "; accepted: a number";

  /** Bytes of the longest decimal that is read: about 154 digits. */
  private static final int MAX_DECIMAL_BYTES = 64;

  private static final int NO_SCALE = Integer.MIN_VALUE;

  private final int bytesScale;

  /**
   * @param types the schemas that a value can have; bytes among them are numbers if decimal
   */
  NumberReader(List<Schema> types) {
    int scale = NO_SCALE;
    for (Schema type : types) {
      if (type.getType() == Schema.Type.BYTES) {
        scale = scale(type);
      }
    }
    this.bytesScale = scale;
  }

  private static int scale(Schema type) {
    LogicalType logical = type.getLogicalType();
    return logical instanceof LogicalTypes.Decimal decimal ? decimal.getScale() : NO_SCALE;
  }

  /** The number; NaN if it is none. */
  double read(Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    } else if (value instanceof Boolean truth) {
      return truth ? 1 : 0;
    } else if (value instanceof ByteBuffer buffer) {
      if (bytesScale == NO_SCALE || buffer.remaining() > MAX_DECIMAL_BYTES) {
        return Double.NaN;
      }
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return decimal(bytes, bytesScale);
    } else if (value instanceof GenericFixed fixed) {
      return decimal(fixed.bytes(), scale(fixed.getSchema()));
    }
    return Double.NaN;
  }

  private static double decimal(byte[] bytes, int scale) {
    if (scale == NO_SCALE || bytes.length == 0 || bytes.length > MAX_DECIMAL_BYTES) {
      return Double.NaN;
    }
    return new BigDecimal(new BigInteger(bytes), scale).doubleValue();
  }

  /** Why {@link #read} and its scaled result are no channel. */
  static String fault(Object value, double number, Log log) {
    if (Double.isFinite(number) && Double.isNaN(log.of(number))) {
      return "is " + number + log.accepted();
    }
    if (value instanceof Number && Double.isNaN(number)) {
      return "is NaN; accepted: a finite number";
    } else if (Double.isInfinite(number)) {
      return "is " + (number > 0 ? "infinity" : "-infinity") + "; accepted: a finite number";
    } else if (Double.isNaN(number)) {
      return "is " + Quoted.value(value) + ACCEPTED;
    }
    return "is " + number + ", which is too large for a float; accepted: a finite number";
  }
}
