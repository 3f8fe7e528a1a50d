package dev.eddy.model.onnx;

import dev.eddy.model.ModelException;
import java.util.List;
import java.util.Map;

/**
 * What an ONNX file says, checked: every value has one origin, every node stands after what it
 * reads, every constant holds as many values as its shape says.
 */
final class OnnxModel {
  private final String file;
  private final String producer;
  private final long opset;
  private final List<OnnxValue> inputs;
  private final List<OnnxValue> outputs;
  private final Map<String, OnnxTensor> initializers;
  private final List<OnnxNode> nodes;

  OnnxModel(
      String file,
      String producer,
      long opset,
      List<OnnxValue> inputs,
      List<OnnxValue> outputs,
      Map<String, OnnxTensor> initializers,
      List<OnnxNode> nodes) {
    this.file = file;
    this.producer = producer;
    this.opset = opset;
    this.inputs = inputs;
    this.outputs = outputs;
    this.initializers = initializers;
    this.nodes = nodes;
  }

  /** The file's name as in messages, without its folder. */
  String file() {
    return file;
  }

  /** The program that wrote the file; "" where it doesn't say. */
  String producer() {
    return producer;
  }

  /** The version of ONNX's own operators. */
  long opset() {
    return opset;
  }

  /** The graph's inputs that no initializer backs, in order. */
  List<OnnxValue> inputs() {
    return inputs;
  }

  List<OnnxValue> outputs() {
    return outputs;
  }

  /** Constants by name; sparse ones made dense. */
  Map<String, OnnxTensor> initializers() {
    return initializers;
  }

  /** Each after what it reads. */
  List<OnnxNode> nodes() {
    return nodes;
  }

  /** Whether a domain is that of ONNX's own operators. */
  static boolean isOwn(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  /** What is wrong with it, in one line: {@code onnx "m.onnx": message}. */
  ModelException error(String message) {
    return error(file, message);
  }

  static ModelException error(String file, String message) {
    return new ModelException("onnx " + Shown.name(file) + ": " + Shown.line(message));
  }
}
