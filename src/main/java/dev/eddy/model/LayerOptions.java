package dev.eddy.model;

import dev.eddy.layer.Shape;
import java.util.List;
import java.util.Optional;

/** What stands behind a layer's word: its options, in the units and ranges that layers share. */
final class LayerOptions {
  static final int MAX_UNITS = 1 << 16;

  private final YamlValue entry;
  private final YamlMap options;
  private final Shape input;

  /**
   * @param entry where the layer stands, for complaints
   * @param options may be empty
   * @param input the frames that the layer reads
   */
  LayerOptions(YamlValue entry, YamlMap options, Shape input) {
    this.entry = entry;
    this.options = options;
    this.input = input;
  }

  /** The frames that the layer reads. */
  Shape input() {
    return input;
  }

  /** A complaint about the layer as a whole. */
  YamlException error(String message) {
    return entry.error(message);
  }

  /** A whole number from 1 to 65536 that must be there. */
  int count(String key) {
    return required(key).asInt(1, MAX_UNITS);
  }

  /** A whole number from 1 to 65536. */
  int count(String key, int otherwise) {
    return options.integer(key, 1, MAX_UNITS, otherwise);
  }

  int integer(String key, int min, int max, int otherwise) {
    return options.integer(key, min, max, otherwise);
  }

  boolean bool(String key, boolean otherwise) {
    return options.bool(key, otherwise);
  }

  float number(String key, float otherwise) {
    return options.find(key).map(value -> (float) value.asDouble()).orElse(otherwise);
  }

  /** A number, {@code .inf} or {@code -.inf}. */
  float numberOrInfinity(String key, float otherwise) {
    return options.find(key).map(value -> (float) value.asDoubleOrInfinity()).orElse(otherwise);
  }

  /** One of an enum's constants; the first one where nothing is said. */
  <E extends Enum<E>> E choice(String key, E otherwise) {
    return options
        .find(key)
        .map(value -> value.asEnum(otherwise.getDeclaringClass()))
        .orElse(otherwise);
  }

  /** One of an enum's constants that must be said. */
  <E extends Enum<E>> E choice(String key, Class<E> type) {
    return required(key).asEnum(type);
  }

  /** A list of whole numbers that must be there. */
  List<Integer> integers(String key, int min, int max) {
    return required(key).asList().stream().map(value -> value.asInt(min, max)).toList();
  }

  Optional<YamlValue> find(String key) {
    return options.find(key);
  }

  /** What must be there. */
  YamlValue required(String key) {
    return options.find(key).orElseThrow(() -> entry.error("the key \"" + key + "\" is missing"));
  }
}
