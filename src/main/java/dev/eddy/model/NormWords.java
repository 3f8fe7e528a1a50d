package dev.eddy.model;

import dev.eddy.layer.BatchNorm;
import dev.eddy.layer.GroupNorm;
import dev.eddy.layer.InstanceNorm;
import dev.eddy.layer.Layer;
import dev.eddy.layer.LayerNorm;
import dev.eddy.layer.RunningStandardise;
import dev.eddy.layer.Standardise;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Layers that bring values to mean 0 and variance 1; defaults are PyTorch's. */
final class NormWords {
  private NormWords() {}

  static Map<String, Function<LayerOptions, Layer>> readers() {
    Map<String, Function<LayerOptions, Layer>> readers = new LinkedHashMap<>();
    readers.put(
        "batch-norm", options -> new BatchNorm(epsilon(options), options.bool("affine", true)));
    readers.put(
        "layer-norm",
        options ->
            new LayerNorm(
                options.choice("over", LayerNorm.Over.FRAME),
                epsilon(options),
                options.bool("affine", true)));
    readers.put(
        "group-norm",
        options ->
            new GroupNorm(options.count("groups"), epsilon(options), options.bool("affine", true)));
    readers.put(
        "instance-norm",
        options -> new InstanceNorm(epsilon(options), options.bool("affine", false)));
    readers.put("standardise", options -> new Standardise());
    readers.put(
        "running-standardise",
        options ->
            new RunningStandardise(options.required("window").asInt(2, 1 << 24), epsilon(options)));
    return readers;
  }

  private static float epsilon(LayerOptions options) {
    return options.number("eps", 1e-5f);
  }
}
