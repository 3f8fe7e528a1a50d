package dev.eddy.model.onnx;

import dev.eddy.model.onnx.Value.Known;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** How each operator is lowered: one function each, a class for a family. */
final class Operators {

  /** Puts the values of a node's outputs. */
  @FunctionalInterface
  interface Operator {
    void lower(OnnxNode node, Lowering lowering);
  }

  private static final int MOST_INPUTS = 8;
  private static final Set<String> ONE_INPUT = FunctionOperators.ofOneInput();
  private static final Set<String> TWO_INPUTS =
      Set.of(
          "Add",
          "Sub",
          "Mul",
          "Div",
          "Pow",
          "Mod",
          "Equal",
          "Greater",
          "GreaterOrEqual",
          "Less",
          "LessOrEqual",
          "And",
          "Or",
          "Xor",
          "PRelu",
          "MatMul",
          "Gather",
          "Expand");
  private static final Set<String> ANY_INPUTS =
      Set.of("Concat", "Max", "Min", "Sum", "Mean", "Einsum");
  private static final Map<String, Operator> ALL = all();

  private Operators() {}

  private static Map<String, Operator> all() {
    Map<String, Operator> all = new LinkedHashMap<>();
    for (Map<String, Operator> family :
        List.of(
            ShapeOperators.all(),
            ElementwiseOperators.all(),
            MatrixOperators.all(),
            WindowOperators.all(),
            RecurrentOperators.all(),
            ReduceOperators.all(),
            NormOperators.all(),
            ResizeOperators.all())) {
      all.putAll(family);
    }
    return all;
  }

  /** Refuses an operator that can't be run, whatever it is given. */
  static void check(OnnxNode node) {
    if (!node.domain().isEmpty()) {
      throw node.error(
          "operators of the domain "
              + Shown.name(node.domain())
              + " are not supported; supported are ONNX's own");
    }
    Refusals.check(node);
    if (!ALL.containsKey(node.op()) && !Folding.computes(node.op())) {
      throw node.error(
          "this operator is not supported; supported: " + String.join(", ", supported()));
    }
  }

  /** Lowers a node that was checked. */
  static void lower(OnnxNode node, Lowering lowering) {
    if (GatherOperator.ofPlaces(node, lowering)) {
      return;
    }
    if (Folding.folds(node, lowering)) {
      Folding.fold(node, lowering);
      return;
    }
    if (States.pass(node, lowering)) {
      return;
    }
    if (Variances.lower(node, lowering)) {
      return;
    }
    Operator operator = ALL.get(node.op());
    if (operator == null) {
      throw node.error("is supported on constants only");
    }
    checkCount(node);
    checkFactors(node, lowering);
    operator.lower(node, lowering);
  }

  private static void checkCount(OnnxNode node) {
    int most = ONE_INPUT.contains(node.op()) ? 1 : TWO_INPUTS.contains(node.op()) ? 2 : MOST_INPUTS;
    if (node.inputs().size() > most && !ANY_INPUTS.contains(node.op())) {
      throw node.error("takes at most " + most + " inputs, got " + node.inputs().size());
    }
  }

  /** Factors of a product of matrices have one type; whole numbers are not multiplied. */
  private static void checkFactors(OnnxNode node, Lowering lowering) {
    if (!node.op().equals("MatMul") && !node.op().equals("Gemm")) {
      return;
    }
    for (int input = 0; input < node.inputs().size(); input++) {
      if (lowering.find(node, input) instanceof Known known && !known.type().isFloat()) {
        throw node.error(
            "input "
                + Shown.name(node.inputs().get(input))
                + " must have a float type, got "
                + known.type());
      }
    }
  }

  private static TreeSet<String> supported() {
    TreeSet<String> names = new TreeSet<>(ALL.keySet());
    names.add("Constant");
    return names;
  }

  /** Whether all that a node reads but its first input, a state, is known for all lengths. */
  static boolean readsKnownBut(OnnxNode node, Lowering lowering, Value.Start first) {
    for (int input = 1; input < node.inputs().size(); input++) {
      if (lowering.has(node, input)
          && !(lowering.find(node, input) instanceof Known known && known.isFixed())) {
        return false;
      }
    }
    return lowering.find(node, 0) == first && Folding.computes(node.op());
  }

  /** Whether all that a node reads is known. */
  static boolean readsKnown(OnnxNode node, Lowering lowering) {
    for (int input = 0; input < node.inputs().size(); input++) {
      if (lowering.has(node, input) && !(lowering.find(node, input) instanceof Known)) {
        return false;
      }
    }
    return true;
  }
}
