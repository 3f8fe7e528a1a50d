package dev.eddy.app;

import dev.eddy.app.csv.FloatText;
import dev.eddy.kernel.Activation;
import dev.eddy.layer.Axis;
import dev.eddy.layer.CellFunctions;
import dev.eddy.layer.Operation;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * An operation's kind and options as one line. Every operation is a record, so its components are
 * its options: a new layer needs nothing here.
 */
final class LayerText {
  private LayerText() {}

  static String of(Operation operation) {
    StringBuilder text = new StringBuilder(operation.kind());
    for (RecordComponent component : operation.getClass().getRecordComponents()) {
      Object value;
      try {
        value = component.getAccessor().invoke(operation);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("a layer's options can be read", e);
      }
      if (value instanceof Activation activation) {
        append(text, component.getName(), operation.kind(), activation);
      } else if (value instanceof CellFunctions functions) {
        append(text, functions);
      } else if (component.getName().equals("axes")) {
        append(text, (List<?>) value);
      } else if (!operation.kind().startsWith(word(value))) { // "max-pool how=max" says it twice
        append(text, hyphenated(component.getName()), word(value));
      }
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String name, String kind, Activation activation) {
    String function = activation.function().word();
    if (!function.equals(kind)) {
      text.append(' ').append(name).append('=').append(function);
    }
    if (activation.alpha() != 0 || activation.beta() != 0) {
      text.append(" alpha=").append(FloatText.of(activation.alpha()));
      text.append(" beta=").append(FloatText.of(activation.beta()));
    }
  }

  /** Only where they are not the usual ones. */
  private static void append(StringBuilder text, CellFunctions functions) {
    if (functions.equals(CellFunctions.STANDARD)) {
      return;
    }
    List<String> words = new ArrayList<>();
    for (Activation function :
        List.of(functions.gates(), functions.candidate(), functions.output())) {
      boolean parameters = function.alpha() != 0 || function.beta() != 0;
      words.add(
          function.function().word()
              + (parameters
                  ? "(" + FloatText.of(function.alpha()) + "," + FloatText.of(function.beta()) + ")"
                  : ""));
    }
    append(text, "functions", words.toString());
    append(text, "clip", FloatText.of(functions.clip()));
  }

  /** As a description has them. */
  private static void append(StringBuilder text, List<?> axes) {
    append(text, "kernel", axes, Axis::kernel);
    append(text, "stride", axes, Axis::stride);
    append(text, "dilation", axes, Axis::dilation);
    append(text, "padding", axes, axis -> List.of(axis.before(), axis.after()));
  }

  private static void append(
      StringBuilder text, String name, List<?> axes, Function<Axis, Object> number) {
    List<Object> numbers = axes.stream().map(axis -> number.apply((Axis) axis)).toList();
    boolean alone = numbers.size() == 1 && !name.equals("padding");
    append(text, name, String.valueOf(alone ? numbers.get(0) : numbers));
  }

  private static void append(StringBuilder text, String name, String value) {
    text.append(' ').append(name).append('=').append(value.replace(" ", ""));
  }

  private static String hyphenated(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  private static String word(Object value) {
    return value instanceof Enum<?> constant
        ? constant.name().toLowerCase(Locale.ROOT).replace('_', '-')
        : String.valueOf(value);
  }
}
