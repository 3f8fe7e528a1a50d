package dev.eddy.network;

import ai.onnx.proto.OnnxMl;
import dev.eddy.layer.Merge;
import dev.eddy.network.OnnxModel.Attribute;
import java.util.List;

/** What two frames make, value by value, in ONNX's words. */
final class OnnxArithmetic {
  private static final OnnxMl.TensorProto.DataType FLOAT = OnnxMl.TensorProto.DataType.FLOAT;
  private static final OnnxMl.TensorProto.DataType INT64 = OnnxMl.TensorProto.DataType.INT64;
  private static final OnnxMl.TensorProto.DataType BOOL = OnnxMl.TensorProto.DataType.BOOL;

  private final OnnxModel model;

  OnnxArithmetic(OnnxModel model) {
    this.model = model;
  }

  /** For whole numbers where the how is MODULO, which ONNX has for them only. */
  String of(Merge.How how, String a, String b) {
    return switch (how) {
      case ADD -> model.node("Add", List.of(a, b));
      case SUBTRACT -> model.node("Sub", List.of(a, b));
      case MULTIPLY -> model.node("Mul", List.of(a, b));
      case DIVIDE -> model.node("Div", List.of(a, b));
      case MAX -> model.node("Max", List.of(a, b));
      case MIN -> model.node("Min", List.of(a, b));
      case POWER -> model.node("Pow", List.of(a, b));
      case MODULO -> cast(model.node("Mod", List.of(cast(a, INT64), cast(b, INT64))), FLOAT);
      case REMAINDER -> model.node("Mod", List.of(a, b), Attribute.of("fmod", 1L));
      case EQUAL -> truth("Equal", a, b);
      case GREATER -> truth("Greater", a, b);
      case GREATER_OR_EQUAL -> truth("GreaterOrEqual", a, b);
      case LESS -> truth("Less", a, b);
      case LESS_OR_EQUAL -> truth("LessOrEqual", a, b);
      case AND -> truth("And", cast(a, BOOL), cast(b, BOOL));
      case OR -> truth("Or", cast(a, BOOL), cast(b, BOOL));
      case XOR -> truth("Xor", cast(a, BOOL), cast(b, BOOL));
      case CONCAT, SELECT, MATRIX_PRODUCT -> throw new AssertionError(how);
    };
  }

  String select(String condition, String where, String otherwise) {
    return model.node("Where", List.of(cast(condition, BOOL), where, otherwise));
  }

  String not(String x) {
    return cast(model.node("Not", List.of(cast(x, BOOL))), FLOAT);
  }

  private String truth(String operator, String a, String b) {
    return cast(model.node(operator, List.of(a, b)), FLOAT);
  }

  String cast(String x, OnnxMl.TensorProto.DataType type) {
    return model.node("Cast", List.of(x), Attribute.of("to", (long) type.getNumber()));
  }
}
