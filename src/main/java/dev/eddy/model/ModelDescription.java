package dev.eddy.model;

import dev.eddy.network.Graph;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads a model's YAML description. */
final class ModelDescription {
  private static final String WEIGHTS_SUFFIX = ".safetensors";

  private ModelDescription() {}

  static Model read(Path file) {
    YamlMap yaml = YamlValue.read(file).asMap();
    return read(yaml, stem(file), weights -> SafeTensors.read(weights(file, weights)));
  }

  /**
   * Reads a description whose weights are at hand.
   *
   * @param source stands for the file in messages
   * @param name what it is called where the description doesn't say
   */
  static Model read(
      String text, String source, String name, Supplier<Map<String, Tensor>> tensors) {
    return read(YamlValue.parse(text, source).asMap(), name, weights -> tensors.get());
  }

  /** The file that holds the weights. */
  static Path weights(Path file) {
    YamlMap yaml = YamlValue.read(file).asMap();
    return weights(file, yaml.find("weights").orElse(null));
  }

  private static Path weights(Path file, YamlValue named) {
    return named == null
        ? file.resolveSibling(stem(file) + WEIGHTS_SUFFIX)
        : file.resolveSibling(named.asPath());
  }

  private static String stem(Path file) {
    return file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
  }

  private static Model read(
      YamlMap yaml, String otherwise, Function<YamlValue, Map<String, Tensor>> tensors) {
    String name = yaml.string("name", otherwise);
    long version = yaml.find("version").map(v -> v.asLong(1, Long.MAX_VALUE)).orElse(1L);
    YamlValue weights = yaml.find("weights").orElse(null);
    Graph graph = GraphDescription.read(yaml.get("input").asMap(), yaml.get("layers"));
    List<String> outputs =
        yaml.find("outputs")
            .map(list -> list.asList().stream().map(YamlValue::asString).toList())
            .orElse(List.of());
    yaml.find("description"); // free text
    yaml.refuseOthers();
    return new Model(name, version, graph, tensors.apply(weights), outputs);
  }
}
