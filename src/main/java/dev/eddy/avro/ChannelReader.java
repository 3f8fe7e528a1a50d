package dev.eddy.avro;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericEnumSymbol;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.generic.PrimitivesArrays;
import org.apache.avro.util.Utf8;

/** One {@link ChannelSpec}, resolved against one schema: writes its part of a frame. Immutable. */
abstract sealed class ChannelReader {
  private final ChannelSpec spec;
  private final float replacement;
  final FieldAccess access;

  private ChannelReader(ChannelSpec spec, Schema root, float constant) {
    this.spec = spec;
    this.access = new FieldAccess(FieldPath.parse(spec.field()), root);
    this.replacement = spec.bad().action() == BadValue.Action.HOLD ? Float.NaN : constant;
  }

  static ChannelReader of(ChannelSpec spec, Schema root) {
    if (spec instanceof ChannelSpec.Numeric numeric) {
      return new Numeric(numeric, root);
    } else if (spec instanceof ChannelSpec.OneHot oneHot) {
      return new Words(oneHot, root, oneHot.words(), oneHot.other(), true);
    } else if (spec instanceof ChannelSpec.Token token) {
      return new Words(token, root, token.words(), token.other(), false);
    } else if (spec instanceof ChannelSpec.NumericArray array) {
      return new Array(array, root);
    } else if (spec instanceof ChannelSpec.Text text) {
      return new TokenPlace(text, root);
    }
    throw new AssertionError(spec);
  }

  final int width() {
    return spec.width();
  }

  /** Whether it writes something. */
  boolean isRead() {
    return true;
  }

  final void read(IndexedRecord record, float[] frame, int at) {
    if (!isRead()) {
      return;
    }
    Object value = access.get(record);
    if (value instanceof FieldAccess.Fault fault) {
      bad(spec.field(), fault.found() + accepted(), frame, at, spec.width());
    } else {
      put(value, frame, at);
    }
  }

  /** Writes the value's channels, or calls {@link #bad}. */
  abstract void put(Object value, float[] frame, int at);

  abstract String accepted();

  final void bad(String field, String reason, float[] frame, int at, int count) {
    if (spec.bad().action() == BadValue.Action.DEAD_LETTERS) {
      throw new BadRecordException(field, reason);
    }
    Arrays.fill(frame, at, at + count, replacement);
  }

  private static final class Numeric extends ChannelReader {
    private final ChannelSpec.Numeric spec;
    private final NumberReader numbers;

    Numeric(ChannelSpec.Numeric spec, Schema root) {
      super(
          spec, root, (float) ((spec.log().of(spec.bad().constant()) - spec.mean()) / spec.std()));
      this.spec = spec;
      this.numbers = new NumberReader(access.targets());
    }

    @Override
    void put(Object value, float[] frame, int at) {
      double number = numbers.read(value);
      float scaled = (float) ((spec.log().of(number) - spec.mean()) / spec.std());
      if (Float.isFinite(scaled)) {
        frame[at] = scaled;
      } else {
        bad(spec.field(), NumberReader.fault(value, number, spec.log()), frame, at, 1);
      }
    }

    @Override
    String accepted() {
      return NumberReader.ACCEPTED;
    }
  }

  private static final class Array extends ChannelReader {
    private final ChannelSpec.NumericArray spec;
    private final NumberReader numbers;

    Array(ChannelSpec.NumericArray spec, Schema root) {
      super(
          spec, root, (float) ((spec.log().of(spec.bad().constant()) - spec.mean()) / spec.std()));
      this.spec = spec;
      this.numbers =
          new NumberReader(
              access.targets().stream()
                  .filter(type -> type.getType() == Schema.Type.ARRAY)
                  .map(Schema::getElementType)
                  .flatMap(
                      type -> type.isUnion() ? type.getTypes().stream() : List.of(type).stream())
                  .toList());
    }

    @Override
    void put(Object value, float[] frame, int at) {
      if (!(value instanceof List<?> array) || array.size() != spec.length()) {
        bad(spec.field(), "is " + Quoted.value(value) + accepted(), frame, at, spec.length());
        return;
      }
      for (int i = 0; i < spec.length(); i++) {
        double number = number(array, i);
        float scaled = (float) ((spec.log().of(number) - spec.mean()) / spec.std());
        if (Float.isFinite(scaled)) {
          frame[at + i] = scaled;
        } else {
          String field = spec.field() + "[" + i + "]";
          bad(field, NumberReader.fault(array.get(i), number, spec.log()), frame, at + i, 1);
        }
      }
    }

    private double number(List<?> array, int i) {
      if (array instanceof PrimitivesArrays.FloatArray floats) {
        return floats.getFloat(i);
      } else if (array instanceof PrimitivesArrays.DoubleArray doubles) {
        return doubles.getDouble(i);
      }
      return numbers.read(array.get(i));
    }

    @Override
    String accepted() {
      return "; accepted: an array of " + spec.length() + " numbers";
    }
  }

  /** The place of a token, which is put there for each frame. */
  private static final class TokenPlace extends ChannelReader {
    TokenPlace(ChannelSpec.Text spec, Schema root) {
      super(spec, root, 0f);
    }

    @Override
    boolean isRead() {
      return false;
    }

    @Override
    void put(Object value, float[] frame, int at) {
      throw new AssertionError("a text gives several frames");
    }

    @Override
    String accepted() {
      return "; accepted: a text";
    }
  }

  private static final class Words extends ChannelReader {
    private static final int MAX_LISTED = 8;

    private final ChannelSpec spec;
    private final List<String> words;
    private final Map<Object, Integer> index = new HashMap<>();
    private final Integer other; // null where there is none
    private final boolean oneHot;

    Words(
        ChannelSpec spec, Schema root, List<String> words, Optional<String> other, boolean oneHot) {
      super(spec, root, (float) spec.bad().constant());
      this.spec = spec;
      this.words = words;
      this.other = other.map(words::indexOf).orElse(null);
      this.oneHot = oneHot;
      for (int i = 0; i < words.size(); i++) {
        index.put(words.get(i), i);
        index.put(new Utf8(words.get(i)), i);
      }
    }

    @Override
    void put(Object value, float[] frame, int at) {
      Integer place = null;
      if (value instanceof Utf8 || value instanceof String) {
        place = index.getOrDefault(value, other);
      } else if (value instanceof GenericEnumSymbol<?>
          || value instanceof Integer
          || value instanceof Long
          || value instanceof Boolean) {
        place = index.getOrDefault(value.toString(), other);
      } else if (value instanceof Float || value instanceof Double) {
        place = place((Number) value);
      }
      if (place == null) {
        bad(spec.field(), "is " + Quoted.value(value) + accepted(), frame, at, spec.width());
      } else if (oneHot) {
        Arrays.fill(frame, at, at + words.size(), 0f);
        frame[at + place] = 1f;
      } else {
        frame[at] = place;
      }
    }

    /**
     * The word that is spelt like the value in its own type, else, of a whole number, an integer.
     */
    private Integer place(Number value) {
      double number = value.doubleValue();
      if (!Double.isFinite(number)) {
        return null;
      }
      Integer spelt = index.get(value.toString());
      if (spelt != null) {
        return spelt;
      }
      long whole = (long) number;
      return whole == number ? index.getOrDefault(Long.toString(whole), other) : other;
    }

    @Override
    String accepted() {
      String listed = String.join(", ", words.subList(0, Math.min(MAX_LISTED, words.size())));
      return words.size() <= MAX_LISTED
          ? "; accepted: " + listed
          : "; accepted: one of " + words.size() + " words: " + listed + ", ...";
    }
  }
}
