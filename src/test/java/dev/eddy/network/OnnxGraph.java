package dev.eddy.network;

import ai.onnx.proto.OnnxMl;
import dev.eddy.kernel.Activation;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Dropout;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Pool;
import dev.eddy.layer.Rnn;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Weights;
import dev.eddy.network.OnnxModel.Attribute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Says what a graph of ours means in ONNX's words, over a whole sequence: input "x" and output "y"
 * are {@code [1, values of a frame, time]}.
 */
final class OnnxGraph {
  static final int[] FROM_RESET_UPDATE_NEW = {1, 0, 2}; // ONNX: update, reset, new
  static final int[] FROM_INPUT_FORGET_CELL_OUTPUT = {0, 3, 1, 2}; // ONNX: i, o, f, c

  private final OnnxModel model = new OnnxModel();

  private OnnxGraph() {}

  static byte[] write(Graph graph, Function<String, Weights> weights) {
    OnnxGraph onnx = new OnnxGraph();
    Map<String, String> values = new HashMap<>();
    Map<String, Shape> shapes = new HashMap<>();
    values.put(Graph.INPUT, onnx.model.input("x", 1, graph.input().size(), -1));
    shapes.put(Graph.INPUT, graph.input());
    String last = graph.nodes().get(graph.nodes().size() - 1).name();
    Set<String> needed = needed(graph, last);
    for (Graph.Node node : graph.nodes()) {
      if (needed.contains(node.name())) {
        List<String> reads = node.reads().stream().map(values::get).toList();
        List<Shape> inputs = node.reads().stream().map(shapes::get).toList();
        if (node.operation() instanceof Layer layer) {
          Weights learnt = weights.apply(node.name());
          values.put(node.name(), onnx.layer(layer, inputs.get(0), learnt, reads.get(0)));
          shapes.put(node.name(), layer.output(inputs.get(0)));
        } else {
          Merge merge = (Merge) node.operation();
          values.put(node.name(), onnx.merge(merge, inputs, reads));
          shapes.put(node.name(), merge.output(inputs));
        }
      }
    }
    onnx.model.node("Identity", List.of(values.get(last)), List.of("y"));
    onnx.model.output("y", 1, shapes.get(last).size(), -1);
    return onnx.model.bytes();
  }

