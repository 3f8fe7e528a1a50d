package dev.eddy.app;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.Axis;
import dev.eddy.layer.Operation;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

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
      if (value instanceof List<?> axes && !axes.isEmpty() && axes.get(0) instanceof Axis) {
        append(text, axes.stream().map(Axis.class::cast).toList());
      } else if (value instanceof Activation activation) {
        append(text, component.getName(), operation.kind(), activation);
      } else {
        text.append(' ').append(component.getName()).append('=').append(word(value));
      }
    }
    return text.toString();
  }

  /** Time first; the padding of an axis is what stands before and what stands behind. */
  private static void append(StringBuilder text, List<Axis> axes) {
    text.append(" kernel=").append(each(axes, Axis::kernel));
    text.append(" stride=").append(each(axes, Axis::stride));
    text.append(" dilation=").append(each(axes, Axis::dilation));
    text.append(" padding=").append(each(axes, axis -> axis.before() + "+" + axis.after()));
  }

  private static String each(List<?> values) {
    return each(values, value -> value);
  }

  private static <T> String each(List<T> values, Function<T, Object> part) {
    return values.stream()
        .map(value -> String.valueOf(part.apply(value)))
        .collect(Collectors.joining("x"));
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

  private static String word(Object value) {
    if (value instanceof List<?> list) {
      return each(list);
    }
    return value instanceof Enum<?> constant
        ? constant.name().toLowerCase(Locale.ROOT).replace('_', '-')
        : String.valueOf(value);
  }
}
