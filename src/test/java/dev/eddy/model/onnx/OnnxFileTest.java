package dev.eddy.model.onnx;

import static dev.eddy.model.onnx.Protos.attribute;
import static dev.eddy.model.onnx.Protos.external;
import static dev.eddy.model.onnx.Protos.integers;
import static dev.eddy.model.onnx.Protos.model;
import static dev.eddy.model.onnx.Protos.node;
import static dev.eddy.model.onnx.Protos.shaped;
import static dev.eddy.model.onnx.Protos.weights;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a file holds is what is read: values of all types, wherever they stand; functions. */
class OnnxFileTest {
  private static final short[] HALVES = {
    0x3c00, (short) 0xc000, 0x0001, 0x7bff
  }; // 1 -2 2^-24 65504
  private static final short[] UPPER = {0x3f80, (short) 0xc000, 0x3eab, 0x0001};

  @TempDir Path folder;

  private OnnxModel read(ModelProto.Builder model) throws IOException {
    Path file = folder.resolve("model.onnx");
    Files.write(file, model.build().toByteArray());
    return OnnxFile.read(file);
  }

  private OnnxTensor read(TensorProto.Builder tensor) throws IOException {
    return read(model(node("Add", "x w", "y"), tensor)).initializers().get("w");
  }

  private static ByteString raw(int bytes, java.util.function.Consumer<ByteBuffer> fill) {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    fill.accept(buffer);
    return ByteString.copyFrom(buffer.flip());
  }

  private static TensorProto.Builder w(DataType type, long size) {
    return shaped("w", type, size);
  }

  static Stream<Arguments> floats() {
    float[] plain = {1.5f, -2, 1e-40f};
    float[] halves = {1, -2, 0x1p-24f, 65504};
    float[] upper = {1, -2, 0.333984375f, 0x1p-133f};
    return Stream.of(
        Arguments.of(
            "float_data",
            w(DataType.FLOAT, 3).addFloatData(1.5f).addFloatData(-2).addFloatData(1e-40f),
            plain),
        Arguments.of(
            "float raw",
            w(DataType.FLOAT, 3)
                .setRawData(raw(12, b -> b.putFloat(1.5f).putFloat(-2).putFloat(1e-40f))),
            plain),
        Arguments.of(
            "double_data",
            w(DataType.DOUBLE, 3).addDoubleData(1.5).addDoubleData(-2).addDoubleData(1e-40),
            plain),
        Arguments.of(
            "double raw",
            w(DataType.DOUBLE, 3)
                .setRawData(raw(24, b -> b.putDouble(1.5).putDouble(-2).putDouble(1e-40))),
            plain),
        Arguments.of(
            "half in int32_data", w(DataType.FLOAT16, 4).addAllInt32Data(codes(HALVES)), halves),
        Arguments.of(
            "half raw", w(DataType.FLOAT16, 4).setRawData(raw(8, b -> put(b, HALVES))), halves),
        Arguments.of(
            "bfloat16 in int32_data", w(DataType.BFLOAT16, 4).addAllInt32Data(codes(UPPER)), upper),
        Arguments.of(
            "bfloat16 raw", w(DataType.BFLOAT16, 4).setRawData(raw(8, b -> put(b, UPPER))), upper),
        Arguments.of("nothing", w(DataType.FLOAT, 0), new float[0]));
  }

  private static List<Integer> codes(short[] values) {
    return IntStream.range(0, values.length).mapToObj(i -> values[i] & 0xffff).toList();
  }

  private static void put(ByteBuffer buffer, short[] values) {
    for (short value : values) {
      buffer.putShort(value);
    }
  }

  @ParameterizedTest
  @MethodSource("floats")
  void shouldReadFloatsOfAnyType(String name, TensorProto.Builder tensor, float[] expected)
      throws IOException {
    OnnxTensor read = read(tensor);

    assertThat(read.floats()).containsExactly(expected);
    assertThat(read.type().name()).isEqualTo(DataType.forNumber(tensor.getDataType()).name());
  }

  static Stream<Arguments> wholeNumbers() {
    return Stream.of(
        Arguments.of(
            w(DataType.INT64, 2).addInt64Data(-1).addInt64Data(1L << 40),
            new long[] {-1, 1L << 40}),
        Arguments.of(
            w(DataType.INT64, 2).setRawData(raw(16, b -> b.putLong(-1).putLong(1L << 40))),
            new long[] {-1, 1L << 40}),
        Arguments.of(w(DataType.INT32, 2).addInt32Data(-1).addInt32Data(7), new long[] {-1, 7}),
        Arguments.of(w(DataType.INT32, 1).setRawData(raw(4, b -> b.putInt(-9))), new long[] {-9}),
        Arguments.of(
            w(DataType.BOOL, 3).addInt32Data(1).addInt32Data(0).addInt32Data(2),
            new long[] {1, 0, 1}),
        Arguments.of(
            w(DataType.BOOL, 2).setRawData(raw(2, b -> b.put((byte) 1).put((byte) 0))),
            new long[] {1, 0}),
        Arguments.of(
            w(DataType.UINT8, 1).setRawData(raw(1, b -> b.put((byte) 200))), new long[] {200}),
        Arguments.of(
            w(DataType.INT8, 1).setRawData(raw(1, b -> b.put((byte) 200))), new long[] {-56}),
        Arguments.of(w(DataType.UINT8, 1).addInt32Data(200), new long[] {200}),
        Arguments.of(w(DataType.INT8, 1).addInt32Data(-56), new long[] {-56}),
        Arguments.of(
            w(DataType.UINT16, 1).setRawData(raw(2, b -> b.putShort((short) 60000))),
            new long[] {60000}),
        Arguments.of(w(DataType.UINT32, 1).addUint64Data(4000000000L), new long[] {4000000000L}),
        Arguments.of(w(DataType.UINT64, 1).addUint64Data(5), new long[] {5}));
  }

