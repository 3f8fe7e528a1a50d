package dev.eddy.model.onnx;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What ONNX's own operators take: how many inputs and outputs, and which attributes of which type,
 * of operator set 7 up to the newest known. An attribute that the operator doesn't have is an error
 * and not left out: a misspelt {@code pads} would give other numbers.
 */
final class Signatures {
  /** The oldest operator set that is read. */
  static final int OLDEST = 7;

  /** The newest operator set that is read: that of ONNX 1.23. */
  static final int NEWEST = 28;

  private static final int ANY = Integer.MAX_VALUE;
  private static final Map<String, Signature> ALL = all();

  private record Signature(
      int fewestInputs, int mostInputs, int mostOutputs, Map<String, List<String>> attributes) {}

  private Signatures() {}

  private static Map<String, Signature> all() {
    Map<String, Signature> all = new HashMap<>();
    try (InputStream in = Signatures.class.getResourceAsStream("operators.txt");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ");
        Map<String, List<String>> attributes = new HashMap<>();
        for (int i = 4; i < words.length; i++) {
          int colon = words[i].indexOf(':');
          attributes.put(
              words[i].substring(0, colon), List.of(words[i].substring(colon + 1).split("\\|")));
        }
        all.put(
            words[0], new Signature(count(words[1]), count(words[2]), count(words[3]), attributes));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(all);
  }

  private static int count(String word) {
    return word.equals("*") ? ANY : Integer.parseInt(word);
  }

  /**
   * Checks a node of ONNX's own operators; of others nothing is known.
   *
   * @throws dev.eddy.model.ModelException if it doesn't fit its operator
   */
  static void check(OnnxNode node) {
    Signature signature = node.domain().isEmpty() ? ALL.get(node.op()) : null;
    if (signature == null || Refusals.contains(node.op())) { // those have a better reason
      return;
    }
    int inputs = node.inputs().size();
    if (inputs < signature.fewestInputs || inputs > signature.mostInputs) {
      throw node.error(
          "takes "
              + range(signature.fewestInputs, signature.mostInputs)
              + (signature.mostInputs == 1 ? " input" : " inputs")
              + ", got "
              + inputs);
    }
    int needed = signature.mostInputs == ANY ? inputs : signature.fewestInputs;
    for (int input = 0; input < needed; input++) {
      if (node.inputs().get(input).isEmpty()) {
        throw node.error("input " + input + " is missing");
      }
    }
    if (node.outputs().size() > signature.mostOutputs || node.outputs().isEmpty()) {
      throw node.error(
          "gives "
              + range(1, signature.mostOutputs)
              + (signature.mostOutputs == 1 ? " output" : " outputs")
              + ", got "
              + node.outputs().size());
    }
    for (String attribute : node.attributes()) {
      checkAttribute(node, attribute, signature.attributes.get(attribute));
    }
  }

  private static void checkAttribute(OnnxNode node, String attribute, List<String> types) {
    if (types == null) {
      throw node.error("has no attribute " + Shown.name(attribute) + " in ONNX: invalid");
    }
    String type = node.attributeType(attribute);
    if (!types.contains(type)) {
      throw node.error(
          "attribute "
              + Shown.name(attribute)
              + " must be of type "
              + String.join(" or ", types)
              + ", got "
              + type);
    }
  }

  private static String range(int fewest, int most) {
    return most == ANY
        ? "at least " + fewest
        : fewest == most ? Integer.toString(most) : fewest + " to " + most;
  }
}