  /** What the last node reads, straight or through others: nothing else may refuse a sequence. */
  private static Set<String> needed(Graph graph, String last) {
    Set<String> needed = new HashSet<>(Set.of(last));
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      if (needed.contains(graph.nodes().get(i).name())) {
        needed.addAll(graph.nodes().get(i).reads());
      }
    }
    return needed;
  }

  /** Of branches of unequal length, the frames that all of them have. */
  private String merge(Merge merge, List<Shape> inputs, List<String> reads) {
    List<String> lengths = new ArrayList<>();
    for (String read : reads) {
      lengths.add(
          model.node("Shape", List.of(read), Attribute.of("start", 2L), Attribute.of("end", 3L)));
    }
    String shortest = model.node("Min", lengths);
    List<String> cut = new ArrayList<>();
    for (String read : reads) {
      String from = model.constant(0L);
      cut.add(model.node("Slice", List.of(read, from, shortest, model.constant(2L))));
    }
    OnnxArithmetic arithmetic = new OnnxArithmetic(model);
    return switch (merge.how()) {
      case CONCAT -> model.node("Concat", cut, Attribute.of("axis", 1L));
      case SELECT -> arithmetic.select(cut.get(0), cut.get(1), cut.get(2));
      case MATRIX_PRODUCT -> new OnnxFrames(model).matrixProduct(cut, inputs);
      case ADD,
          SUBTRACT,
          MULTIPLY,
          DIVIDE,
          MAX,
          MIN,
          POWER,
          MODULO,
          REMAINDER,
          EQUAL,
          GREATER,
          GREATER_OR_EQUAL,
          LESS,
          LESS_OR_EQUAL,
          AND,
          OR,
          XOR ->
          cut.stream().reduce((a, b) -> arithmetic.of(merge.how(), a, b)).orElseThrow();
    };
  }

  private String layer(Layer layer, Shape input, Weights weights, String x) {
    if (layer instanceof Dense dense && input.rank() == 1) {
      return dense(dense, input, weights, x);
    } else if (layer instanceof Conv conv) {
      return new OnnxWindows(model).conv(conv, input, weights, x);
    } else if (layer instanceof Deconv deconv) {
      return new OnnxWindows(model).deconv(deconv, input, weights, x);
    } else if (layer instanceof Pool pool) {
      return new OnnxWindows(model).pool(pool, input, x);
    } else if (layer instanceof Rnn || layer instanceof Gru || layer instanceof Lstm) {
      return new OnnxRecurrent(model).layer(layer, input, weights, x);
    } else if (OnnxTime.has(layer)) {
      return new OnnxTime(model).layer(layer, input, x);
    } else if (layer instanceof ActivationLayer activation) {
      return activation(activation.activation(), x);
    } else if (layer instanceof Dropout) {
      return model.node("Dropout", List.of(x));
    }
    return new OnnxFrames(model).layer(layer, input, weights, x);
  }

  private String dense(Dense dense, Shape input, Weights weights, String x) {
    String w = model.constant(weights.tensor("weight"), dense.units(), input.channels());
    String product = model.node("MatMul", List.of(w, x));
    return dense.bias()
        ? model.node(
            "Add", List.of(product, model.constant(weights.tensor("bias"), dense.units(), 1)))
        : product;
  }

  private String number(float value) {
    return model.constant(new float[] {value});
  }

  private String activation(Activation activation, String x) {
    Attribute alpha = Attribute.of("alpha", activation.alpha());
    return switch (activation.function()) {
      case IDENTITY -> model.node("Identity", List.of(x));
      case AFFINE ->
          model.node(
              "Add",
              List.of(
                  model.node("Mul", List.of(x, number(activation.alpha()))),
                  number(activation.beta())));
      case SCALED_TANH ->
          model.node(
              "Mul",
              List.of(
                  model.node(
                      "Tanh", List.of(model.node("Mul", List.of(x, number(activation.beta()))))),
                  number(activation.alpha())));
      case RELU -> model.node("Relu", List.of(x));
      case LEAKY_RELU -> model.node("LeakyRelu", List.of(x), alpha);
      case ELU -> model.node("Elu", List.of(x), alpha);
      case CELU -> model.node("Celu", List.of(x), alpha);
      case SELU -> model.node("Selu", List.of(x), alpha, Attribute.of("gamma", activation.beta()));
      case GELU -> model.node("Gelu", List.of(x));
      case GELU_TANH -> model.node("Gelu", List.of(x), Attribute.of("approximate", "tanh"));
      case SILU -> model.node("Mul", List.of(x, model.node("Sigmoid", List.of(x))));
      case MISH -> model.node("Mish", List.of(x));
      case SOFTPLUS -> model.node("Softplus", List.of(x));
      case SOFTSIGN -> model.node("Softsign", List.of(x));
      case SIGMOID -> model.node("Sigmoid", List.of(x));
      case LOG_SIGMOID ->
          model.node(
              "Neg", List.of(model.node("Softplus", List.of(model.node("Neg", List.of(x))))));
      case TANH -> model.node("Tanh", List.of(x));
      case HARD_SIGMOID ->
          model.node("HardSigmoid", List.of(x), alpha, Attribute.of("beta", activation.beta()));
      case HARD_TANH, CLIP ->
          model.node("Clip", List.of(x, number(activation.alpha()), number(activation.beta())));
      case HARD_SWISH -> model.node("HardSwish", List.of(x));
      case SWISH -> {
        String scaled = model.constant(new float[] {activation.alpha()}, 1);
        String z = model.node("Mul", List.of(x, scaled));
        yield model.node("Mul", List.of(x, model.node("Sigmoid", List.of(z))));
      }
      case THRESHOLDED_RELU -> model.node("ThresholdedRelu", List.of(x), alpha);
      case SHRINK ->
          model.node(
              "Shrink",
              List.of(x),
              Attribute.of("lambd", activation.alpha()),
              Attribute.of("bias", activation.beta()));
      case ABS -> model.node("Abs", List.of(x));
      case NEGATE -> model.node("Neg", List.of(x));
      case SIGN -> model.node("Sign", List.of(x));
      case RECIPROCAL -> model.node("Reciprocal", List.of(x));
      case SQRT -> model.node("Sqrt", List.of(x));
      case EXP -> model.node("Exp", List.of(x));
      case LOG -> model.node("Log", List.of(x));
      case ERF -> model.node("Erf", List.of(x));
      case SIN -> model.node("Sin", List.of(x));
      case COS -> model.node("Cos", List.of(x));
      case TAN -> model.node("Tan", List.of(x));
      case ASIN -> model.node("Asin", List.of(x));
      case ACOS -> model.node("Acos", List.of(x));
      case ATAN -> model.node("Atan", List.of(x));
      case SINH -> model.node("Sinh", List.of(x));
      case COSH -> model.node("Cosh", List.of(x));
      case ASINH -> model.node("Asinh", List.of(x));
      case ACOSH -> model.node("Acosh", List.of(x));
      case ATANH -> model.node("Atanh", List.of(x));
      case FLOOR -> model.node("Floor", List.of(x));
      case CEIL -> model.node("Ceil", List.of(x));
      case ROUND -> model.node("Round", List.of(x));
      case TRUNCATE ->
          new OnnxArithmetic(model)
              .cast(
                  new OnnxArithmetic(model).cast(x, OnnxMl.TensorProto.DataType.INT64),
                  OnnxMl.TensorProto.DataType.FLOAT);
      case NOT -> new OnnxArithmetic(model).not(x);
      case IS_NAN ->
          new OnnxArithmetic(model)
              .cast(model.node("IsNaN", List.of(x)), OnnxMl.TensorProto.DataType.FLOAT);
      case IS_INF ->
          new OnnxArithmetic(model)
              .cast(model.node("IsInf", List.of(x)), OnnxMl.TensorProto.DataType.FLOAT);
    };
  }
}
