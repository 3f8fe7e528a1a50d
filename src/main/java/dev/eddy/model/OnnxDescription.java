package dev.eddy.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

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
                    .append("output: ")
                    .append(quoted(output)));
    options
        .states()
        .ifPresent(
            states ->
                text.append(text.length() > 0 ? ", " : "")
                    .append("states: {")
                    .append(
                        states.entrySet().stream()
                            .map(pair -> quoted(pair.getKey()) + ": " + quoted(pair.getValue()))
                            .collect(Collectors.joining(", ")))
                    .append('}'));
    return KEY + ": {" + text + "}\n";
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
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
    ImportOptions options = options(keys);
    keys.refuseOthers();
    yaml.refuseOthers();
    return Optional.of(options);
  }

  /** What the keys of a map leave to be said of an ONNX file; other keys are not refused here. */
  static ImportOptions options(YamlMap keys) {
    OptionalInt timeAxis =
        keys.find("time-axis")
            .map(axis -> OptionalInt.of(axis.asInt(0, 7)))
            .orElse(OptionalInt.empty());
    Optional<String> output = keys.find("output").map(YamlValue::asString);
    ImportOptions options = new ImportOptions(timeAxis, output);
    return keys.find("states").map(states -> options.withStates(states(states))).orElse(options);
  }

  private static Map<String, String> states(YamlValue value) {
    Map<String, String> states = new LinkedHashMap<>();
    value.asMap().all().forEach((input, output) -> states.put(input, output.asString()));
    return states;
  }
}
