package dev.eddy.model.onnx;

import java.util.Set;

/**
 * States that come into a graph and go out of it: what a recurrent operator starts from and ends
 * in. On their way they may only be cut, put together and reshaped.
 */
final class States {
  private static final Set<String> PASSING =
      Set.of(
          "Identity",
          "Cast",
          "Reshape",
          "Squeeze",
          "Unsqueeze",
          "Transpose",
          "Slice",
          "Gather",
          "Split",
          "Concat",
          "Expand");

  private States() {}

  /** Hands a state through; false where the node reads none or does more than that. */
  static boolean pass(OnnxNode node, Lowering lowering) {
    if (!PASSING.contains(node.op())) {
      return false;
    }
    Value state = null;
    for (int input = 0; input < node.inputs().size(); input++) {
      Value value = lowering.find(node, input);
      if (value instanceof Value.Frames) {
        return false;
      }
      if (value instanceof Value.Start || value instanceof Value.Rest) {
        state = value;
      }
    }
    if (state == null) {
      return false;
    }
    for (int output = 0; output < node.outputs().size(); output++) {
      lowering.put(node, output, state);
    }
    if (state instanceof Value.Start start && Operators.readsKnownBut(node, lowering, start)) {
      OnnxTensor[] made = Folding.onZeros(node, lowering, start);
      for (int output = 0; output < made.length; output++) {
        int[] dimensions = made[output].dimensions();
        lowering.put(node, output, new Value.Start(start.name(), start.type(), dimensions));
      }
    }
    return true;
  }
}
