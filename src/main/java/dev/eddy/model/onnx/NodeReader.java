package dev.eddy.model.onnx;

import static ai.onnx.proto.OnnxMl.NodeProto.ATTRIBUTE_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.NodeProto.DOC_STRING_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.NodeProto.DOMAIN_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.NodeProto.INPUT_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.NodeProto.METADATA_PROPS_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.NodeProto.NAME_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.NodeProto.OP_TYPE_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.NodeProto.OUTPUT_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.NodeProto.OVERLOAD_FIELD_NUMBER;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the nodes of a graph or a function. */
final class NodeReader {
  private static final int DEVICES_FIELD_NUMBER = 10; // device_configurations, IR version 11

  private static final long REPEATED =
      Wire.fields(
          INPUT_FIELD_NUMBER,
          OUTPUT_FIELD_NUMBER,
          ATTRIBUTE_FIELD_NUMBER,
          METADATA_PROPS_FIELD_NUMBER,
          DEVICES_FIELD_NUMBER);

  private final String file;
  private final AttributeReader attributes;

  NodeReader(String file, TensorReader tensors) {
    this.file = file;
    this.attributes = new AttributeReader(tensors);
  }

  private static final class Parts {
    private String name = "";
    private String op = "";
    private String domain = "";
    private String overload = "";
    private final List<String> inputs = new ArrayList<>(2);
    private final List<String> outputs = new ArrayList<>(1);
    private final Map<String, OnnxAttribute> attributes = new LinkedHashMap<>(4);
  }

  /**
   * Reads the node that is the value of a field.
   *
   * @param index its place, for its name where it has none
   */
  OnnxNode read(Wire wire, int index) throws IOException {
    Parts parts = new Parts();
    wire.message("node", REPEATED, number -> field(wire, number, parts));
    if (parts.op.isEmpty()) {
      throw wire.damaged("node " + index + " names no operator");
    }
    String domain = OnnxModel.isOwn(parts.domain) ? "" : parts.domain;
    return new OnnxNode(
        file,
        parts.name.isEmpty() ? parts.op + "_" + index : parts.name,
        parts.op,
        parts.overload.isEmpty() ? domain : domain + ":" + parts.overload,
        List.copyOf(parts.inputs),
        List.copyOf(parts.outputs),
        parts.attributes.isEmpty() ? Map.of() : parts.attributes);
  }

  /** Reads the attribute that is the value of a field, and adds it. */
  void attribute(Wire wire, Map<String, OnnxAttribute> read) throws IOException {
    attributes.read(wire, read);
  }

  private void field(Wire wire, int number, Parts parts) throws IOException {
    switch (number) {
      case INPUT_FIELD_NUMBER -> parts.inputs.add(wire.name());
      case OUTPUT_FIELD_NUMBER -> parts.outputs.add(wire.name());
      case NAME_FIELD_NUMBER -> parts.name = wire.name();
      case OP_TYPE_FIELD_NUMBER -> parts.op = wire.name();
      case DOMAIN_FIELD_NUMBER -> parts.domain = wire.name();
      case OVERLOAD_FIELD_NUMBER -> parts.overload = wire.name();
      case ATTRIBUTE_FIELD_NUMBER -> attributes.read(wire, parts.attributes);
      case DOC_STRING_FIELD_NUMBER, METADATA_PROPS_FIELD_NUMBER, DEVICES_FIELD_NUMBER ->
          wire.skip();
      default -> throw wire.unknown(number);
    }
  }
}
