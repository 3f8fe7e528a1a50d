package dev.eddy.model;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Rnn;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Recurrent layers. */
final class RecurrentWords {
  private RecurrentWords() {}

  static Map<String, Function<LayerOptions, Layer>> readers() {
    Map<String, Function<LayerOptions, Layer>> readers = new LinkedHashMap<>();
    readers.put("rnn", RecurrentWords::rnn);
    readers.put("gru", RecurrentWords::gru);
    readers.put("lstm", RecurrentWords::lstm);
    return readers;
  }

  private static Layer rnn(LayerOptions options) {
    return new Rnn(
        options.count("units"),
        layers(options),
        Activation.of(options.choice("activation", Activation.Function.TANH)),
        options.bool("bias", true),
        initialState(options));
  }

  private static Layer gru(LayerOptions options) {
    return new Gru(
        options.count("units"),
        layers(options),
        options.choice("reset", Gru.Reset.AFTER),
        options.bool("bias", true),
        initialState(options));
  }

  private static Layer lstm(LayerOptions options) {
    int units = options.count("units");
    return new Lstm(
        units,
        layers(options),
        options.bool("bias", true),
        options.bool("peepholes", false),
        options.integer("projection", 1, Math.max(1, units - 1), 0),
        initialState(options));
  }

  private static boolean initialState(LayerOptions options) {
    return options.bool("initial-state", false);
  }

  private static int layers(LayerOptions options) {
    return options.integer("layers", 1, 64, 1);
  }
}