  @ParameterizedTest
  @MethodSource("wholeNumbers")
  void shouldReadWholeNumbersOfAnyType(TensorProto.Builder tensor, long[] expected)
      throws IOException {
    assertThat(read(tensor).integers()).containsExactly(expected);
  }

  @Test
  void shouldReadTypedValuesThatAreNotPacked() throws IOException {
    byte[] packed =
        model(node("Add", "x w", "y"), w(DataType.FLOAT, 2).addFloatData(1.5f).addFloatData(2))
            .build()
            .toByteArray();
    // 0x22 0x08 (packed, 8 bytes) and twice 4 bytes become twice 0x25 and 4 bytes: as long
    int at = indexOf(packed, new byte[] {0x22, 0x08, 0, 0, (byte) 0xc0, 0x3f});
    byte[] single = packed.clone();
    System.arraycopy(
        new byte[] {0x25, 0, 0, (byte) 0xc0, 0x3f, 0x25, 0, 0, 0, 0x40}, 0, single, at, 10);
    Files.write(folder.resolve("single.onnx"), single);

    OnnxTensor read = OnnxFile.read(folder.resolve("single.onnx")).initializers().get("w");

    assertThat(read.floats()).containsExactly(1.5f, 2);
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (java.util.Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    throw new AssertionError("not there");
  }

  @Test
  void shouldReadExternalDataBelowTheModelsFolder() throws IOException {
    Files.createDirectories(folder.resolve("weights"));
    Files.write(
        folder.resolve("weights/w.bin"),
        raw(20, b -> b.putDouble(0).putFloat(3).putFloat(4).putFloat(5)).toByteArray());
    String[] some = {"location", "weights/w.bin", "offset", "8", "length", "8", "checksum", "?"};

    assertThat(read(external("w", some, 2)).floats()).containsExactly(3, 4);
    assertThat(read(external("w", new String[] {"location", "weights/w.bin"}, 1, 2)).floats())
        .containsExactly(0, 0);
  }

  @Test
  void shouldFillUpSparseTensors() throws IOException {
    TensorProto.Builder values = w(DataType.FLOAT, 2).addFloatData(5).addFloatData(6);
    ModelProto.Builder places = model(node("Add", "x w", "y"));
    places
        .getGraphBuilder()
        .addSparseInitializer(
            SparseTensorProto.newBuilder()
                .setValues(values)
                .setIndices(integers("", 1, 3))
                .addDims(2)
                .addDims(2));
    ModelProto.Builder axes = model(node("Add", "x w", "y"));
    axes.getGraphBuilder()
        .addSparseInitializer(
            SparseTensorProto.newBuilder()
                .setValues(values)
                .setIndices(integers("", 0, 1, 1, 1).clearDims().addDims(2).addDims(2))
                .addDims(2)
                .addDims(2));

    assertThat(read(places).initializers().get("w").floats()).containsExactly(0, 5, 0, 6);
    assertThat(read(axes).initializers().get("w").floats()).containsExactly(0, 5, 0, 6);
  }

  @Test
  void shouldTakeInitializersThatAreInputsToo() throws IOException {
    ModelProto.Builder model =
        model(node("MatMul", "x w", "y"), weights("w", 3, 4)).setIrVersion(3);
    model.getGraphBuilder().addInput(Protos.value("w", DataType.FLOAT, 3, 4));

    assertThat(read(model).inputs()).extracting(OnnxValue::name).containsExactly("x");
  }

  @Test
  void shouldPutFunctionsInThePlaceOfTheirCalls() throws IOException {
    FunctionProto.Builder inner =
        FunctionProto.newBuilder()
            .setName("Leak")
            .setDomain("f")
            .addInput("a")
            .addOutput("b")
            .addAttributeProto(attribute("slope", 0.25f))
            .addNode(
                node("LeakyRelu", "a", "b")
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("alpha")
                            .setType(AttributeProto.AttributeType.FLOAT)
                            .setRefAttrName("slope")));
    FunctionProto.Builder outer =
        FunctionProto.newBuilder()
            .setName("Block")
            .setDomain("f")
            .addInput("a")
            .addInput("not given")
            .addOutput("same")
            .addOutput("a")
            .addNode(node("Leak", "a", "t", "slope", 0.5f).setDomain("f"))
            .addNode(node("Leak", "t", "same").setDomain("f"));
    ModelProto.Builder model =
        model(node("Block", "x", "t z").setDomain("f"), node("Add", "t z", "y"))
            .addFunctions(outer)
            .addFunctions(inner);

    List<OnnxNode> nodes = read(model).nodes();

    assertThat(nodes)
        .extracting(OnnxNode::op)
        .containsExactly("LeakyRelu", "LeakyRelu", "Identity", "Add");
    assertThat(nodes).extracting(n -> n.number("alpha", 0)).containsExactly(0.5f, 0.25f, 0f, 0f);
    assertThat(nodes.get(1).inputs()).isEqualTo(nodes.get(0).outputs());
    assertThat(nodes.get(1).outputs()).containsExactly("t");
    assertThat(nodes.get(2).inputs()).containsExactly("x");
    assertThat(nodes.get(2).outputs()).containsExactly("z");
  }

  @Test
  void shouldTellAttributesThatSayNoTypeByTheirValue() throws IOException {
    OnnxModel model =
        read(model(node("Flatten", "x", "y").addAttribute(attribute("axis", 2).clearType())));

    assertThat(model.nodes().get(0).integer("axis", 0)).isEqualTo(2);
  }
}
