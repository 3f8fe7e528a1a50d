package dev.eddy.model;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Dropout;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Rnn;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Softmax;
import dev.eddy.network.Graph;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads a model's YAML description: one entry a layer, a word or a word with its options. */
final class ModelDescription {
  private static final String WEIGHTS_SUFFIX = ".safetensors";
  private static final int MAX_UNITS = 1 << 16;

  private ModelDescription() {}

  static Model read(Path file) {
    YamlMap yaml = YamlValue.read(file).asMap();
    String stem = file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
    String name = yaml.string("name", stem);
    long version = yaml.find("version").map(v -> v.asLong(1, Long.MAX_VALUE)).orElse(1L);
    YamlMap input = yaml.get("input").asMap();
    int channels = input.get("channels").asInt(1, MAX_UNITS);
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
        layer = layer(entry, entry.asString(), YamlValue.parse("{}", entry.source()).asMap());
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
        layer = layer(behind, kind, options);
        options.refuseOthers();
      }
      nodes.add(new Graph.Node(name, layer, reads));
      reads = name;
    }
    return nodes;
  }

  private static Layer layer(YamlValue entry, String kind, YamlMap options) {
    try {
      return switch (kind) {
        case "dense" -> new Dense(units(entry, options), options.bool("bias", true));
        case "conv" ->
            Conv.overTime(
                count(entry, options, "filters"),
                count(entry, options, "kernel"),
                options.integer("stride", 1, 1024, 1),
                options.integer("dilation", 1, MAX_UNITS, 1),
                options.integer("groups", 1, MAX_UNITS, 1),
                options
                    .find("padding")
                    .map(value -> value.asEnum(Conv.Padding.class))
                    .orElse(Conv.Padding.CAUSAL),
                options.bool("bias", true));
        case "deconv" ->
            Deconv.overTime(
                count(entry, options, "filters"),
                count(entry, options, "kernel"),
                options.integer("stride", 1, 1024, 1),
                options.integer("groups", 1, MAX_UNITS, 1),
                options.bool("bias", true));
        case "rnn" ->
            new Rnn(
                units(entry, options),
                options.integer("layers", 1, 64, 1),
                Activation.of(
                    options
                        .find("activation")
                        .map(value -> value.asEnum(Activation.Function.class))
                        .orElse(Activation.Function.TANH)),
                options.bool("bias", true));
        case "gru" ->
            new Gru(
                units(entry, options),
                options.integer("layers", 1, 64, 1),
                options
                    .find("reset")
                    .map(value -> value.asEnum(Gru.Reset.class))
                    .orElse(Gru.Reset.AFTER),
                options.bool("bias", true));
        case "lstm" ->
            new Lstm(
                units(entry, options),
                options.integer("layers", 1, 64, 1),
                options.bool("bias", true));
        case "softmax" -> new Softmax();
        case "dropout" ->
            new Dropout(options.find("rate").map(YamlValue::asDouble).orElse(0.5).floatValue());
        default -> activation(entry, kind, options);
      };
    } catch (IllegalArgumentException e) {
      throw entry.error(kind + ": " + e.getMessage());
    }
  }

  private static int units(YamlValue entry, YamlMap options) {
    return count(entry, options, "units");
  }

  private static int count(YamlValue entry, YamlMap options, String key) {
    return options
        .find(key)
        .orElseThrow(() -> entry.error("the key \"" + key + "\" is missing"))
        .asInt(1, MAX_UNITS);
  }

  private static Layer activation(YamlValue entry, String kind, YamlMap options) {
    for (Activation.Function function : Activation.Function.values()) {
      if (function.word().equals(kind)) {
        Activation plain = Activation.of(function);
        return new ActivationLayer(
            switch (function) {
              case LEAKY_RELU -> with(plain, options, "slope", null);
              case ELU -> with(plain, options, "alpha", null);
              case HARD_SIGMOID -> with(plain, options, "alpha", "beta");
              case HARD_TANH -> with(plain, options, "min", "max");
              case IDENTITY,
                  RELU,
                  SELU,
                  GELU,
                  GELU_TANH,
                  SILU,
                  SOFTPLUS,
                  SOFTSIGN,
                  SIGMOID,
                  TANH,
                  HARD_SWISH ->
                  plain;
            });
      }
    }
    throw entry.error("unknown layer \"" + kind + "\"; accepted: " + String.join(", ", words()));
  }

  private static Activation with(Activation plain, YamlMap options, String alpha, String beta) {
    float first = number(options, alpha, plain.alpha());
    float second = beta == null ? plain.beta() : number(options, beta, plain.beta());
    return new Activation(plain.function(), first, second);
  }

  private static float number(YamlMap options, String key, float otherwise) {
    return options.find(key).map(value -> (float) value.asDouble()).orElse(otherwise);
  }

  private static List<String> words() {
    return Stream.concat(
            Stream.of("dense", "conv", "deconv", "rnn", "gru", "lstm", "softmax", "dropout"),
            Stream.of(Activation.Function.values()).map(Activation.Function::word))
        .map(word -> word.toLowerCase(Locale.ROOT))
        .collect(Collectors.toList());
  }
}
