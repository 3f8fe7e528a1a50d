package dev.eddy.model;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.CellFunctions;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Rnn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        options
            .find("activation")
            .map(value -> ActivationWords.read(value, options.input()))
            .orElse(Activation.TANH),
        options.bool("bias", true),
        initialState(options),
        options.number("clip", 0f));
  }

  private static Layer gru(LayerOptions options) {
    return new Gru(
        options.count("units"),
        layers(options),
        options.choice("reset", Gru.Reset.AFTER),
        options.bool("bias", true),
        initialState(options),
        functions(options, 2));
  }

  private static Layer lstm(LayerOptions options) {
    int units = options.count("units");
    return new Lstm(
        units,
        layers(options),
        options.bool("bias", true),
        options.bool("peepholes", false),
        options.integer("projection", 1, Math.max(1, units - 1), 0),
        initialState(options),
        functions(options, 3),
        options.bool("coupled", false),
        options.bool("cell-out", false));
  }

  /** As ONNX lists them: of the gates, of what comes in, of an LSTM's output. */
  private static CellFunctions functions(LayerOptions options, int count) {
    CellFunctions usual = CellFunctions.STANDARD;
    float clip = options.number("clip", usual.clip());
    Optional<YamlValue> said = options.find("functions");
    if (said.isEmpty()) {
      return new CellFunctions(usual.gates(), usual.candidate(), usual.output(), clip);
    }
    List<Activation> functions =
        said.get().asList().stream()
            .map(value -> ActivationWords.read(value, options.input()))
            .toList();
    if (functions.size() != count) {
      throw said.get().error("there are " + count + " functions, got " + functions.size());
    }
    return new CellFunctions(
        functions.get(0), functions.get(1), count > 2 ? functions.get(2) : usual.output(), clip);
  }

  private static boolean initialState(LayerOptions options) {
    return options.bool("initial-state", false);
  }

  private static int layers(LayerOptions options) {
    return options.integer("layers", 1, 64, 1);
  }
}
