package dev.eddy.model.onnx;

import static ai.onnx.proto.OnnxMl.AttributeProto.DOC_STRING_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.AttributeProto.FLOATS_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.AttributeProto.F_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.AttributeProto.GRAPHS_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.AttributeProto.G_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.AttributeProto.INTS_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.AttributeProto.I_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.AttributeProto.NAME_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.AttributeProto.REF_ATTR_NAME_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.AttributeProto.SPARSE_TENSORS_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.AttributeProto.SPARSE_TENSOR_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.AttributeProto.STRINGS_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.AttributeProto.S_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.AttributeProto.TENSORS_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.AttributeProto.TP_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.AttributeProto.TYPE_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.AttributeProto.TYPE_PROTOS_FIELD_NUMBER;
import static ai.onnx.proto.OnnxMl.AttributeProto.T_FIELD_NUMBER;

import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Reads the attributes of a node. */
final class AttributeReader {
  private static final int MAX_FLOATS = 1 << 24;
  private static final int INTEGERS_A_PART = 4;

  private static final long REPEATED =
      Wire.fields(
          FLOATS_FIELD_NUMBER,
          INTS_FIELD_NUMBER,
          STRINGS_FIELD_NUMBER,
          TENSORS_FIELD_NUMBER,
          GRAPHS_FIELD_NUMBER,
          TYPE_PROTOS_FIELD_NUMBER,
          SPARSE_TENSORS_FIELD_NUMBER);

  private final TensorReader tensors;

  AttributeReader(TensorReader tensors) {
    this.tensors = tensors;
  }

  private static final class Parts {
    private String name = "";
    private String refersTo = "";
    private AttributeType said = AttributeType.UNDEFINED;
    private AttributeType held = AttributeType.UNDEFINED; // what there is a value of
    private Object value;
    private float[] floats = new float[4];
    private long[] integers = new long[4];
    private int count;
    private final List<String> strings = new ArrayList<>(0);
  }

  /** Reads the attribute that is the value of a field, and adds it. */
  void read(Wire wire, Map<String, OnnxAttribute> attributes) throws IOException {
    Parts parts = new Parts();
    wire.message("attribute", REPEATED, number -> field(wire, number, parts));
    if (parts.name.isEmpty()) {
      throw wire.damaged("an attribute without a name");
    }
    if (attributes.put(parts.name, attribute(wire, parts)) != null) {
      throw wire.damaged("the attribute " + Shown.name(parts.name) + " is there twice");
    }
  }

  private static OnnxAttribute attribute(Wire wire, Parts parts) throws IOException {
    if (!parts.refersTo.isEmpty()) {
      return OnnxAttribute.reference(parts.said.name(), parts.refersTo);
    }
    AttributeType type = parts.said == AttributeType.UNDEFINED ? parts.held : parts.said;
    if (type == AttributeType.UNDEFINED) {
      throw wire.damaged("the attribute " + Shown.name(parts.name) + " has no type and no value");
    }
    if (parts.held != AttributeType.UNDEFINED && parts.held != type) {
      throw wire.damaged(
          "the attribute "
              + Shown.name(parts.name)
              + " is of type "
              + type
              + ", but its value is of type "
              + parts.held);
    }
    return new OnnxAttribute(type.name(), value(wire, parts, type));
  }

  /** Of a value that is not there the zero that protobuf leaves out. */
  private static Object value(Wire wire, Parts parts, AttributeType type) throws IOException {
    return switch (type) {
      case INT -> parts.value == null ? (Object) 0L : parts.value;
      case FLOAT -> parts.value == null ? (Object) 0f : parts.value;
      case STRING -> parts.value == null ? "" : parts.value;
      case INTS -> Arrays.copyOf(parts.integers, parts.count);
      case FLOATS -> Arrays.copyOf(parts.floats, parts.count);
      case STRINGS -> parts.strings.toArray(String[]::new);
      case TENSOR, SPARSE_TENSOR -> {
        if (parts.value == null) {
          throw wire.damaged("the attribute " + Shown.name(parts.name) + " holds no tensor");
        }
        yield parts.value;
      }
      default -> null;
    };
  }

