package dev.eddy.model.onnx;

import dev.eddy.model.ImportOptions;
import dev.eddy.model.ModelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which graph inputs are states that graph outputs carry on: what a recurrent operator starts from
 * and ends in, or buffers that have the same name but for "in" and "out", or stand at the same
 * place behind the first.
 */
final class StatePairs {
  private static final Set<String> DIRECTIONS = // and what may as well be a name
      Set.of("past", "present", "last", "0", "n", "t", "1");
  private static final Set<String> WAYS =
      Set.of(
          "in",
          "out",
          "input",
          "output",
          "new",
          "next",
          "prev",
          "previous",
          "old",
          "init",
          "initial",
          "updated",
          "final");
  private static final Pattern STATE_LIKE =
      Pattern.compile(".*(state|hidden|cell|cache|buf|mem|past|prev|h0|c0).*|[hc](_.*)?");
  private static final Pattern MADE_UP = // by exporters, where nobody gave a name
      Pattern.compile("\\d+|.*::.*|.*\\.\\d+");
  private static final Pattern TIME_LIKE = Pattern.compile("t|l|len|.*(time|seq|frame|step).*");
  private static final Pattern BATCH_LIKE = Pattern.compile("n|b|bs|.*batch.*");
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

  static StatePairs of(OnnxModel model, ImportOptions options) {
    StatePairs pairs = new StatePairs();
    if (options.states().isPresent()) {
      pairs.findRecurrent(model);
      pairs.take(model, options.states().get());
    } else if (model.inputs().size() > 1) {
      pairs.findRecurrent(model);
      pairs.findByName(model, false);
      pairs.findByName(model, true);
      pairs.findByPlace(model);
    }
    return pairs;
  }

  /** Takes the pairs that the user named. */
  private void take(OnnxModel model, Map<String, String> named) {
    named.forEach(
        (in, out) -> {
          OnnxValue input = named(model, "input", in, model.inputs());
          OnnxValue output = named(model, "output", out, model.outputs());
          if (!fits(input, output)) {
            throw model.error(
                "--state " + in + "=" + out + ": the input and the output differ in type or shape");
          }
          pairs.put(in, out);
        });
  }

  private static OnnxValue named(
      OnnxModel model, String what, String name, List<OnnxValue> values) {
    return values.stream()
        .filter(value -> value.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                model.error(
                    "--state: there is no "
                        + what
                        + " "
                        + Shown.name(name)
                        + "; there are "
                        + values.stream().map(OnnxValue::name).toList()));
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

  /**
   * The words of a name without those that say in which direction it goes.
   *
   * @param all also without those that only mostly say that
   */
  private static List<String> stem(String name, boolean all) {
    List<String> words = new ArrayList<>();
    String spaced = name.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    for (String word : spaced.split("[^a-z0-9]+")) {
      String bare = all && word.matches("[hc][0nt]") ? word.substring(0, 1) : word;
      if (!bare.isEmpty() && !WAYS.contains(bare) && !(all && DIRECTIONS.contains(bare))) {
        words.add(bare);
      }
    }
    return words;
  }

  private void findByName(OnnxModel model, boolean all) {
    for (OnnxValue input : model.inputs()) {
      if (pairs.containsKey(input.name()) || !couldBeState(model, input)) {
        continue;
      }
      List<String> stem = stem(input.name(), all);
      List<OnnxValue> same =
          model.outputs().stream()
              .filter(output -> !pairs.containsValue(output.name()))
              .filter(output -> saysSomething(stem) && stem(output.name(), all).equals(stem))
              .filter(output -> fits(input, output))
              .toList();
      long alike =
          model.inputs().stream()
              .filter(other -> !pairs.containsKey(other.name()))
              .filter(other -> stem(other.name(), all).equals(stem))
              .count();
      if (same.size() == 1 && alike == 1) {
        pairs.put(input.name(), same.get(0).name());
      }
    }
  }

  /** Whether there is more than a number, as in {@code input_2} and {@code output_2}. */
  private static boolean saysSomething(List<String> stem) {
    return stem.stream().anyMatch(word -> !word.matches("\\d+"));
  }

  /** A state has no axis of any length but the batch; the first input mostly has the records. */
  private static boolean couldBeState(OnnxModel model, OnnxValue input) {
    boolean first = model.inputs().get(0) == input;
    if (input.dimensions() == null
        || first && !STATE_LIKE.matcher(input.name().toLowerCase(Locale.ROOT)).matches()) {
      return false;
    }
    for (int axis = 0; axis < input.dimensions().size(); axis++) {
      OnnxDimension dimension = input.dimensions().get(axis);
      String name = dimension.name().toLowerCase(Locale.ROOT);
      boolean batch =
          BATCH_LIKE.matcher(name).matches() || axis < 2 && !TIME_LIKE.matcher(name).matches();
      if (dimension.size() < 0 && !batch) {
        return false;
      }
    }
    return true;
  }

  /**
   * Of what is left the last inputs and outputs, where all inputs but the first are such: their
   * names are those of states or made up by an exporter. Other names may mean either.
   */
  private void findByPlace(OnnxModel model) {
    if (!isRow(model.inputs().get(0))) {
      return;
    }
    List<OnnxValue> inputs =
        model.inputs().stream()
            .skip(1)
            .filter(input -> !pairs.containsKey(input.name()) && !recurrent.contains(input.name()))
            .toList();
    List<OnnxValue> outputs =
        model.outputs().stream().filter(output -> !pairs.containsValue(output.name())).toList();
    int before = outputs.size() - inputs.size();
    if (before < 1) {
      return;
    }
    Map<String, String> found = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      OnnxValue input = inputs.get(i);
      OnnxValue output = outputs.get(before + i);
      if (!couldBeState(model, input) || !fits(input, output)) {
        return;
      }
      found.put(input.name(), output.name());
    }
    for (Map.Entry<String, String> pair : found.entrySet()) {
      if (isStateLike(pair.getKey()) || isStateLike(pair.getValue())) {
        continue;
      }
      if (!dependsOn(model, pair.getValue(), pair.getKey())) {
        return;
      }
      if (!isMadeUp(pair.getKey())) {
        throw ambiguous(model, pair.getKey(), pair.getValue());
      }
    }
    pairs.putAll(found);
  }

  private static ModelException ambiguous(OnnxModel model, String input, String output) {
    return model.error(
        "input "
            + Shown.name(input)
            + " may be a state that output "
            + Shown.name(output)
            + " carries on to the next record, or a second input for records to fill; the graph does"
            + " not tell. Say --state "
            + input
            + "="
            + output
            + " or --state none (in a pipeline, model: {file: ..., states: {"
            + input
            + ": "
            + output
            + "}} or states: {}), or name them alike, such as state_in and state_out, when exporting");
  }

  private static boolean isStateLike(String name) {
    return STATE_LIKE.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }

  private static boolean isMadeUp(String name) {
    return MADE_UP.matcher(name).matches();
  }

  private static boolean dependsOn(OnnxModel model, String output, String input) {
    Set<String> reached = new HashSet<>(Set.of(input));
    for (OnnxNode node : model.nodes()) {
      if (node.inputs().stream().anyMatch(reached::contains)) {
        reached.addAll(node.outputs());
      }
    }
    return reached.contains(output);
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
