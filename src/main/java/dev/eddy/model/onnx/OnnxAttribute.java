package dev.eddy.model.onnx;

/** An attribute of a node: the name of its type in ONNX's words, and the value in ours. */
final class OnnxAttribute {
  private final String type;
  private final Object value;

  /**
   * @param type {@code INT}, {@code FLOATS}, ...
   * @param value of the class that belongs to the type; null for types that nothing here reads
   */
  OnnxAttribute(String type, Object value) {
    this.type = type;
    this.value = value;
  }

  String type() {
    return type;
  }

  Object value() {
    return value;
  }
}
