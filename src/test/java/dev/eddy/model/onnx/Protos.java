package dev.eddy.model.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes models to be read, right and wrong ones. */
final class Protos {
  private Protos() {}

  /** A model of x [1, time, 3] and y, of operator set 17. */
  static ModelProto.Builder model(Object... parts) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("graph");
    for (Object part : parts) {
      if (part instanceof NodeProto.Builder node) {
        graph.addNode(node);
      } else if (part instanceof TensorProto.Builder tensor) {
        graph.addInitializer(tensor);
      }
    }
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(
            graph
                .addInput(value("x", TensorProto.DataType.FLOAT, 1, "time", 3))
                .addOutput(value("y", TensorProto.DataType.FLOAT)));
  }

  /** A node: attributes are name and value in turn. */
  static NodeProto.Builder node(String op, String inputs, String outputs, Object... attributes) {
    NodeProto.Builder node = NodeProto.newBuilder().setOpType(op).setName("the_" + op);
    Arrays.stream(inputs.split(" ")).forEach(name -> node.addInput(name.replace("-", "")));
    Arrays.stream(outputs.split(" ")).forEach(name -> node.addOutput(name.replace("-", "")));
    if (inputs.isEmpty()) {
      node.clearInput();
    }
    for (int i = 0; i < attributes.length; i += 2) {
      node.addAttribute(attribute((String) attributes[i], attributes[i + 1]));
    }
    return node;
  }

  static AttributeProto.Builder attribute(String name, Object value) {
    AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
    if (value instanceof Integer number) {
      return attribute.setType(AttributeType.INT).setI(number);
    }
    if (value instanceof Float number) {
      return attribute.setType(AttributeType.FLOAT).setF(number);
    }
    if (value instanceof String text) {
      return attribute.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(text));
    }
    if (value instanceof long[] numbers) {
      Arrays.stream(numbers).forEach(attribute::addInts);
      return attribute.setType(AttributeType.INTS);
    }
    if (value instanceof float[] numbers) {
      for (float number : numbers) {
        attribute.addFloats(number);
      }
      return attribute.setType(AttributeType.FLOATS);
    }
    if (value instanceof List<?> texts) {
      texts.forEach(text -> attribute.addStrings(ByteString.copyFromUtf8((String) text)));
      return attribute.setType(AttributeType.STRINGS);
    }
    if (value instanceof GraphProto.Builder graph) {
      return attribute.setType(AttributeType.GRAPH).setG(graph);
    }
    return attribute.setType(AttributeType.TENSOR).setT((TensorProto.Builder) value);
  }

  /** A graph's input or output: numbers are lengths, texts names of lengths that aren't fixed. */
  static ValueInfoProto.Builder value(String name, TensorProto.DataType type, Object... shape) {
    TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type.getNumber());
    for (Object dimension : shape) {
      TensorShapeProto.Dimension.Builder made = TensorShapeProto.Dimension.newBuilder();
      if (dimension instanceof String text) {
        made.setDimParam(text);
      } else {
        made.setDimValue(((Number) dimension).longValue());
      }
      tensor.getShapeBuilder().addDim(made);
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor));
  }

  /** Random float32 values in raw_data. */
  static TensorProto.Builder weights(String name, long... dimensions) {
    Random random = new Random(name.hashCode());
    ByteBuffer raw = ByteBuffer.allocate(4 * size(dimensions)).order(ByteOrder.LITTLE_ENDIAN);
    while (raw.hasRemaining()) {
      raw.putFloat((random.nextFloat() - 0.5f) / 2);
    }
    return shaped(name, TensorProto.DataType.FLOAT, dimensions)
        .setRawData(ByteString.copyFrom(raw.flip()));
  }

  static TensorProto.Builder integers(String name, long... values) {
    TensorProto.Builder tensor = shaped(name, TensorProto.DataType.INT64, values.length);
    Arrays.stream(values).forEach(tensor::addInt64Data);
    return tensor;
  }

  /** A tensor without values. */
  static TensorProto.Builder shaped(String name, TensorProto.DataType type, long... dimensions) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
    Arrays.stream(dimensions).forEach(tensor::addDims);
    return tensor;
  }

  /** A tensor whose values are in another file; entries are key and value in turn. */
  static TensorProto.Builder external(String name, String[] entries, long... dimensions) {
    TensorProto.Builder tensor =
        shaped(name, TensorProto.DataType.FLOAT, dimensions)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL);
    for (int i = 0; i < entries.length; i += 2) {
      tensor.addExternalData(
          StringStringEntryProto.newBuilder().setKey(entries[i]).setValue(entries[i + 1]));
    }
    return tensor;
  }

  static int size(long... dimensions) {
    return (int) Arrays.stream(dimensions).reduce(1, (a, b) -> a * b);
  }
}
