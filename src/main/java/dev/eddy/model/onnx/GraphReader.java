package dev.eddy.model.onnx;

import ai.onnx.proto.OnnxMl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Turns the protobuf of a model into ours. */
final class GraphReader {
  private final String file;
  private final OnnxMl.ModelProto model;

  GraphReader(String file, OnnxMl.ModelProto model) {
    this.file = file;
    this.model = model;
  }

  OnnxModel read() {
    OnnxMl.GraphProto graph = model.getGraph();
    Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
    for (OnnxMl.TensorProto tensor : graph.getInitializerList()) {
      initializers.put(tensor.getName(), tensor(tensor));
    }
    List<OnnxValue> inputs = new ArrayList<>();
    for (OnnxMl.ValueInfoProto input : graph.getInputList()) {
      if (!initializers.containsKey(input.getName())) {
        inputs.add(value(input));
      }
    }
    List<OnnxNode> nodes = new ArrayList<>();
    for (OnnxMl.NodeProto node : graph.getNodeList()) {
      nodes.add(node(node, nodes.size()));
    }
    long opset =
        model.getOpsetImportList().stream()
            .filter(set -> isDefault(set.getDomain()))
            .mapToLong(OnnxMl.OperatorSetIdProto::getVersion)
            .findFirst()
            .orElseThrow(() -> OnnxModel.error(file, "imports no operator set of ONNX's own"));
    return new OnnxModel(
        file,
        model.getProducerName(),
        opset,
        inputs,
        graph.getOutputList().stream().map(GraphReader::value).toList(),
        initializers,
        nodes);
  }

  private static boolean isDefault(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  private static OnnxValue value(OnnxMl.ValueInfoProto value) {
    OnnxMl.TypeProto.Tensor type = value.getType().getTensorType();
    List<OnnxDimension> dimensions = null;
    if (type.hasShape()) {
      dimensions = new ArrayList<>();
      for (OnnxMl.TensorShapeProto.Dimension dimension : type.getShape().getDimList()) {
        long size = dimension.getDimValue();
        dimensions.add(new OnnxDimension(size > 0 ? size : -1, dimension.getDimParam()));
      }
    }
    return new OnnxValue(value.getName(), ElementType.of(type.getElemType()), dimensions);
  }

  private OnnxNode node(OnnxMl.NodeProto node, int index) {
    String name = node.getName().isEmpty() ? node.getOpType() + "_" + index : node.getName();
    Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
    for (OnnxMl.AttributeProto attribute : node.getAttributeList()) {
      attributes.put(
          attribute.getName(), new OnnxAttribute(attribute.getType().name(), value(attribute)));
    }
    return new OnnxNode(
        file,
        name,
        node.getOpType(),
        isDefault(node.getDomain()) ? "" : node.getDomain(),
        List.copyOf(node.getInputList()),
        List.copyOf(node.getOutputList()),
        attributes);
  }

  private Object value(OnnxMl.AttributeProto attribute) {
    return switch (attribute.getType()) {
      case INT -> attribute.getI();
      case FLOAT -> attribute.getF();
      case STRING -> attribute.getS().toStringUtf8();
      case INTS -> attribute.getIntsList().stream().mapToLong(Long::longValue).toArray();
      case FLOATS -> {
        float[] values = new float[attribute.getFloatsCount()];
        for (int i = 0; i < values.length; i++) {
          values[i] = attribute.getFloats(i);
        }
        yield values;
      }
      case STRINGS ->
          attribute.getStringsList().stream().map(s -> s.toStringUtf8()).toArray(String[]::new);
      case TENSOR -> tensor(attribute.getT());
      default -> null;
    };
  }

  private OnnxTensor tensor(OnnxMl.TensorProto tensor) {
    return TensorReader.read(file, tensor);
  }
}
