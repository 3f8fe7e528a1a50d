package dev.eddy.model.onnx;

import dev.eddy.model.ModelException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One operator of a model. Arrays that a getter gives must not be changed.
 *
 * <p>A getter returns what it is given as {@code otherwise} where the attribute is absent, and
 * throws where it is there with another type.
 */
final class OnnxNode {
  private final String file;
  private final String name;
  private final String op;
  private final String domain;
  private final List<String> inputs;
  private final List<String> outputs;
  private final Map<String, OnnxAttribute> attributes;

  OnnxNode(
      String file,
      String name,
      String op,
      String domain,
      List<String> inputs,
      List<String> outputs,
      Map<String, OnnxAttribute> attributes) {
    this.file = file;
    this.name = name;
    this.op = op;
    this.domain = domain;
    this.inputs = inputs;
    this.outputs = outputs;
    this.attributes = attributes;
  }

  /** Its own name, else one made from operator and place in the file: {@code Conv_4}. */
  String name() {
    return name;
  }

  /** The operator. */
  String op() {
    return op;
  }

  /** Where the operator comes from: "", ONNX's own. */
  String domain() {
    return domain;
  }

  /** Names of values; "" for one that is left out. */
  List<String> inputs() {
    return inputs;
  }

  /** Names of values; "" for one that is left out. */
  List<String> outputs() {
    return outputs;
  }

  boolean has(String attribute) {
    return attributes.containsKey(attribute);
  }

  /** The names of those that are there. */
  Set<String> attributes() {
    return Collections.unmodifiableSet(attributes.keySet());
  }

  /**
   * @throws ModelException if an attribute stands for one of a caller's, but there is no caller
   */
  void checkCalled() {
    attributes.forEach(
        (attribute, value) -> {
          if (!value.refersTo().isEmpty()) {
            throw error(
                "is invalid: its attribute "
                    + Shown.name(attribute)
                    + " stands for an attribute of a function's caller, but the node is in no"
                    + " function");
          }
        });
  }

  /**
   * @param function where the node stands
   * @throws ModelException if an attribute stands for one that the function doesn't declare
   */
  void checkDeclared(String function, Set<String> declared) {
    attributes.forEach(
        (attribute, value) -> {
          if (!value.refersTo().isEmpty() && !declared.contains(value.refersTo())) {
            throw error(
                "is invalid: its attribute "
                    + Shown.name(attribute)
                    + " stands for "
                    + Shown.name(value.refersTo())
                    + ", an attribute that the function "
                    + Shown.name(function)
                    + " doesn't declare");
          }
        });
  }

  /** The name of an attribute's type; one that is there. */
  String attributeType(String attribute) {
    return attributes.get(attribute).type();
  }

  /** A node that hands a value on under another name. */
  OnnxNode identity(String name, String from, String to) {
    return new OnnxNode(file, name, "Identity", "", List.of(from), List.of(to), Map.of());
  }

  /**
   * A node of a function where that is called.
   *
   * @param prefix for the names of what is the function's own
   * @param names what the function's inputs and outputs are called outside
   * @param caller gives the attributes that this refers to
   * @param defaults of attributes that the caller doesn't give
   */
  OnnxNode called(
      String prefix,
      Map<String, String> names,
      OnnxNode caller,
      Map<String, OnnxAttribute> defaults) {
    Map<String, OnnxAttribute> made = new LinkedHashMap<>();
    attributes.forEach(
        (attribute, value) -> {
          OnnxAttribute given =
              value.refersTo().isEmpty()
                  ? value
                  : caller.attributes.getOrDefault(
                      value.refersTo(), defaults.get(value.refersTo()));
          if (given != null) {
            made.put(attribute, given);
          }
        });
    return new OnnxNode(
        file,
        prefix + name,
        op,
        domain,
        named(inputs, prefix, names),
        named(outputs, prefix, names),
        made);
  }

  private static List<String> named(List<String> values, String prefix, Map<String, String> names) {
    return values.stream()
        .map(value -> value.isEmpty() ? value : names.getOrDefault(value, prefix + value))
        .toList();
  }

  long integer(String attribute, long otherwise) {
    Object value = value(attribute, "INT");
    return value == null ? otherwise : (Long) value;
  }

  float number(String attribute, float otherwise) {
    Object value = value(attribute, "FLOAT");
    return value == null ? otherwise : (Float) value;
  }

  String string(String attribute, String otherwise) {
    Object value = value(attribute, "STRING");
    return value == null ? otherwise : (String) value;
  }

  long[] integers(String attribute, long[] otherwise) {
    Object value = value(attribute, "INTS");
    return value == null ? otherwise : (long[]) value;
  }

  float[] numbers(String attribute, float[] otherwise) {
    Object value = value(attribute, "FLOATS");
    return value == null ? otherwise : (float[]) value;
  }

  List<String> strings(String attribute, List<String> otherwise) {
    Object value = value(attribute, "STRINGS");
    if (value == null) {
      return otherwise;
    }
    return List.of((String[]) value);
  }

  /** The tensor, a sparse one made dense; null where the attribute is absent. */
  OnnxTensor tensor(String attribute) {
    OnnxAttribute found = attributes.get(attribute);
    if (found != null && found.type().equals("SPARSE_TENSOR")) {
      return (OnnxTensor) found.value();
    }
    return (OnnxTensor) value(attribute, "TENSOR");
  }

  private Object value(String attribute, String type) {
    OnnxAttribute found = attributes.get(attribute);
    if (found == null) {
      return null;
    }
    if (!found.type().equals(type)) {
      throw error(
          "attribute "
              + Shown.name(attribute)
              + " must be of type "
              + type
              + ", got "
              + found.type());
    }
    return found.value();
  }

  /** What is wrong with it, in one line: {@code onnx "m.onnx", node "Conv_4" (Conv): message}. */
  ModelException error(String message) {
    return error(file, name, op, message);
  }

  static ModelException error(String file, String name, String op, String message) {
    return new ModelException(
        "onnx "
            + Shown.name(file)
            + ", node "
            + Shown.name(name)
            + " ("
            + Shown.word(op)
            + "): "
            + Shown.line(message));
  }
}