  private void field(Wire wire, int number, Parts parts) throws IOException {
    switch (number) {
      case NAME_FIELD_NUMBER -> parts.name = wire.name();
      case REF_ATTR_NAME_FIELD_NUMBER -> parts.refersTo = wire.name();
      case TYPE_FIELD_NUMBER -> {
        AttributeType type = AttributeType.forNumber(Wire.code(wire.integer()));
        if (type == null) {
          throw wire.damaged("an attribute of an unknown type");
        }
        parts.said = type;
      }
      case DOC_STRING_FIELD_NUMBER -> wire.skip();
      case I_FIELD_NUMBER -> hold(wire, parts, AttributeType.INT, wire.integer());
      case F_FIELD_NUMBER -> hold(wire, parts, AttributeType.FLOAT, wire.number());
      case S_FIELD_NUMBER -> hold(wire, parts, AttributeType.STRING, wire.text());
      case T_FIELD_NUMBER ->
          hold(wire, parts, AttributeType.TENSOR, tensors.read(wire, "tensor").tensor());
      case SPARSE_TENSOR_FIELD_NUMBER ->
          hold(wire, parts, AttributeType.SPARSE_TENSOR, tensors.readSparse(wire).tensor());
      case INTS_FIELD_NUMBER -> {
        hold(wire, parts, AttributeType.INTS, null);
        wire.numbers(WireFormat.WIRETYPE_VARINT, in -> add(wire, parts, in.readRawVarint64()));
      }
      case FLOATS_FIELD_NUMBER -> {
        hold(wire, parts, AttributeType.FLOATS, null);
        wire.numbers(WireFormat.WIRETYPE_FIXED32, in -> add(wire, parts, in.readFloat()));
      }
      case STRINGS_FIELD_NUMBER -> {
        hold(wire, parts, AttributeType.STRINGS, null);
        parts.strings.add(wire.text());
      }
      default -> other(wire, number, parts);
    }
  }

  /** What no operator that can stream takes. */
  private static void other(Wire wire, int number, Parts parts) throws IOException {
    AttributeType type =
        switch (number) {
          case G_FIELD_NUMBER -> AttributeType.GRAPH;
          case GRAPHS_FIELD_NUMBER -> AttributeType.GRAPHS;
          case TENSORS_FIELD_NUMBER -> AttributeType.TENSORS;
          case TP_FIELD_NUMBER -> AttributeType.TYPE_PROTO;
          case TYPE_PROTOS_FIELD_NUMBER -> AttributeType.TYPE_PROTOS;
          case SPARSE_TENSORS_FIELD_NUMBER -> AttributeType.SPARSE_TENSORS;
          default -> throw wire.unknown(number);
        };
    wire.skip();
    hold(wire, parts, type, null);
  }

  private static void hold(Wire wire, Parts parts, AttributeType type, Object value)
      throws IOException {
    if (parts.held != AttributeType.UNDEFINED && parts.held != type) {
      throw wire.damaged("an attribute with values of type " + parts.held + " and " + type);
    }
    parts.held = type;
    parts.value = value;
  }

  private static void add(Wire wire, Parts parts, long value) throws IOException {
    if (parts.count % INTEGERS_A_PART == 0) {
      wire.count(1);
    }
    if (parts.count == parts.integers.length) {
      parts.integers = Arrays.copyOf(parts.integers, 2 * parts.count);
    }
    parts.integers[parts.count++] = value;
  }

  private static void add(Wire wire, Parts parts, float value) throws IOException {
    if (parts.count == MAX_FLOATS) {
      throw wire.damaged("an attribute of more than " + MAX_FLOATS + " numbers");
    }
    if (parts.count == parts.floats.length) {
      parts.floats = Arrays.copyOf(parts.floats, 2 * parts.count);
    }
    parts.floats[parts.count++] = value;
  }
}
