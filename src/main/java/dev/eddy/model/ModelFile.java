package dev.eddy.model;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where a model is read from.
 *
 * @param path an ONNX file, or a YAML description beside its safetensors file
 * @param options what the file leaves open
 */
public record ModelFile(Path path, ImportOptions options) {
  public ModelFile {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(options, "options");
  }

  /**
   * What {@code time-axis}, {@code output} and {@code states} say of an ONNX file.
   *
   * @throws YamlException if one of them is of another kind
   */
  public static ImportOptions options(YamlMap keys) {
    return OnnxDescription.options(keys);
  }

  /** As {@link Model#read(Path, ImportOptions)}. */
  public Model read() {
    return Model.read(path, options);
  }
}
