package dev.eddy.model.onnx;

import java.util.Map;

/** Operators that no stream can run, and why. */
final class Refusals {
  private static final String DATA_SHAPES =
      "the shape of its output depends on the values, so no stream can run it";
  private static final String CONTROL_FLOW =
      "control flow can't stream; export the model without it (unrolled, or traced)";
  private static final String QUANTISED =
      "quantised operators are not supported; export the float model";
  private static final Map<String, String> REASONS =
      Map.ofEntries(
          Map.entry("Loop", CONTROL_FLOW),
          Map.entry("If", CONTROL_FLOW),
          Map.entry("Scan", CONTROL_FLOW),
          Map.entry("SequenceMap", CONTROL_FLOW),
          Map.entry("NonZero", DATA_SHAPES),
          Map.entry("Unique", DATA_SHAPES),
          Map.entry("Compress", DATA_SHAPES),
          Map.entry("NonMaxSuppression", DATA_SHAPES),
          Map.entry("ReverseSequence", "reversing time needs the end of the sequence first"),
          Map.entry("QuantizeLinear", QUANTISED),
          Map.entry("DequantizeLinear", QUANTISED),
          Map.entry("DynamicQuantizeLinear", QUANTISED),
          Map.entry("QLinearConv", QUANTISED),
          Map.entry("QLinearMatMul", QUANTISED),
          Map.entry("MatMulInteger", QUANTISED),
          Map.entry("ConvInteger", QUANTISED),
          Map.entry("RandomNormal", "random numbers would not be the same at a replay"),
          Map.entry("RandomUniform", "random numbers would not be the same at a replay"),
          Map.entry("RandomNormalLike", "random numbers would not be the same at a replay"),
          Map.entry("RandomUniformLike", "random numbers would not be the same at a replay"),
          Map.entry("Bernoulli", "random numbers would not be the same at a replay"),
          Map.entry("Multinomial", "random numbers would not be the same at a replay"),
          Map.entry(
              "Attention",
              "attention looks at the whole sequence; use a recurrent or a convolutional layer"));

  private Refusals() {}

  /** Whether an operator of that name can't stream, whatever it is given. */
  static boolean contains(String op) {
    return REASONS.containsKey(op);
  }

  static void check(OnnxNode node) {
    String reason = REASONS.get(node.op());
    if (reason != null) {
      throw node.error(reason);
    }
  }
}
