package dev.eddy.model.onnx;

import static dev.eddy.model.onnx.Protos.integers;
import static dev.eddy.model.onnx.Protos.model;
import static dev.eddy.model.onnx.Protos.node;
import static dev.eddy.model.onnx.Protos.value;
import static dev.eddy.model.onnx.Protos.weights;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small models of many kinds, right ones. */
final class Samples {
  private Samples() {}

  static Map<String, ModelProto> all() {
    Map<String, ModelProto> all = new LinkedHashMap<>();
    all.put("dense", dense().build());
    all.put("conv", conv().build());
    all.put(
        "lstm",
        recurrent("LSTM", 4, "activations", List.of("HardSigmoid", "Tanh", "Tanh"), "clip", 3f)
            .build());
    all.put("gru", recurrent("GRU", 3, "linear_before_reset", 1).build());
    all.put("last", last().build());
    all.put("steps", steps().build());
    return all;
  }

  private static ModelProto.Builder dense() {
    return model(
        node("MatMul", "x w", "a"),
        node("Add", "a b", "c"),
        node("LayerNormalization", "c scale shift", "d"),
        node("Selu", "d", "e"),
        node("Softmax", "e", "f", "axis", -1),
        node("Clip", "f low high", "y"),
        weights("w", 3, 5),
        weights("b", 5),
        weights("scale", 5),
        weights("shift", 5),
        Protos.shaped("low", DataType.FLOAT).addFloatData(0.1f),
        Protos.shaped("high", DataType.FLOAT).addFloatData(0.3f));
  }

  private static ModelProto.Builder conv() {
    return model(
        node("Transpose", "x", "a", "perm", new long[] {0, 2, 1}),
        node("Conv", "a w b", "c", "pads", new long[] {2, 0}, "strides", new long[] {2}),
        node("LeakyRelu", "c", "d", "alpha", 0.2f),
        node("ConvTranspose", "d k", "e", "strides", new long[] {2}),
        node("Slice", "e starts ends axes", "f"),
        node("Conv", "a v", "g", "kernel_shape", new long[] {1}),
        node("Add", "f g", "h"),
        node(
            "MaxPool",
            "h",
            "i",
            "kernel_shape",
            new long[] {3},
            "pads",
            new long[] {1, 1},
            "strides",
            new long[] {1}),
        node("Transpose", "i", "y", "perm", new long[] {0, 2, 1}),
        weights("w", 4, 3, 3),
        weights("b", 4),
        weights("k", 4, 2, 2),
        weights("v", 2, 3, 1),
        integers("starts", 0),
        integers("ends", 1 << 20),
        integers("axes", 2));
  }

  private static ModelProto.Builder recurrent(String op, int gates, Object... attributes) {
    Object[] all = java.util.Arrays.copyOf(attributes, attributes.length + 2);
    all[attributes.length] = "hidden_size";
    all[attributes.length + 1] = 4;
    return model(
        node("Transpose", "x", "a", "perm", new long[] {1, 0, 2}),
        node(op, "a w r b", "h", all),
        node("Squeeze", "h one", "c"),
        node("Transpose", "c", "d", "perm", new long[] {1, 0, 2}),
        node("MatMul", "d v", "y"),
        weights("w", 1, gates * 4, 3),
        weights("r", 1, gates * 4, 4),
        weights("b", 1, gates * 8),
        weights("v", 4, 2),
        integers("one", 1));
  }

  private static ModelProto.Builder last() {
    return model(
        node("Transpose", "x", "a", "perm", new long[] {1, 0, 2}),
        node("RNN", "a w r", "- h", "hidden_size", 4),
        node("Squeeze", "h zero", "y"),
        weights("w", 1, 4, 3),
        weights("r", 1, 4, 4),
        integers("zero", 0));
  }

  private static ModelProto.Builder steps() {
    ModelProto.Builder model =
        model(
            node("Concat", "x past", "a", "axis", 1),
            node("MatMul", "a w", "b"),
            node("Tanh", "b", "present"),
            node("Gemm", "present v", "y"),
            weights("w", 7, 4),
            weights("v", 4, 2));
    model
        .getGraphBuilder()
        .setInput(0, value("x", DataType.FLOAT, 1, 3))
        .addInput(value("past", DataType.FLOAT, 1, 4))
        .addOutput(value("present", DataType.FLOAT, 1, 4));
    return model;
  }
}
