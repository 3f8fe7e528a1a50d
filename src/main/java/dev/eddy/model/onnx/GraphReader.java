package dev.eddy.model.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a model: its versions, its functions and its graph. */
final class GraphReader {
  private static final int NEWEST_IR = 14; // that of ONNX 1.23
  private static final int CONFIGURATION_FIELD_NUMBER = 26; // of devices, IR version 11

  private static final long REPEATED_IN_MODEL =
      Wire.fields(
          ModelProto.OPSET_IMPORT_FIELD_NUMBER,
          ModelProto.METADATA_PROPS_FIELD_NUMBER,
          ModelProto.TRAINING_INFO_FIELD_NUMBER,
          ModelProto.FUNCTIONS_FIELD_NUMBER,
          CONFIGURATION_FIELD_NUMBER);
  private static final long REPEATED_IN_GRAPH =
      Wire.fields(
          GraphProto.NODE_FIELD_NUMBER,
          GraphProto.INITIALIZER_FIELD_NUMBER,
          GraphProto.SPARSE_INITIALIZER_FIELD_NUMBER,
          GraphProto.INPUT_FIELD_NUMBER,
          GraphProto.OUTPUT_FIELD_NUMBER,
          GraphProto.VALUE_INFO_FIELD_NUMBER,
          GraphProto.QUANTIZATION_ANNOTATION_FIELD_NUMBER,
          GraphProto.METADATA_PROPS_FIELD_NUMBER);

  private final String file;
  private final Wire wire;
  private final TensorReader tensors;
  private final NodeReader nodeReader;
  private final ValueReader valueReader;
  private final Map<String, Long> opsets = new LinkedHashMap<>();
  private final Functions functions;
  private final Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
  private final List<OnnxValue> inputs = new ArrayList<>();
  private final List<OnnxValue> outputs = new ArrayList<>();
  private final List<OnnxNode> nodes = new ArrayList<>();
  private String producer = "";
  private long irVersion;
  private boolean hasGraph;

  /**
   * @param file its name, for complaints
   * @param folder where it lies
   */
  GraphReader(String file, Path folder, Wire wire) {
    this.file = file;
    this.wire = wire;
    this.tensors = new TensorReader(file, folder);
    this.nodeReader = new NodeReader(file, tensors);
    this.valueReader = new ValueReader(file);
    this.functions = new Functions(file, nodeReader);
  }

  /**
   * @throws DamagedException if these are not the bytes of a model
   * @throws dev.eddy.model.ModelException if what they say can't be used
   */
  OnnxModel read() throws IOException {
    wire.fields("model", REPEATED_IN_MODEL, this::inModel);
    if (!hasGraph) {
      throw OnnxModel.error(file, "not an ONNX file, or a truncated one: it has no graph");
    }
    if (irVersion < 1 || irVersion > NEWEST_IR) {
      throw OnnxModel.error(
          file, "has the IR version " + irVersion + "; supported: 1.." + NEWEST_IR);
    }
    Long opset = opsets.get("");
    if (opset == null) {
      throw OnnxModel.error(
          file, "imports no operator set (opset) of ONNX's own; the file is invalid or truncated");
    }
    if (opset < Signatures.OLDEST || opset > Signatures.NEWEST) {
      throw OnnxModel.error(
          file,
          "is of operator set (opset) version "
              + opset
              + "; supported: "
              + Signatures.OLDEST
              + ".."
              + Signatures.NEWEST
              + "; export it with one of these, such as opset_version=17");
    }
    List<OnnxNode> all = functions.inline(nodes, opset);
    GraphChecks.check(file, inputs, outputs, initializers, all);
    inputs.removeIf(input -> initializers.containsKey(input.name()));
    return new OnnxModel(file, producer, opset, inputs, outputs, initializers, all);
  }

  private void inModel(int number) throws IOException {
    switch (number) {
      case ModelProto.IR_VERSION_FIELD_NUMBER -> irVersion = wire.integer();
      case ModelProto.PRODUCER_NAME_FIELD_NUMBER -> producer = wire.name();
      case ModelProto.MODEL_VERSION_FIELD_NUMBER -> wire.integer();
      case ModelProto.GRAPH_FIELD_NUMBER -> {
        hasGraph = true;
        wire.message("graph", REPEATED_IN_GRAPH, this::inGraph);
      }
      case ModelProto.OPSET_IMPORT_FIELD_NUMBER -> opset(wire, opsets);
      case ModelProto.FUNCTIONS_FIELD_NUMBER -> functions.read(wire);
      case ModelProto.PRODUCER_VERSION_FIELD_NUMBER,
          ModelProto.DOMAIN_FIELD_NUMBER,
          ModelProto.DOC_STRING_FIELD_NUMBER,
          ModelProto.METADATA_PROPS_FIELD_NUMBER,
          ModelProto.TRAINING_INFO_FIELD_NUMBER,
          CONFIGURATION_FIELD_NUMBER ->
          wire.skip();
      default -> throw wire.unknown(number);
    }
  }

  /** Reads the operator set that is the value of a field, and adds it. */
  static void opset(Wire wire, Map<String, Long> opsets) throws IOException {
    String[] domain = {""};
    long[] version = {0};
    wire.message(
        "operator set",
        0,
        number -> {
          switch (number) {
            case OperatorSetIdProto.DOMAIN_FIELD_NUMBER -> domain[0] = wire.name();
            case OperatorSetIdProto.VERSION_FIELD_NUMBER -> version[0] = wire.integer();
            default -> throw wire.unknown(number);
          }
        });
    String name = OnnxModel.isOwn(domain[0]) ? "" : domain[0];
    Long before = opsets.put(name, version[0]);
    if (before != null && before != version[0]) {
      throw wire.damaged(
          "the operator set (opset) of domain "
              + Shown.name(name)
              + " is imported twice, version "
              + before
              + " and "
              + version[0]);
    }
  }

  private void inGraph(int number) throws IOException {
    switch (number) {
      case GraphProto.NODE_FIELD_NUMBER -> {
        nodes.add(nodeReader.read(wire, nodes.size()));
        Functions.checkCount(file, nodes.size());
      }
      case GraphProto.INITIALIZER_FIELD_NUMBER -> add(tensors.read(wire, "initializer"));
      case GraphProto.SPARSE_INITIALIZER_FIELD_NUMBER -> add(tensors.readSparse(wire));
      case GraphProto.INPUT_FIELD_NUMBER -> inputs.add(valueReader.read(wire, "input"));
      case GraphProto.OUTPUT_FIELD_NUMBER -> outputs.add(valueReader.read(wire, "output"));
      case GraphProto.NAME_FIELD_NUMBER,
          GraphProto.DOC_STRING_FIELD_NUMBER,
          GraphProto.VALUE_INFO_FIELD_NUMBER,
          GraphProto.QUANTIZATION_ANNOTATION_FIELD_NUMBER,
          GraphProto.METADATA_PROPS_FIELD_NUMBER ->
          wire.skip();
      default -> throw wire.unknown(number);
    }
  }

  private void add(TensorReader.Named tensor) {
    if (tensor.name().isEmpty()) {
      throw OnnxModel.error(file, "has an initializer without a name");
    }
    if (initializers.put(tensor.name(), tensor.tensor()) != null) {
      throw OnnxModel.error(
          file, "two initializers have the same name " + Shown.name(tensor.name()));
    }
  }
}
