package dev.eddy.model;

import dev.eddy.layer.Layer;
import dev.eddy.layer.Shape;
import dev.eddy.network.Graph;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads a model's YAML description: one entry a layer, a word or a word with its options. */
final class ModelDescription {
  private static final String WEIGHTS_SUFFIX = ".safetensors";

  private ModelDescription() {}

  static Model read(Path file) {
    YamlMap yaml = YamlValue.read(file).asMap();
    String stem = file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
    String name = yaml.string("name", stem);
    long version = yaml.find("version").map(v -> v.asLong(1, Long.MAX_VALUE)).orElse(1L);
    YamlMap input = yaml.get("input").asMap();
    int channels = input.get("channels").asInt(1, LayerOptions.MAX_UNITS);
    input.refuseOthers();
    Path weights = file.resolveSibling(yaml.string("weights", stem + WEIGHTS_SUFFIX));
    List<Graph.Node> nodes = nodes(yaml.get("layers"));
    List<String> outputs =
        yaml.find("outputs")
            .map(list -> list.asList().stream().map(YamlValue::asString).toList())
            .orElse(List.of());
    yaml.find("description"); // free text
    yaml.refuseOthers();
    Graph graph;
    try {
      graph = new Graph(Shape.of(channels), nodes);
    } catch (IllegalArgumentException e) {
      throw yaml.get("layers").error(e.getMessage());
    }
    return new Model(name, version, graph, SafeTensors.read(weights), outputs);
  }

  private static List<Graph.Node> nodes(YamlValue layers) {
    List<Graph.Node> nodes = new ArrayList<>();
    String reads = Graph.INPUT;
    for (YamlValue entry : layers.asList()) {
      String name = Integer.toString(nodes.size());
      Layer layer;
      if (entry.isScalar()) {
        layer =
            LayerWords.read(entry.asString(), entry, YamlValue.parse("{}", entry.source()).asMap());
      } else {
        Map<String, YamlValue> words = entry.asMap().all();
        if (words.size() != 1) {
          throw entry.error(
              "a layer is one word with its options behind it, got the words " + words.keySet());
        }
        String kind = words.keySet().iterator().next();
        YamlValue behind = words.get(kind);
        YamlMap options =
            behind.isNull() ? YamlValue.parse("{}", entry.source()).asMap() : behind.asMap();
        name = options.string("name", name);
        layer = LayerWords.read(kind, behind, options);
        options.refuseOthers();
      }
      nodes.add(new Graph.Node(name, layer, reads));
      reads = name;
    }
    return nodes;
  }
}
