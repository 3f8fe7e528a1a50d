package dev.eddy.model;

import dev.eddy.layer.Arithmetic;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Dropout;
import dev.eddy.layer.Gate;
import dev.eddy.layer.Layer;
import dev.eddy.layer.LogSoftmax;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Operand;
import dev.eddy.layer.Prelu;
import dev.eddy.layer.Softmax;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Layers that look at one frame at a time. */
final class FrameWords {
  private FrameWords() {}

  static Map<String, Function<LayerOptions, Layer>> readers() {
    Map<String, Function<LayerOptions, Layer>> readers = new LinkedHashMap<>();
    readers.put("dense", options -> new Dense(options.count("units"), options.bool("bias", true)));
    readers.put("softmax", options -> new Softmax());
    readers.put("log-softmax", options -> new LogSoftmax());
    readers.put("gate", options -> new Gate(Gate.Form.TANH));
    readers.put("glu", options -> new Gate(Gate.Form.LINEAR));
    readers.put("prelu", options -> new Prelu(options.bool("per-channel", false)));
    readers.put(
        "arithmetic",
        options ->
            new Arithmetic(
                options.choice("how", Merge.How.class),
                options.choice("operand", Operand.class),
                options.bool("operand-first", false)));
    readers.put("dropout", options -> new Dropout(options.number("rate", 0.5f)));
    return readers;
  }
}
