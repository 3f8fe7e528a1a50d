package dev.eddy.model;

import dev.eddy.layer.Layer;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Previous;
import dev.eddy.layer.Shape;
import dev.eddy.network.Graph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Reads a graph: one entry a layer, a word or a word with its options.
 *
 * <p>Besides its own options every layer takes {@code name} (else it is called by its place) and
 * {@code from}, the layer whose frames it reads (else the one above). A merge takes a list of them.
 * {@code input} is what comes into the network. Feedback, {@code previous}, has {@code of} in the
 * place of {@code from}, and may name a layer further down.
 */
final class GraphDescription {
  /** What descriptions call what comes into the network. */
  static final String INPUT = "input";

  private static final String PREVIOUS = "previous";

  private final Shape input;
  private final List<Graph.Node> nodes = new ArrayList<>();
  private final List<YamlValue> fedBack = new ArrayList<>(); // names of layers, some yet to come
  private final Map<String, Shape> shapes = new LinkedHashMap<>(); // by the name written

  private GraphDescription(Shape input) {
    this.input = input;
    shapes.put(INPUT, input);
  }

  static Graph read(YamlMap input, YamlValue layers) {
    GraphDescription graph = new GraphDescription(shape(input));
    for (YamlValue entry : layers.asList()) {
      graph.add(entry);
    }
    for (YamlValue of : graph.fedBack) {
      if (!graph.shapes.containsKey(of.asString())) {
        throw of.error(
            "no layer is named \""
                + of.asString()
                + "\"; there are "
                + String.join(", ", graph.shapes.keySet()));
      }
    }
    try {
      return new Graph(graph.input, graph.nodes);
    } catch (IllegalArgumentException e) {
      throw layers.error(e.getMessage());
    }
  }

  /** {@code {channels: 3}}, with {@code width}, with {@code height} and {@code width}. */
  private static Shape shape(YamlMap input) {
    List<Integer> dimensions = new ArrayList<>();
    dimensions.add(input.get("channels").asInt(1, LayerOptions.MAX_UNITS));
    for (String side : List.of("height", "width")) {
      input.find(side).ifPresent(v -> dimensions.add(v.asInt(1, LayerOptions.MAX_UNITS)));
    }
    if (input.find("height").isPresent() && input.find("width").isEmpty()) {
      throw input.self().error("frames with a height need a width, too");
    }
    input.refuseOthers();
    try {
      return Shape.of(dimensions.stream().mapToInt(Integer::intValue).toArray());
    } catch (IllegalArgumentException e) {
      throw input.self().error(e.getMessage());
    }
  }

  private void add(YamlValue entry) {
    if (entry.isScalar()) {
      add(entry.asString(), entry, YamlValue.parse("{}", entry.source()).asMap());
      return;
    }
    Map<String, YamlValue> words = entry.asMap().all();
    if (words.size() != 1) {
      throw entry.error(
          "a layer is one word with its options behind it, got the words " + words.keySet());
    }
    String kind = words.keySet().iterator().next();
    YamlValue behind = words.get(kind);
    YamlMap options =
        behind.isNull() ? YamlValue.parse("{}", entry.source()).asMap() : behind.asMap();
    add(kind, behind, options);
    options.refuseOthers();
  }

  private void add(String kind, YamlValue entry, YamlMap options) {
    String name = options.string("name", Integer.toString(nodes.size()));
    if (shapes.containsKey(name)) {
      throw entry.error(
          name.equals(INPUT)
              ? "\"" + INPUT + "\" is what comes into the network; give the layer another name"
              : "two layers are named \"" + name + "\"");
    }
    Merge.How how = MergeWords.find(kind);
    Shape output;
    if (kind.equals(PREVIOUS)) {
      Previous previous = previous(entry, options);
      YamlValue of = options.get("of");
      fedBack.add(of);
      output = previous.shape();
      nodes.add(new Graph.Node(name, previous, node(of.asString())));
    } else if (how != null) {
      List<String> from = several(entry, options);
      Merge merge = new Merge(how);
      output = fitting(kind, entry, () -> merge.output(from.stream().map(shapes::get).toList()));
      nodes.add(new Graph.Node(name, merge, from.stream().map(this::node).toList()));
    } else {
      String from = options.find("from").map(this::known).orElse(above());
      Shape in = shapes.get(from);
      Layer layer = LayerWords.read(kind, entry, options, in);
      output = fitting(kind, entry, () -> layer.output(in));
      nodes.add(new Graph.Node(name, layer, node(from)));
    }
    shapes.put(name, output);
  }

  private static Previous previous(YamlValue entry, YamlMap options) {
    int[] shape =
        options.get("shape").asList().stream()
            .mapToInt(length -> length.asInt(1, Integer.MAX_VALUE))
            .toArray();
    boolean initial = options.bool("initial", false);
    try {
      return new Previous(Shape.of(shape), initial);
    } catch (IllegalArgumentException e) {
      throw entry.error(PREVIOUS + ": " + e.getMessage());
    }
  }

  private static Shape fitting(String kind, YamlValue entry, Supplier<Shape> output) {
    try {
      return output.get();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw entry.error(LayerWords.about(kind, e));
    }
  }

  private List<String> several(YamlValue entry, YamlMap options) {
    YamlValue from =
        options
            .find("from")
            .orElseThrow(
                () ->
                    entry.error("the key \"from\" is missing: the layers that meet here, a list"));
    List<YamlValue> names = from.asList();
    if (names.size() < 2) {
      throw from.error("at least two layers meet, got " + names.size());
    }
    return names.stream().map(this::known).toList();
  }

  private String known(YamlValue name) {
    if (!shapes.containsKey(name.asString())) {
      throw name.error(
          "no layer above is named \""
              + name.asString()
              + "\"; there are "
              + String.join(", ", shapes.keySet()));
    }
    return name.asString();
  }

  private String above() {
    return nodes.isEmpty() ? INPUT : nodes.get(nodes.size() - 1).name();
  }

  private String node(String name) {
    return name.equals(INPUT) ? Graph.INPUT : name;
  }
}
