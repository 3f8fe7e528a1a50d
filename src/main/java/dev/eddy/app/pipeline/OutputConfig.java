package dev.eddy.app.pipeline;

import dev.eddy.model.YamlMap;
import dev.eddy.model.YamlValue;
import java.util.Optional;

/**
 * The section {@code output} of a pipeline.
 *
 * @param topic where scores go
 */
public record OutputConfig(String topic) {

  /**
   * Reads the section.
   *
   * @param section empty where the file has none
   * @param name the pipeline's
   */
  static OutputConfig read(Optional<YamlValue> section, String name) {
    String standard = name + "-scores";
    if (section.isEmpty()) {
      return new OutputConfig(standard);
    }
    YamlMap keys = section.get().asMap();
    String topic = keys.find("topic").map(ConfigValue::topic).orElse(standard);
    keys.refuseOthers();
    return new OutputConfig(topic);
  }
}
