package dev.eddy.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.eddy.kernel.Activation;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Axis;
import dev.eddy.layer.CellFunctions;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Operation;
import dev.eddy.layer.Previous;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Slice;
import dev.eddy.network.Graph;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * Writes a model's YAML description: the opposite of {@link ModelDescription}. A layer's options
 * are the components of its record, but for those that its word or the frames say.
 */
final class DescriptionText {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> KEYS =
      Map.of("epsilon", "eps", "dimensions", "shape", "share", "rate");
  private static final Set<String> IN_THE_WORD =
      Set.of("max-pool.how", "max-pool.countPadding", "average-pool.how", "gate.form", "glu.form");

  private DescriptionText() {}

  static String of(Model model, String weights) {
    StringBuilder text = new StringBuilder();
    text.append("name: ").append(quoted(model.name())).append('\n');
    text.append("version: ").append(model.version()).append('\n');
    text.append("input: ").append(input(model.graph().input())).append('\n');
    text.append("weights: ").append(quoted(weights)).append('\n');
    text.append("layers:\n");
    for (Graph.Node node : model.graph().nodes()) {
      text.append("  - ").append(of(node)).append('\n');
    }
    text.append("outputs: ");
    text.append(model.outputs().stream().map(DescriptionText::quoted).toList()).append('\n');
    return text.toString();
  }

  /** A layer's word with its options. */
  static String of(Graph.Node node) {
    return node.operation().kind() + ": {" + String.join(", ", options(node)) + "}";
  }

  private static String input(Shape shape) {
    List<String> sides = List.of("channels", "height", "width");
    List<String> said = new ArrayList<>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      String side = axis == 0 ? "channels" : sides.get(axis + 3 - shape.rank());
      said.add(side + ": " + shape.dimension(axis));
    }
    return "{" + String.join(", ", said) + "}";
  }

  private static List<String> options(Graph.Node node) {
    List<String> options = new ArrayList<>();
    options.add("name: " + quoted(node.name()));
    List<String> from = node.reads().stream().map(DescriptionText::read).toList();
    String key = node.operation() instanceof Previous ? "of: " : "from: ";
    options.add(key + (from.size() == 1 ? from.get(0) : from.toString()));
    for (RecordComponent component : node.operation().getClass().getRecordComponents()) {
      Operation operation = node.operation();
      add(options, operation, component.getName(), value(operation, component));
    }
    return options;
  }

  private static String read(String node) {
    return quoted(node.equals(Graph.INPUT) ? GraphDescription.INPUT : node);
  }

  private static Object value(Operation operation, RecordComponent component) {
    try {
      return component.getAccessor().invoke(operation);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(e); // accessors of public records are public and plain
    }
  }

  private static void add(
      List<String> options, Operation operation, String component, Object value) {
    if (IN_THE_WORD.contains(operation.kind() + "." + component) || operation instanceof Merge) {
      return;
    }
    if (value instanceof CellFunctions functions) {
      addFunctions(options, functions, operation instanceof Gru);
    } else if (operation instanceof ActivationLayer && value instanceof Activation activation) {
      options.addAll(parameters(activation));
    } else if (value instanceof Activation activation) {
      options.add(component + ": " + function(activation));
    } else if (value instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Axis) {
      addAxes(options, list.stream().map(Axis.class::cast).toList());
    } else if (!(component.equals("projection") && value.equals(0)
        || operation instanceof Slice && value.equals(Slice.TO_THE_END))) {
      options.add(KEYS.getOrDefault(component, word(component)) + ": " + scalar(value));
    }
  }

  private static void addFunctions(List<String> options, CellFunctions functions, boolean two) {
    List<Activation> all =
        two
            ? List.of(functions.gates(), functions.candidate())
            : List.of(functions.gates(), functions.candidate(), functions.output());
    options.add("functions: " + all.stream().map(DescriptionText::function).toList());
    options.add("clip: " + number(functions.clip()));
  }

  private static void addAxes(List<String> options, List<Axis> axes) {
    options.add("kernel: " + list(axes, Axis::kernel));
    options.add("stride: " + list(axes, Axis::stride));
    options.add("dilation: " + list(axes, Axis::dilation));
    options.add("padding: " + axes.stream().map(a -> List.of(a.before(), a.after())).toList());
  }

  private static String list(List<Axis> axes, ToIntFunction<Axis> number) {
    return axes.stream().map(number::applyAsInt).toList().toString();
  }

  /** A word, or one with its parameters behind it. */
  private static String function(Activation activation) {
    String word = activation.function().word();
    List<String> parameters = parameters(activation);
    return parameters.isEmpty() ? word : "{" + word + ": {" + String.join(", ", parameters) + "}}";
  }

  private static List<String> parameters(Activation activation) {
    List<String> names = ActivationWords.parameters(activation.function());
    List<String> said = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      said.add(names.get(i) + ": " + number(i == 0 ? activation.alpha() : activation.beta()));
    }
    return said;
  }

  private static String scalar(Object value) {
    if (value instanceof Float number) {
      return number(number);
    }
    if (value instanceof Enum<?> constant) {
      return word(constant.name().toLowerCase(Locale.ROOT));
    }
    if (value instanceof Shape shape) {
      return shape.dimensions().toString();
    }
    return String.valueOf(value);
  }

  /** Of all digits, so that the same float32 is read. */
  private static String number(float value) {
    return Float.isInfinite(value) ? value > 0 ? ".inf" : "-.inf" : Double.toString(value);
  }

  /** {@code countPadding} and {@code AT_END} as descriptions write them. */
  private static String word(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String quoted(String text) {
    try {
      return JSON.writeValueAsString(text)
          .chars()
          .mapToObj(c -> c < 0x7f ? Character.toString(c) : String.format("\\u%04x", c))
          .collect(Collectors.joining());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // a text can be written
    }
  }
}
