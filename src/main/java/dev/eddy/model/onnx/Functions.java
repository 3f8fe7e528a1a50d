package dev.eddy.model.onnx;

import static ai.onnx.proto.OnnxMl.FunctionProto.ATTRIBUTE_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.FunctionProto.ATTRIBUTE_PROTO_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.FunctionProto.DOC_STRING_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.FunctionProto.DOMAIN_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.FunctionProto.INPUT_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.FunctionProto.METADATA_PROPS_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.FunctionProto.NAME_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.FunctionProto.NODE_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.FunctionProto.OPSET_IMPORT_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.FunctionProto.OUTPUT_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.FunctionProto.OVERLOAD_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.FunctionProto.VALUE_INFO_FIELD_NUMBER;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions that a file defines: nodes that call one are replaced by what it is made of. */
final class Functions {
  /** The most nodes of a graph, functions inlined. */
  static final int MAX_NODES = 20_000;

  private static final long MAX_CHARACTERS = 64L << 20; // of the names made
  private static final int MAX_DEPTH = 32;
  private static final long REPEATED =
      Wire.fields(
          INPUT_FIELD_NUMBER,
          OUTPUT_FIELD_NUMBER,
          ATTRIBUTE_FIELD_NUMBER,
          ATTRIBUTE_PROTO_FIELD_NUMBER,
          NODE_FIELD_NUMBER,
          OPSET_IMPORT_FIELD_NUMBER,
          VALUE_INFO_FIELD_NUMBER,
          METADATA_PROPS_FIELD_NUMBER);

  private final String file;
  private final NodeReader nodeReader;
  private final Map<String, Function> functions = new HashMap<>(); // by domain and name
  private long opset;
  private int calls;
  private long parts; // inputs and outputs of the nodes that calls make
  private long characters; // of their names

  private static final class Function {
    private String name = "";
    private String domain = "";
    private String overload = "";
    private final List<String> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final Map<String, OnnxAttribute> defaults = new LinkedHashMap<>();
    private final List<OnnxNode> nodes = new ArrayList<>();
    private final Map<String, Long> opsets = new LinkedHashMap<>();
  }

  Functions(String file, NodeReader nodeReader) {
    this.file = file;
    this.nodeReader = nodeReader;
  }

  static void checkCount(String file, int nodes) {
    if (nodes > MAX_NODES) {
      throw OnnxModel.error(file, "is too large: more than " + MAX_NODES + " nodes");
    }
  }

  private static String key(String domain, String name) {
    return domain + "\n" + name;
  }

  /** Reads the function that is the value of a field. */
  void read(Wire wire) throws IOException {
    Function function = new Function();
    wire.message("function", REPEATED, number -> field(wire, number, function));
    String domain = OnnxModel.isOwn(function.domain) ? "" : function.domain;
    String full = function.overload.isEmpty() ? domain : domain + ":" + function.overload;
    if (functions.put(key(full, function.name), function) != null) {
      throw OnnxModel.error(file, "two functions have the same name " + Shown.name(function.name));
    }
  }

  private void field(Wire wire, int number, Function function) throws IOException {
    switch (number) {
      case NAME_FIELD_NUMBER -> function.name = wire.name();
      case DOMAIN_FIELD_NUMBER -> function.domain = wire.name();
      case OVERLOAD_FIELD_NUMBER -> function.overload = wire.name();
      case INPUT_FIELD_NUMBER -> function.inputs.add(wire.name());
      case OUTPUT_FIELD_NUMBER -> function.outputs.add(wire.name());
      case NODE_FIELD_NUMBER -> {
        function.nodes.add(nodeReader.read(wire, function.nodes.size()));
        checkCount(file, function.nodes.size());
      }
      case ATTRIBUTE_PROTO_FIELD_NUMBER -> nodeReader.attribute(wire, function.defaults);
      case OPSET_IMPORT_FIELD_NUMBER -> GraphReader.opset(wire, function.opsets);
      case ATTRIBUTE_FIELD_NUMBER,
          DOC_STRING_FIELD_NUMBER,
          VALUE_INFO_FIELD_NUMBER,
          METADATA_PROPS_FIELD_NUMBER ->
          wire.skip();
      default -> throw wire.unknown(number);
    }
  }

  /**
   * The nodes of a graph without calls of functions.
   *
   * @param opset the version of ONNX's own operators in the graph
   */
  List<OnnxNode> inline(List<OnnxNode> nodes, long opset) {
    this.opset = opset;
    if (functions.isEmpty()) {
      return nodes;
    }
    List<OnnxNode> all = new ArrayList<>();
    for (OnnxNode node : nodes) {
      inline(node, all, 0);
    }
    return all;
  }

  private void inline(OnnxNode node, List<OnnxNode> all, int depth) {
    Function function = functions.get(key(node.domain(), node.op()));
    if (function == null) {
      all.add(node);
      checkCount(file, all.size());
      return;
    }
    if (depth == MAX_DEPTH) {
      throw node.error("calls functions " + MAX_DEPTH + " deep; does one call itself?");
    }
    if (function.opsets.getOrDefault("", opset) != opset) {
      throw node.error(
          "calls a function of operator set (opset) version "
              + function.opsets.get("")
              + ", the graph is of version "
              + opset
              + "; export both with the same");
    }
    if (node.inputs().size() > function.inputs.size()
        || node.outputs().size() > function.outputs.size()) {
      throw node.error(
          "calls a function of "
              + function.inputs.size()
              + " inputs and "
              + function.outputs.size()
              + " outputs with "
              + node.inputs().size()
              + " and "
              + node.outputs().size());
    }
    checkCount(file, ++calls); // also of what comes to no node
    Map<String, String> names = new HashMap<>();
    for (int i = 0; i < function.inputs.size(); i++) {
      names.put(function.inputs.get(i), i < node.inputs().size() ? node.inputs().get(i) : "");
    }
    String prefix = node.name() + "/";
    List<OnnxNode> passing = new ArrayList<>();
    for (int i = 0; i < node.outputs().size(); i++) {
      String inner = function.outputs.get(i);
      String outer = node.outputs().get(i);
      if (names.containsKey(inner)) { // an input, or the same output again
        passing.add(node.identity(prefix + "output_" + i, names.get(inner), outer));
      } else {
        names.put(inner, outer.isEmpty() ? prefix + inner : outer);
      }
    }
    for (OnnxNode inner : function.nodes) {
      count(inner, prefix);
      inline(inner.called(prefix, names, node, function.defaults), all, depth + 1);
    }
    all.addAll(passing);
  }

  /** Names grow with each call within a call, so that few nodes could fill the memory. */
  private void count(OnnxNode inner, String prefix) {
    parts += inner.inputs().size() + inner.outputs().size();
    characters += prefix.length() + inner.name().length();
    for (List<String> values : List.of(inner.inputs(), inner.outputs())) {
      for (String value : values) {
        characters += prefix.length() + value.length();
      }
    }
    if (parts > Wire.MAX_PARTS || characters > MAX_CHARACTERS) {
      throw OnnxModel.error(
          file, "is too large: its functions come to too many nodes or too long names");
    }
  }
}
