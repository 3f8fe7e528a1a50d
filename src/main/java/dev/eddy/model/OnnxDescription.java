package dev.eddy.model;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What stands in the place of a model's YAML description where its bytes are those of an ONNX file:
 * {@code onnx: {time-axis: 1, output: "y"}}, each only where it was said.
 */
final class OnnxDescription {
  private static final String KEY = "onnx";

  private OnnxDescription() {}

  static String text(ImportOptions options) {
    StringBuilder text = new StringBuilder();
    options.timeAxis().ifPresent(axis -> text.append("time-axis: ").append(axis));
    options
        .output()
        .ifPresent(
            output ->
                text.append(text.length() > 0 ? ", " : "")
                    .append("output: \"")
                    .append(output.replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"'));
    return KEY + ": {" + text + "}\n";
  }

  /**
   * Empty where the text is a description of ours.
   *
   * @throws YamlException if it is neither
   */
  static Optional<ImportOptions> options(String text, String source) {
    YamlMap yaml = YamlValue.parse(text, source).asMap();
    Optional<YamlValue> onnx = yaml.find(KEY);
    if (onnx.isEmpty()) {
      return Optional.empty();
    }
    YamlMap keys = onnx.get().asMap();
    OptionalInt timeAxis =
        keys.find("time-axis")
            .map(axis -> OptionalInt.of(axis.asInt(0, 7)))
            .orElse(OptionalInt.empty());
    Optional<String> output = keys.find("output").map(YamlValue::asString);
    keys.refuseOthers();
    yaml.refuseOthers();
    return Optional.of(new ImportOptions(timeAxis, output));
  }
}
