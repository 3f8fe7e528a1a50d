package dev.eddy.model;

import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Layer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Dense layers, convolutions and deconvolutions. */
final class WeightedWords {
  private WeightedWords() {}

  static Map<String, Function<LayerOptions, Layer>> readers() {
    Map<String, Function<LayerOptions, Layer>> readers = new LinkedHashMap<>();
    readers.put("dense", WeightedWords::dense);
    readers.put("conv", WeightedWords::conv);
    readers.put("deconv", WeightedWords::deconv);
    return readers;
  }

  private static Layer dense(LayerOptions options) {
    return new Dense(options.count("units"), options.bool("bias", true));
  }

  private static Layer conv(LayerOptions options) {
    return Conv.overTime(
        options.count("filters"),
        options.count("kernel"),
        options.integer("stride", 1, 1024, 1),
        options.count("dilation", 1),
        options.count("groups", 1),
        options.choice("padding", Conv.Padding.CAUSAL),
        options.bool("bias", true));
  }

  private static Layer deconv(LayerOptions options) {
    return Deconv.overTime(
        options.count("filters"),
        options.count("kernel"),
        options.integer("stride", 1, 1024, 1),
        options.count("groups", 1),
        options.bool("bias", true));
  }
}
