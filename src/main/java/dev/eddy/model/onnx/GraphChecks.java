package dev.eddy.model.onnx;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether a graph holds together: each value comes from one place, and before it is read. */
final class GraphChecks {
  private static final String INPUT = "an input";
  private static final String INITIALIZER = "an initializer";

  private GraphChecks() {}

  /**
   * @throws dev.eddy.model.ModelException if it doesn't
   */
  static void check(
      String file,
      List<OnnxValue> inputs,
      List<OnnxValue> outputs,
      Map<String, OnnxTensor> initializers,
      List<OnnxNode> nodes) {
    Map<String, String> origin = new HashMap<>(); // what made a value that is there already
    initializers.keySet().forEach(name -> origin.put(name, INITIALIZER));
    for (OnnxValue input : inputs) {
      if (INPUT.equals(origin.put(input.name(), INPUT))) {
        throw OnnxModel.error(file, "two inputs have the same name " + Shown.name(input.name()));
      }
    }
    Map<String, OnnxNode> producers = new HashMap<>();
    for (OnnxNode node : nodes) {
      node.outputs().forEach(output -> producers.putIfAbsent(output, node));
    }
    for (OnnxNode node : nodes) {
      node.checkCalled();
      Signatures.check(node);
      checkInputs(node, origin, producers);
      for (String output : node.outputs()) {
        String before =
            output.isEmpty() ? null : origin.put(output, "node " + Shown.name(node.name()));
        if (before != null) {
          throw node.error(
              "its output "
                  + Shown.name(output)
                  + " is a duplicate: "
                  + before
                  + " has the same name already");
        }
      }
    }
    checkOutputs(file, outputs, origin);
  }

  private static void checkInputs(
      OnnxNode node, Map<String, String> origin, Map<String, OnnxNode> producers) {
    for (String input : node.inputs()) {
      if (input.isEmpty() || origin.containsKey(input)) {
        continue;
      }
      OnnxNode producer = producers.get(input);
      throw node.error(
          producer == null
              ? "its input "
                  + Shown.name(input)
                  + " is missing: no input, initializer or node of the file has that name"
              : "its input "
                  + Shown.name(input)
                  + " is not there before node "
                  + Shown.name(producer.name())
                  + ", which stands after it: the nodes are a cycle or in no topological order");
    }
  }

  private static void checkOutputs(
      String file, List<OnnxValue> outputs, Map<String, String> origin) {
    if (outputs.isEmpty()) {
      throw OnnxModel.error(file, "its graph has no outputs: invalid or truncated");
    }
    Set<String> seen = new HashSet<>();
    for (OnnxValue output : outputs) {
      if (!origin.containsKey(output.name())) {
        throw OnnxModel.error(
            file,
            "its output "
                + Shown.name(output.name())
                + " is missing: not produced by any node, and no input or initializer");
      }
      if (!seen.add(output.name())) {
        throw OnnxModel.error(file, "two outputs have the same name " + Shown.name(output.name()));
      }
    }
  }
}
