package dev.eddy.model.onnx;

/** An attribute of a node: the name of its type in ONNX's words, and the value in ours. */
final class OnnxAttribute {
  private final String type;
  private final Object value;
  private final String refersTo;

  /**
   * @param type {@code INT}, {@code FLOATS}, ...
   * @param value of the class that belongs to the type; null for types that nothing here reads
   */
  OnnxAttribute(String type, Object value) {
    this(type, value, "");
  }

  private OnnxAttribute(String type, Object value, String refersTo) {
    this.type = type;
    this.value = value;
    this.refersTo = refersTo;
  }

  /** Of a node in a function: stands for an attribute of the node that calls the function. */
  static OnnxAttribute reference(String type, String refersTo) {
    return new OnnxAttribute(type, null, refersTo);
  }

  String type() {
    return type;
  }

  Object value() {
    return value;
  }

  /** The name of the attribute that it stands for; "" where it has a value of its own. */
  String refersTo() {
    return refersTo;
  }
}
