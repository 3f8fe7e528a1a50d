package dev.eddy.model.onnx;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.Activation.Function;
import dev.eddy.model.onnx.Operators.Operator;
import dev.eddy.model.onnx.Value.Frames;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Operators that are a function of each value. */
final class FunctionOperators {
  private FunctionOperators() {}

  static Map<String, Operator> all() {
    Map<String, Operator> all = new LinkedHashMap<>();
    plain(all);
    all.put("LeakyRelu", with(Function.LEAKY_RELU, "alpha", 0.01f));
    all.put("Elu", with(Function.ELU, "alpha", 1f));
    all.put("Celu", with(Function.CELU, "alpha", 1f));
    all.put("ThresholdedRelu", with(Function.THRESHOLDED_RELU, "alpha", 1f));
    all.put("Swish", with(Function.SWISH, "alpha", 1f));
    all.put("Selu", with(Function.SELU, "alpha", 1.6732632f, "gamma", 1.0507010f));
    all.put("HardSigmoid", with(Function.HARD_SIGMOID, "alpha", 0.2f, "beta", 0.5f));
    all.put("Shrink", with(Function.SHRINK, "lambd", 0.5f, "bias", 0f));
    all.put(
        "Gelu",
        (node, lowering) ->
            map(
                node,
                lowering,
                Activation.of(
                    node.string("approximate", "none").equals("tanh")
                        ? Function.GELU_TANH
                        : Function.GELU)));
    all.put("Clip", FunctionOperators::clip);
    all.put("IsInf", FunctionOperators::isInfinite);
    return all;
  }

  /** Functions of one value, whose parameters are attributes at most. */
  static Set<String> ofOneInput() {
    Set<String> names = new HashSet<>(all().keySet());
    names.remove("Clip");
    return names;
  }

  private static void plain(Map<String, Operator> all) {
    Map<String, Function> plain = new LinkedHashMap<>();
    plain.put("Relu", Function.RELU);
    plain.put("Sigmoid", Function.SIGMOID);
    plain.put("Tanh", Function.TANH);
    plain.put("Softplus", Function.SOFTPLUS);
    plain.put("Softsign", Function.SOFTSIGN);
    plain.put("Mish", Function.MISH);
    plain.put("HardSwish", Function.HARD_SWISH);
    plain.put("Abs", Function.ABS);
    plain.put("Neg", Function.NEGATE);
    plain.put("Exp", Function.EXP);
    plain.put("Log", Function.LOG);
    plain.put("Sqrt", Function.SQRT);
    plain.put("Reciprocal", Function.RECIPROCAL);
    plain.put("Sin", Function.SIN);
    plain.put("Cos", Function.COS);
    plain.put("Tan", Function.TAN);
    plain.put("Asin", Function.ASIN);
    plain.put("Acos", Function.ACOS);
    plain.put("Atan", Function.ATAN);
    plain.put("Sinh", Function.SINH);
    plain.put("Cosh", Function.COSH);
    plain.put("Asinh", Function.ASINH);
    plain.put("Acosh", Function.ACOSH);
    plain.put("Atanh", Function.ATANH);
    plain.put("Erf", Function.ERF);
    plain.put("Floor", Function.FLOOR);
    plain.put("Ceil", Function.CEIL);
    plain.put("Round", Function.ROUND);
    plain.put("Sign", Function.SIGN);
    plain.put("Not", Function.NOT);
    plain.put("IsNaN", Function.IS_NAN);
    plain.forEach(
        (op, function) ->
            all.put(op, (node, lowering) -> map(node, lowering, Activation.of(function))));
  }

  private static Operator with(Function function, String name, float otherwise) {
    return (node, lowering) ->
        map(node, lowering, new Activation(function, node.number(name, otherwise), 0f));
  }

  private static Operator with(
      Function function, String first, float alpha, String second, float beta) {
    return (node, lowering) ->
        map(
            node,
            lowering,
            new Activation(function, node.number(first, alpha), node.number(second, beta)));
  }

  private static void map(OnnxNode node, Lowering lowering, Activation activation) {
    Frames made = lowering.map(lowering.frames(node, 0), activation);
    boolean truth =
        activation.function() == Function.NOT
            || activation.function() == Function.IS_NAN
            || activation.function() == Function.IS_INF;
    lowering.put(node, truth ? made.ofType(ElementType.BOOL) : made);
  }

  private static void clip(OnnxNode node, Lowering lowering) {
    double low =
        Parameters.number(lowering.constant(node, 1), node.number("min", Float.NEGATIVE_INFINITY));
    double high =
        Parameters.number(lowering.constant(node, 2), node.number("max", Float.POSITIVE_INFINITY));
    map(node, lowering, new Activation(Function.CLIP, (float) Math.min(low, high), (float) high));
  }

  private static void isInfinite(OnnxNode node, Lowering lowering) {
    if (node.integer("detect_negative", 1) == 0 || node.integer("detect_positive", 1) == 0) {
      throw node.error("is supported for infinities of both signs only");
    }
    map(node, lowering, Activation.of(Function.IS_INF));
  }
}
