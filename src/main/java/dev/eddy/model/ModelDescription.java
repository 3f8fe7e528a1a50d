package dev.eddy.model;

import dev.eddy.network.Graph;
import java.nio.file.Path;
import java.util.List;

/** Reads a model's YAML description. */
final class ModelDescription {
  private static final String WEIGHTS_SUFFIX = ".safetensors";

  private ModelDescription() {}

  static Model read(Path file) {
    YamlMap yaml = YamlValue.read(file).asMap();
    String stem = file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
    String name = yaml.string("name", stem);
    long version = yaml.find("version").map(v -> v.asLong(1, Long.MAX_VALUE)).orElse(1L);
    Path weights =
        yaml.find("weights")
            .map(YamlValue::asPath)
            .map(file::resolveSibling)
            .orElseGet(() -> file.resolveSibling(stem + WEIGHTS_SUFFIX));
    Graph graph = GraphDescription.read(yaml.get("input").asMap(), yaml.get("layers"));
    List<String> outputs =
        yaml.find("outputs")
            .map(list -> list.asList().stream().map(YamlValue::asString).toList())
            .orElse(List.of());
    yaml.find("description"); // free text
    yaml.refuseOthers();
    return new Model(name, version, graph, SafeTensors.read(weights), outputs);
  }
}
