package dev.eddy.avro;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import org.apache.avro.generic.GenericEnumSymbol;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;

/** What was found, for a message of one line, however long and hostile it is. */
final class Quoted {
  private static final int MAX_VALUE = 48;
  private static final int MAX_LINE = 300;

  private Quoted() {}

  /** A decoded value: its kind, and the value itself if it is small. */
  static String value(Object value) {
    if (value == null) {
      return "null";
    } else if (value instanceof GenericEnumSymbol<?> symbol) {
      return "the enum symbol " + text(symbol.toString());
    } else if (value instanceof CharSequence text) {
      return "the string " + text(text);
    } else if (value instanceof IndexedRecord record) {
      return "a record \"" + record.getSchema().getName() + "\"";
    } else if (value instanceof Collection<?> array) {
      return "an array of " + array.size();
    } else if (value instanceof Map<?, ?> map) {
      return "a map of " + map.size();
    } else if (value instanceof ByteBuffer bytes) {
      return "bytes (" + bytes.remaining() + ")";
    } else if (value instanceof byte[] bytes) {
      return "bytes (" + bytes.length + ")";
    } else if (value instanceof GenericFixed fixed) {
      return "fixed bytes (" + fixed.bytes().length + ")";
    } else if (value instanceof Boolean) {
      return "the boolean " + value;
    } else if (value instanceof Number) {
      return "the number " + cut(value.toString(), MAX_VALUE);
    }
    return "a " + value.getClass().getSimpleName();
  }

  /** In quotes, at most 48 characters of it, control characters escaped. */
  static String text(CharSequence text) {
    return '"' + cut(text, MAX_VALUE) + '"';
  }

  /** The innermost cause. */
  static Throwable root(Throwable fault) {
    Throwable root = fault;
    for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
      root = root.getCause();
    }
    return root;
  }

  /** The innermost cause as one line. */
  static String rootCause(Throwable fault) {
    Throwable root = root(fault);
    String message = root.getMessage();
    String kind = root.getClass().getSimpleName();
    return message == null || message.isBlank() ? kind : kind + ": " + line(message);
  }

  /** One line of at most 300 characters. */
  static String line(String message) {
    return cut(message.strip(), MAX_LINE);
  }

  private static String cut(CharSequence text, int max) {
    StringBuilder line = new StringBuilder();
    int end = Math.min(text.length(), max);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r' || c == '\t') {
        line.append(' ');
      } else if (Character.isISOControl(c)) {
        line.append(String.format("\\u%04x", (int) c));
      } else {
        line.append(c);
      }
    }
    return text.length() > max ? line.append("...").toString() : line.toString();
  }
}
