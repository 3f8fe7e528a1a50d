package dev.eddy.model.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which graph inputs are states that graph outputs carry on: what a recurrent operator starts from
 * and ends in, or buffers that have the same name but for "in" and "out", or stand at the same
 * place behind the first.
 */
final class StatePairs {
  private static final Set<String> DIRECTIONS =
      Set.of(
          "in",
          "out",
          "input",
          "output",
          "new",
          "next",
          "prev",
          "previous",
          "past",
          "present",
          "old",
          "init",
          "initial",
          "updated",
          "final",
          "last",
          "0",
          "n",
          "t",
          "1");
  private static final Set<String> RECURRENT = Set.of("LSTM", "GRU", "RNN");
  private static final Set<String> HANDING_ON =
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
          "Expand");

  private final Set<String> recurrent = new HashSet<>();
  private final Map<String, String> pairs = new LinkedHashMap<>(); // input to output

  private StatePairs() {}

  static StatePairs of(OnnxModel model) {
    StatePairs pairs = new StatePairs();
    if (model.inputs().size() > 1) {
      pairs.findRecurrent(model);
      pairs.findByName(model);
      pairs.findByPlace(model);
    }
    return pairs;
  }

  boolean hasStates() {
    return !recurrent.isEmpty() || !pairs.isEmpty();
  }

  boolean isState(String input) {
    return isRecurrentState(input) || isPaired(input);
  }

  /** Whether a recurrent operator starts from it. */
  boolean isRecurrentState(String input) {
    return recurrent.contains(input);
  }

  /** Whether an output carries it on. */
  boolean isPaired(String input) {
    return pairs.containsKey(input);
  }

  String output(String input) {
    return pairs.get(input);
  }

  private void findRecurrent(OnnxModel model) {
    Map<String, String> origin = new HashMap<>(); // tensor to the graph input that it hands on
    model.inputs().forEach(input -> origin.put(input.name(), input.name()));
    Map<String, Set<String>> ends = new HashMap<>(); // tensor to the states that end in it
    for (OnnxNode node : model.nodes()) {
      if (RECURRENT.contains(node.op())) {
        for (int i = 0; i < 2; i++) {
          String from = node.inputs().size() > 5 + i ? origin.get(node.inputs().get(5 + i)) : null;
          if (from != null) {
            recurrent.add(from);
            if (node.outputs().size() > 1 + i) {
              ends.put(node.outputs().get(1 + i), Set.of(from));
            }
          }
        }
      } else if (HANDING_ON.contains(node.op()) || node.op().equals("Concat")) {
        Set<String> handed = new HashSet<>();
        for (String input : node.inputs()) {
          handed.addAll(ends.getOrDefault(input, Set.of()));
        }
        for (String output : node.outputs()) {
          ends.put(output, handed);
          if (HANDING_ON.contains(node.op()) && origin.containsKey(node.inputs().get(0))) {
            origin.put(output, origin.get(node.inputs().get(0)));
          }
        }
      }
    }
    for (OnnxValue output : model.outputs()) {
      Set<String> states = ends.getOrDefault(output.name(), Set.of());
      if (states.size() == 1) {
        pairs.putIfAbsent(states.iterator().next(), output.name());
      }
    }
  }

  /** The words of a name without those that say in which direction it goes. */
  private static List<String> stem(String name) {
    List<String> words = new ArrayList<>();
    String spaced = name.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    for (String word : spaced.split("[^a-z0-9]+")) {
      String bare = word.matches("[hc][0nt]") ? word.substring(0, 1) : word;
      if (!bare.isEmpty() && !DIRECTIONS.contains(bare)) {
        words.add(bare);
      }
    }
    return words;
  }

  private void findByName(OnnxModel model) {
    for (OnnxValue input : model.inputs()) {
      if (pairs.containsKey(input.name())) {
        continue;
      }
      List<String> stem = stem(input.name());
      List<OnnxValue> same =
          model.outputs().stream()
              .filter(output -> !pairs.containsValue(output.name()))
              .filter(output -> !stem.isEmpty() && stem(output.name()).equals(stem))
              .filter(output -> fits(input, output))
              .toList();
      List<OnnxValue> alike =
          model.inputs().stream().filter(other -> stem(other.name()).equals(stem)).toList();
      if (same.size() == 1 && alike.size() == 1) {
        pairs.put(input.name(), same.get(0).name());
      }
    }
  }

  /** The last inputs and outputs, where all inputs but the first are left and fit. */
  private void findByPlace(OnnxModel model) {
    int states = model.inputs().size() - 1;
    int before = model.outputs().size() - states;
    if (!pairs.isEmpty() || before < 1 || !isRow(model.inputs().get(0))) {
      return;
    }
    for (int i = 0; i < states; i++) {
      OnnxValue input = model.inputs().get(1 + i);
      OnnxValue output = model.outputs().get(before + i);
      boolean fixed =
          input.dimensions() != null && input.dimensions().stream().allMatch(d -> d.size() > 0);
      if (!fixed || !fits(input, output)) {
        pairs.clear();
        return;
      }
      pairs.put(input.name(), output.name());
    }
  }

  /** Whether an input has no axis besides its values that could be time. */
  private static boolean isRow(OnnxValue input) {
    return input.dimensions() != null
        && input.dimensions().stream().filter(d -> d.size() > 1).count() <= 1
        && input.dimensions().stream().skip(1).allMatch(d -> d.size() > 0);
  }

  private static boolean fits(OnnxValue input, OnnxValue output) {
    if (input.type() != output.type()) {
      return false;
    }
    if (input.dimensions() == null || output.dimensions() == null) {
      return true;
    }
    long[] a = input.dimensions().stream().mapToLong(OnnxDimension::size).toArray();
    long[] b = output.dimensions().stream().mapToLong(OnnxDimension::size).toArray();
    for (int axis = 0; axis < Math.min(a.length, b.length); axis++) {
      b[axis] = b[axis] < 0 ? a[axis] : b[axis];
    }
    return Arrays.equals(a, b);
  }
}
