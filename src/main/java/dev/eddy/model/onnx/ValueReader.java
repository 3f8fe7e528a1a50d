package dev.eddy.model.onnx;

import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.eddy.model.ModelException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads what a file says of the inputs and outputs of a graph. */
final class ValueReader {
  private static final int METADATA_FIELD_NUMBER = 4; // metadata_props, IR version 10
  private static final int MAX_RANK = 32;

  private final String file;

  ValueReader(String file) {
    this.file = file;
  }

  private static final class Parts {
    private String name = "";
    private boolean isTensor = true;
    private int type;
    private List<OnnxDimension> dimensions;
  }

  /**
   * Reads the value that is the value of a field.
   *
   * @param what an input or an output; an input must be a tensor of numbers
   */
  OnnxValue read(Wire wire, String what) throws IOException {
    Parts parts = new Parts();
    wire.message(
        what,
        Wire.fields(METADATA_FIELD_NUMBER),
        number -> {
          switch (number) {
            case ValueInfoProto.NAME_FIELD_NUMBER -> parts.name = wire.name();
            case ValueInfoProto.TYPE_FIELD_NUMBER ->
                wire.message("type", 0, field -> type(wire, field, parts));
            case ValueInfoProto.DOC_STRING_FIELD_NUMBER, METADATA_FIELD_NUMBER -> wire.skip();
            default -> throw wire.unknown(number);
          }
        });
    if (parts.name.isEmpty()) {
      throw OnnxModel.error(file, "has an " + what + " without a name");
    }
    if (!parts.isTensor) {
      throw error(
          what, parts, "is no tensor but a sequence, a map or optional; supported: tensors");
    }
    ElementType type = ElementType.of(parts.type);
    if (what.equals("input") && !type.isFloat() && !type.isInteger()) {
      throw error(
          what,
          parts,
          "has the data type "
              + (type == ElementType.UNDEFINED ? "undefined (" + parts.type + ")" : type)
              + "; supported: FLOAT, FLOAT16, BFLOAT16, DOUBLE, integers and BOOL");
    }
    return new OnnxValue(parts.name, type, parts.dimensions);
  }

  private void type(Wire wire, int number, Parts parts) throws IOException {
    switch (number) {
      case TypeProto.TENSOR_TYPE_FIELD_NUMBER ->
          wire.message("type", 0, field -> tensor(wire, field, parts));
      case TypeProto.DENOTATION_FIELD_NUMBER -> wire.skip();
      case TypeProto.SEQUENCE_TYPE_FIELD_NUMBER,
          TypeProto.MAP_TYPE_FIELD_NUMBER,
          TypeProto.OPAQUE_TYPE_FIELD_NUMBER,
          TypeProto.SPARSE_TENSOR_TYPE_FIELD_NUMBER,
          TypeProto.OPTIONAL_TYPE_FIELD_NUMBER -> {
        wire.skip();
        parts.isTensor = false;
      }
      default -> throw wire.unknown(number);
    }
  }

  private void tensor(Wire wire, int number, Parts parts) throws IOException {
    switch (number) {
      case TypeProto.Tensor.ELEM_TYPE_FIELD_NUMBER -> parts.type = Wire.code(wire.integer());
      case TypeProto.Tensor.SHAPE_FIELD_NUMBER -> {
        parts.dimensions = new ArrayList<>();
        wire.message(
            "shape",
            Wire.fields(TensorShapeProto.DIM_FIELD_NUMBER),
            field -> {
              if (field != TensorShapeProto.DIM_FIELD_NUMBER) {
                throw wire.unknown(field);
              }
              parts.dimensions.add(dimension(wire, parts));
            });
        if (parts.dimensions.size() > MAX_RANK) {
          throw wire.damaged("more than " + MAX_RANK + " dimensions");
        }
      }
      default -> throw wire.unknown(number);
    }
  }

  private OnnxDimension dimension(Wire wire, Parts parts) throws IOException {
    long[] size = {-1};
    String[] name = {""};
    wire.message(
        "dimension",
        0,
        number -> {
          switch (number) {
            case TensorShapeProto.Dimension.DIM_VALUE_FIELD_NUMBER -> size[0] = wire.integer();
            case TensorShapeProto.Dimension.DIM_PARAM_FIELD_NUMBER -> name[0] = wire.name();
            case TensorShapeProto.Dimension.DENOTATION_FIELD_NUMBER -> wire.skip();
            default -> throw wire.unknown(number);
          }
        });
    if (size[0] > Integer.MAX_VALUE) {
      throw error(
          "value",
          parts,
          "has a dimension of size "
              + size[0]
              + "; at most "
              + Integer.MAX_VALUE
              + " is supported");
    }
    return new OnnxDimension(size[0] > 0 ? size[0] : -1, name[0]);
  }

  private ModelException error(String what, Parts parts, String message) {
    return OnnxModel.error(file, what + " " + Shown.name(parts.name) + " " + message);
  }
}
