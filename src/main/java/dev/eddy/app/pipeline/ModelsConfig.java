package dev.eddy.app.pipeline;

import dev.eddy.model.ModelException;
import dev.eddy.model.ModelSignature;
import dev.eddy.model.YamlMap;
import dev.eddy.model.YamlValue;
import dev.eddy.streams.ModelUpdates;
import dev.eddy.streams.StatePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;

/** The section {@code models} of a pipeline: where new versions of its model come from. */
final class ModelsConfig {
  private ModelsConfig() {}

  /**
   * Reads the section.
   *
   * @param file the pipeline's; keys are named relative to it
   */
  static ModelUpdates read(YamlValue section, Path file) {
    YamlMap keys = section.asMap();
    ModelUpdates standard =
        ModelUpdates.from(keys.find("topic").map(ConfigValue::topic).orElse("eddy-models"));
    List<StatePolicy> onChange =
        keys.find("on-change").map(ModelsConfig::policies).orElse(standard.onChange());
    int warmUp = keys.integer("warm-up-frames", 0, ModelUpdates.MAX_FRAMES, 0);
    int dualRun = keys.integer("dual-run-frames", 0, ModelUpdates.MAX_FRAMES, 0);
    Duration keep =
        keys.find("keep-states-for").map(YamlValue::asDuration).orElse(standard.keepStatesFor());
    long maxBytes =
        keys.find("max-bytes")
            .map(value -> value.asLong(1, Long.MAX_VALUE))
            .orElse(standard.maxBytes());
    List<PublicKey> publicKeys =
        keys.find("public-keys")
            .map(list -> list.asList().stream().map(key -> publicKey(key, file)).toList())
            .orElse(List.of());
    keys.refuseOthers();
    try {
      return new ModelUpdates(
          standard.topic(), onChange, warmUp, dualRun, keep, maxBytes, publicKeys);
    } catch (IllegalArgumentException e) {
      throw section.error(e.getMessage());
    }
  }

  private static List<StatePolicy> policies(YamlValue list) {
    return list.asList().stream().map(value -> value.asEnum(StatePolicy.class)).toList();
  }

  private static PublicKey publicKey(YamlValue value, Path file) {
    Path path = file.resolveSibling(value.asPath());
    try {
      return ModelSignature.publicKey(Files.readString(path), path.toString());
    } catch (IOException e) {
      throw value.error(path + " can't be read; eddy models keygen makes keys");
    } catch (ModelException e) {
      throw value.error(e.getMessage());
    }
  }
}
