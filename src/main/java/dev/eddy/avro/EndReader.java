package dev.eddy.avro;

import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/** An {@link EndMarker}, resolved against one schema. Immutable. */
final class EndReader {
  private final FieldAccess access;
  private final String text;
  private final double number; // NaN where the text is none

  EndReader(EndMarker marker, Schema root) {
    this.access = new FieldAccess(FieldPath.parse(marker.field()), root);
    this.text = marker.equals();
    this.number = number(text);
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  boolean ends(IndexedRecord record) {
    Object value = access.get(record);
    if (value instanceof FieldAccess.Fault) {
      return false;
    }
    return value instanceof Number found
        ? found.doubleValue() == number
        : text.contentEquals(value.toString());
  }
}
