package dev.eddy.network;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.Stream;

/** Writes small ONNX models for tests: opset 20, IR version 9, float32 inputs and outputs. */
public final class OnnxModel {
  private static final int OPSET = 20;
  private static final int IR_VERSION = 9;

  private final OnnxMl.GraphProto.Builder graph = OnnxMl.GraphProto.newBuilder().setName("test");
  private final String prefix; // of the names
  private int names;

  public OnnxModel() {
    this("v");
  }

  private OnnxModel(String prefix) {
    this.prefix = prefix;
  }

  /**
   * The graph of what a node does again and again; it knows the names of this one, and its own
   * clash with none.
   */
  OnnxModel body() {
    return new OnnxModel(fresh() + "_");
  }

  /** An input; a negative dimension is left open. */
  public String input(String name, long... dimensions) {
    graph.addInput(value(name, dimensions));
    return name;
  }

  /** Makes a value that a node wrote an output. */
  public void output(String name, long... dimensions) {
    graph.addOutput(value(name, dimensions));
  }

  /** A float32 constant; the name it got. */
  public String constant(float[] values, long... dimensions) {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return constant(OnnxMl.TensorProto.DataType.FLOAT, raw, dimensions);
  }

  /** A one-dimensional int64 constant, as axes and bounds are given; the name it got. */
  public String constant(long... values) {
    ByteBuffer raw = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(values);
    return constant(OnnxMl.TensorProto.DataType.INT64, raw, values.length);
  }

  private String constant(OnnxMl.TensorProto.DataType type, ByteBuffer raw, long... dimensions) {
    OnnxMl.TensorProto.Builder tensor = OnnxMl.TensorProto.newBuilder();
    tensor.setName(fresh()).setDataType(type.getNumber());
    for (long dimension : dimensions) {
      tensor.addDims(dimension);
    }
    tensor.setRawData(ByteString.copyFrom(raw.array()));
    graph.addInitializer(tensor);
    return tensor.getName();
  }

  /** A node with one output; the name it got. */
  public String node(String operator, List<String> inputs, Attribute... attributes) {
    String output = fresh();
    node(operator, inputs, List.of(output), attributes);
    return output;
  }

  /** A node; "" stands for an input or output that is left out. */
  public void node(
      String operator, List<String> inputs, List<String> outputs, Attribute... attributes) {
    OnnxMl.NodeProto.Builder node = OnnxMl.NodeProto.newBuilder().setOpType(operator);
    node.addAllInput(inputs).addAllOutput(outputs);
    for (Attribute attribute : attributes) {
      node.addAttribute(attribute.proto);
    }
    graph.addNode(node);
  }

  /** A node with several outputs; the names they got. */
  List<String> nodes(String operator, List<String> inputs, int count, Attribute... attributes) {
    List<String> outputs = Stream.generate(this::fresh).limit(count).toList();
    node(operator, inputs, outputs, attributes);
    return outputs;
  }

  /** Two halves along an axis; the names they got. */
  List<String> split(String x, long axis) {
    return nodes(
        "Split", List.of(x), 2, Attribute.of("axis", axis), Attribute.of("num_outputs", 2L));
  }

  /** The model, as a file would hold it. */
  public byte[] bytes() {
    return OnnxMl.ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private String fresh() {
    return prefix + names++;
  }

  private static OnnxMl.ValueInfoProto value(String name, long... dimensions) {
    OnnxMl.TensorShapeProto.Builder shape = OnnxMl.TensorShapeProto.newBuilder();
    for (int i = 0; i < dimensions.length; i++) {
      OnnxMl.TensorShapeProto.Dimension.Builder dimension = shape.addDimBuilder();
      if (dimensions[i] < 0) {
        dimension.setDimParam(name + i);
      } else {
        dimension.setDimValue(dimensions[i]);
      }
    }
    return OnnxMl.ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            OnnxMl.TypeProto.newBuilder()
                .setTensorType(
                    OnnxMl.TypeProto.Tensor.newBuilder()
                        .setElemType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                        .setShape(shape)))
        .build();
  }

  /** An attribute of a node. */
  public static final class Attribute {
    private final OnnxMl.AttributeProto proto;

    private Attribute(OnnxMl.AttributeProto.Builder proto) {
      this.proto = proto.build();
    }

    private static OnnxMl.AttributeProto.Builder named(
        String name, OnnxMl.AttributeProto.AttributeType type) {
      return OnnxMl.AttributeProto.newBuilder().setName(name).setType(type);
    }

    public static Attribute of(String name, long value) {
      return new Attribute(named(name, OnnxMl.AttributeProto.AttributeType.INT).setI(value));
    }

    public static Attribute of(String name, float value) {
      return new Attribute(named(name, OnnxMl.AttributeProto.AttributeType.FLOAT).setF(value));
    }

    public static Attribute of(String name, String value) {
      return new Attribute(
          named(name, OnnxMl.AttributeProto.AttributeType.STRING)
              .setS(ByteString.copyFromUtf8(value)));
    }

    public static Attribute ofInts(String name, long... values) {
      OnnxMl.AttributeProto.Builder proto = named(name, OnnxMl.AttributeProto.AttributeType.INTS);
      for (long value : values) {
        proto.addInts(value);
      }
      return new Attribute(proto);
    }

    public static Attribute ofFloats(String name, float... values) {
      OnnxMl.AttributeProto.Builder proto = named(name, OnnxMl.AttributeProto.AttributeType.FLOATS);
      for (float value : values) {
        proto.addFloats(value);
      }
      return new Attribute(proto);
    }

    static Attribute ofGraph(String name, OnnxModel body) {
      return new Attribute(named(name, OnnxMl.AttributeProto.AttributeType.GRAPH).setG(body.graph));
    }

    public static Attribute ofStrings(String name, String... values) {
      OnnxMl.AttributeProto.Builder proto =
          named(name, OnnxMl.AttributeProto.AttributeType.STRINGS);
      for (String value : values) {
        proto.addStrings(ByteString.copyFromUtf8(value));
      }
      return new Attribute(proto);
    }
  }
}
