package dev.eddy.app;

import dev.eddy.app.csv.FloatText;
import dev.eddy.kernel.Activation;
import dev.eddy.layer.Layer;
import java.lang.reflect.RecordComponent;
import java.util.Locale;

/**
 * A layer's kind and options as one line. Every layer is a record, so its components are its
 * options: a new layer needs nothing here.
 */
final class LayerText {
  private LayerText() {}

  static String of(Layer layer) {
    StringBuilder text = new StringBuilder(layer.kind());
    for (RecordComponent component : layer.getClass().getRecordComponents()) {
      Object value;
      try {
        value = component.getAccessor().invoke(layer);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("a layer's options can be read", e);
      }
      if (value instanceof Activation activation) {
        append(text, component.getName(), layer.kind(), activation);
      } else {
        text.append(' ').append(component.getName()).append('=').append(word(value));
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

  private static String word(Object value) {
    return value instanceof Enum<?> constant
        ? constant.name().toLowerCase(Locale.ROOT).replace('_', '-')
        : String.valueOf(value);
  }
}
