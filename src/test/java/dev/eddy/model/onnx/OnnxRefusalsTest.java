package dev.eddy.model.onnx;

import static dev.eddy.model.onnx.Protos.attribute;
import static dev.eddy.model.onnx.Protos.external;
import static dev.eddy.model.onnx.Protos.integers;
import static dev.eddy.model.onnx.Protos.model;
import static dev.eddy.model.onnx.Protos.node;
import static dev.eddy.model.onnx.Protos.shaped;
import static dev.eddy.model.onnx.Protos.value;
import static dev.eddy.model.onnx.Protos.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import com.google.protobuf.ByteString;
import dev.eddy.model.ImportOptions;
import dev.eddy.model.ModelException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that can't be used: each is refused in one line that names what is wrong. */
class OnnxRefusalsTest {
  private static final byte[] GOOD = model(matMul(), weights("w", 3, 4)).build().toByteArray();
  private static final NodeProto.Builder RELU = node("Relu", "x", "y");

  @TempDir Path folder;

  /** A file and what must be said of it. */
  private record Row(String name, byte[] bytes, String... words) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Row row(String name, ModelProto.Builder model, String... words) {
    return new Row(name, model.build().toByteArray(), words);
  }

  private static Row file(String name, byte[] bytes, String... words) {
    return new Row(name, bytes, words);
  }

  private static NodeProto.Builder matMul() {
    return node("MatMul", "x w", "y");
  }

  private static Row tensor(String name, TensorProto.Builder w, String... words) {
    String[] all = Arrays.copyOf(words, words.length + 1);
    all[words.length] = "w";
    return row(name, model(matMul(), w), all);
  }

  private static Row op(String name, NodeProto.Builder node, Object[] more, String... words) {
    Object[] parts = Arrays.copyOf(more, more.length + 1);
    parts[more.length] = node;
    return row(name, model(parts), words);
  }

  private static Object[] none() {
    return new Object[0];
  }

  static Stream<Row> damagedFiles() throws IOException {
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write(GOOD);
    }
    byte[] twice = Arrays.copyOf(GOOD, 2 * GOOD.length);
    System.arraycopy(GOOD, 0, twice, GOOD.length, GOOD.length);
    return Stream.of(
        file("empty", new byte[0], "empty", "not an ONNX file"),
        file("half", Arrays.copyOf(GOOD, GOOD.length / 2), "not an ONNX file", "truncated"),
        file("one byte", new byte[] {8}, "not an ONNX file", "truncated"),
        file("one byte short", Arrays.copyOf(GOOD, GOOD.length - 1), "truncated"),
        file("zeros", new byte[100], "not an ONNX file"),
        file("ones", bytes(0xff, 100), "not an ONNX file"),
        file("without the graph", Arrays.copyOf(GOOD, 2), "no graph", "truncated"),
        file("twice", twice, "twice", "invalid"),
        file("gzip", gzip.toByteArray(), "not an ONNX file", "gzip"),
        file("zip", text("PK\3\4..."), "not an ONNX file", "zip", "torch.onnx.export"),
        file("pickle", new byte[] {(byte) 0x80, 2, '}', 'q', 0}, "pickle"),
        file("hdf5", text("\u0089HDF\r\n\u001a\n"), "HDF5", "tf2onnx"),
        file("tflite", text("\34\0\0\0TFL3..."), "TensorFlow Lite"),
        file("ort", text("\34\0\0\0ORTM..."), "ONNX Runtime"),
        file("safetensors", text("\u0008\1\0\0\0\0\0\0{\"a\":"), "safetensors"),
        file("yaml", text("name: pump\nlayers: []\n"), "not an ONNX file", "text"),
        file("json", text("{\"ir_version\": 8}"), "not an ONNX file", "text"),
        file("lfs", text("version https://git-lfs.github.com/spec/v1\n"), "git lfs pull"),
        file("saved model", new byte[] {8, 1, 18, 4, 10, 2, (byte) 0xff, 1}, "not an ONNX file"),
        file(
            "a long name",
            model(node("Relu", "x", "y" + "n".repeat(100_000))).build().toByteArray(),
            "name"),
        file("a wrong wire type", new byte[] {10, 1, 8}, "invalid model", "wire type"),
        file("an unknown field", new byte[] {8, 8, 80, 1}, "invalid model", "field 10", "unknown"),
        file("a claim of 2 GiB", new byte[] {58, -1, -1, -1, -1, 7, 10}, "truncated"));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(int value, int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  static Stream<Row> invalidGraphs() {
    return Stream.of(
        row("no graph", model().clearGraph(), "graph"),
        row("an empty graph", model().setGraph(GraphProto.newBuilder()), "no outputs"),
        row("no nodes", model(), "output \"y\"", "missing", "not produced"),
        row("no inputs", edit(model(RELU), graph -> graph.clearInput()), "\"x\"", "missing"),
        row("an undefined tensor", model(node("Add", "x nowhere", "y")), "nowhere", "missing"),
        row("no initializers", model(matMul()), "\"w\"", "missing", "initializer"),
        row("no axes", model(node("Unsqueeze", "x", "y")), "the_Unsqueeze", "has no axes"),
        row(
            "no axes for a constant",
            model(weights("w", 3), node("Unsqueeze", "w", "v"), node("Add", "x v", "y")),
            "the_Unsqueeze",
            "has no axes"),
        row(
            "an attribute of a caller without a caller",
            model(
                node("Constant", "", "y")
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("value")
                            .setType(AttributeProto.AttributeType.TENSOR)
                            .setRefAttrName("given"))),
            "\"value\"",
            "in no function"),
        row(
            "an attribute that a function doesn't declare",
            model(node("F", "x", "y", "slope", 0.5f).setDomain("f"))
                .addFunctions(
                    FunctionProto.newBuilder()
                        .setName("F")
                        .setDomain("f")
                        .addInput("a")
                        .addOutput("b")
                        .addAttribute("other")
                        .addNode(
                            node("LeakyRelu", "a", "b")
                                .addAttribute(
                                    AttributeProto.newBuilder()
                                        .setName("alpha")
                                        .setType(AttributeProto.AttributeType.FLOAT)
                                        .setRefAttrName("slope")))),
            "\"slope\"",
            "declare"),
        row(
            "a cycle",
            model(node("Add", "x b", "a"), node("Relu", "a", "b"), node("Relu", "b", "y")),
            "cycle"),
        row("its own input", model(node("Add", "x y", "y")), "cycle"),
        row("nodes out of order", model(node("Relu", "a", "y"), node("Relu", "x", "a")), "order"),
        row("two nodes, one tensor", model(RELU, node("Tanh", "x", "y")), "duplicate", "\"y\""),
        row("one node, twice", model(node("Split", "x", "y y", "axis", 2)), "duplicate", "\"y\""),
        row("a node writes an input", model(node("Relu", "x", "x"), RELU), "duplicate", "\"x\""),
        row(
            "a node writes a weight",
            model(node("Relu", "x", "w"), matMul(), weights("w", 3, 4)),
            "duplicate"),
        row(
            "two initializers",
            model(matMul(), weights("w", 3, 4), weights("w", 3, 4)),
            "same name",
            "\"w\""),
        row(
            "two inputs",
            edit(model(RELU), graph -> graph.addInput(value("x", DataType.FLOAT, 3))),
            "same name"),
        row(
            "two outputs",
            edit(model(RELU), graph -> graph.addOutput(value("y", DataType.FLOAT))),
            "same name"),
        row(
            "a nameless input",
            edit(model(RELU), graph -> graph.addInput(value("", DataType.FLOAT, 3))),
            "name"),
        row("a nameless weight", model(RELU, weights("", 3)), "name"),
        row("no operator", model(node("", "x", "y")), "no operator"),
        row("no output of a node", model(RELU, node("Relu", "x", "z").clearOutput()), "output"),
        row(
            "an attribute of another type",
            lstm("hidden_size", "five"),
            "hidden_size",
            "type",
            "STRING"),
        row(
            "an attribute that lies",
            model(
                RELU.clone()
                    .addAttribute(
                        attribute("alpha", 1f).setType(AttributeProto.AttributeType.INT))),
            "alpha",
            "type"),
        row(
            "an attribute twice",
            model(node("LeakyRelu", "x", "y", "alpha", 1f, "alpha", 2f)),
            "alpha",
            "twice"),
        row(
            "an unknown attribute",
            model(node("LeakyRelu", "x", "y", "aplha", 1f)),
            "aplha",
            "attribute"),
        row("too many inputs", model(node("Relu", "x x", "y")), "1 input", "got 2"),
        row("too few inputs", model(node("Add", "x", "y")), "2 inputs", "got 1"),
        row(
            "one of many left out",
            model(node("Concat", "x - x", "y", "axis", 2)),
            "input 1",
            "missing"),
        row("an input left out", model(node("Add", "x -", "y")), "input 1", "missing"),
        row(
            "an axis out of range",
            model(node("Softmax", "x", "y", "axis", 7)),
            "axis",
            "range",
            "rank"),
        row(
            "a permutation of other axes",
            model(node("Transpose", "x", "y", "perm", new long[] {0, 0, 1})),
            "perm"),
        row("an input of strings", input("x", DataType.STRING), "type", "STRING"),
        row("an input without a type", input("x", DataType.UNDEFINED), "type", "undefined"),
        row(
            "an input that is a sequence",
            edit(
                model(RELU),
                graph ->
                    graph.setInput(
                        0,
                        value("x", DataType.FLOAT)
                            .setType(
                                TypeProto.newBuilder()
                                    .setSequenceType(TypeProto.Sequence.getDefaultInstance())))),
            "\"x\"",
            "sequence"),
        row(
            "an input of any rank",
            edit(
                model(RELU),
                graph ->
                    graph.getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder().clearShape()),
            "\"x\"",
            "shape"),
        row(
            "an input of 2^40",
            edit(
                model(RELU),
                graph -> graph.setInput(0, value("x", DataType.FLOAT, 1, "time", 1L << 40))),
            "dimension",
            "1099511627776"),
        row(
            "an input of 2^30",
            edit(
                model(RELU),
                graph -> graph.setInput(0, value("x", DataType.FLOAT, 1, "time", 1 << 30))),
            "too large"),
        row(
            "a batch of 4",
            edit(lstm(), graph -> graph.setInput(0, value("x", DataType.FLOAT, "time", 4, 3))),
            "batch"),
        row(
            "an output of constants",
            model(node("Relu", "w", "y"), weights("w", 3)),
            "output \"y\""));
  }

  private static ModelProto.Builder edit(
      ModelProto.Builder model, java.util.function.Consumer<GraphProto.Builder> change) {
    change.accept(model.getGraphBuilder());
    return model;
  }

  private static ModelProto.Builder input(String name, DataType type) {
    return edit(model(RELU), graph -> graph.setInput(0, value(name, type, 1, "time", 3)));
  }

  private static ModelProto.Builder lstm(Object... attributes) {
    Object[] all =
        Arrays.copyOf(
            attributes,
            attributes.length
                + (attributes.length == 0 || !Arrays.asList(attributes).contains("hidden_size")
                    ? 2
                    : 0));
    if (all.length > attributes.length) {
      all[all.length - 2] = "hidden_size";
      all[all.length - 1] = 5;
    }
    return edit(
        model(
            node("LSTM", "x w r b", "y", all),
            weights("w", 1, 20, 3),
            weights("r", 1, 20, 5),
            weights("b", 1, 40)),
        graph -> graph.setInput(0, value("x", DataType.FLOAT, "time", 1, 3)));
  }

  private static ModelProto.Builder conv(TensorProto.Builder w, Object... attributes) {
    return edit(
        model(node("Conv", "x w", "y", attributes), w),
        graph -> graph.setInput(0, value("x", DataType.FLOAT, 1, 3, "time")));
  }

  private static ModelProto.Builder cell(String op, long[] w, long[] r, long[] b) {
    return edit(
        model(
            node(op, "x w r b", "y", "hidden_size", 5),
            weights("w", w),
            weights("r", r),
            weights("b", b)),
        graph -> graph.setInput(0, value("x", DataType.FLOAT, "time", 1, 3)));
  }

  private static long[] of(long... dimensions) {
    return dimensions;
  }

  static Stream<Row> badWeights() {
    TensorProto.Builder good = weights("w", 3, 4);
    return Stream.of(
        tensor(
            "too few bytes",
            good.clone().setRawData(ByteString.copyFrom(new byte[44])),
            "48 bytes",
            "shape"),
        tensor(
            "too many bytes",
            good.clone().setRawData(ByteString.copyFrom(new byte[52])),
            "48 bytes",
            "52"),
        tensor("no bytes", shaped("w", DataType.FLOAT, 3, 4), "12 elements", "shape"),
        tensor(
            "too few numbers",
            shaped("w", DataType.FLOAT, 3, 4).addFloatData(1),
            "12 elements",
            "float_data"),
        tensor(
            "numbers of another type",
            shaped("w", DataType.FLOAT, 1).addInt64Data(1),
            "type",
            "float_data",
            "int64_data"),
        tensor("raw and typed", good.clone().addFloatData(1), "raw_data", "float_data", "both"),
        tensor(
            "a shape beyond 64 bits", shaped("w", DataType.FLOAT, 1L << 31, 1L << 31, 4), "shape"),
        tensor(
            "a shape of 2^40", shaped("w", DataType.FLOAT, 1 << 20, 1 << 20), "shape", "elements"),
        tensor("a dimension of 2^40", shaped("w", DataType.FLOAT, 1L << 40), "shape", "dimension"),
        tensor("a negative dimension", good.clone().setDims(0, -3), "shape", "dimension"),
        row(
            "many dimensions",
            model(matMul(), shaped("w", DataType.FLOAT, new long[40])),
            "dimensions"),
        tensor("an undefined type", good.clone().setDataType(0), "data type", "undefined"),
        tensor("an unknown type", good.clone().setDataType(99), "data type", "99"),
        tensor(
            "strings",
            shaped("w", DataType.STRING, 1).addStringData(ByteString.copyFromUtf8("a")),
            "STRING",
            "type"),
        tensor(
            "complex numbers",
            shaped("w", DataType.COMPLEX64, 1).addFloatData(1).addFloatData(2),
            "COMPLEX64"),
        tensor(
            "float8",
            shaped("w", DataType.FLOAT8E4M3FN, 1).setRawData(ByteString.copyFrom(new byte[1])),
            "FLOAT8",
            "type"),
        row(
            "segments",
            model(
                matMul(),
                good.clone().setSegment(TensorProto.Segment.newBuilder().setBegin(0).setEnd(5))),
            "segments"),
        tensor(
            "NaN",
            shaped("w", DataType.FLOAT, 3, 1)
                .addFloatData(1)
                .addFloatData(Float.NaN)
                .addFloatData(2),
            "NaN",
            "finite"),
        tensor(
            "infinity",
            shaped("w", DataType.FLOAT, 3, 1)
                .addFloatData(1)
                .addFloatData(Float.POSITIVE_INFINITY)
                .addFloatData(2),
            "finite"),
        tensor(
            "beyond float32",
            shaped("w", DataType.DOUBLE, 3, 1)
                .addDoubleData(1)
                .addDoubleData(1e300)
                .addDoubleData(2),
            "finite"),
        tensor("integers for a matrix", integers("w", 1, 2, 3), "type", "INT64"),
        tensor("a matrix that doesn't fit", weights("w", 4, 3), "shape"),
        row(
            "a recurrent W",
            cell("LSTM", of(1, 20, 4), of(1, 20, 5), of(1, 40)),
            "shape",
            "expected"),
        row(
            "a recurrent R",
            cell("LSTM", of(1, 20, 3), of(1, 20, 4), of(1, 40)),
            "shape",
            "expected"),
        row(
            "a recurrent B",
            cell("LSTM", of(1, 20, 3), of(1, 20, 5), of(1, 20)),
            "shape",
            "expected"),
        row("a GRU's W", cell("GRU", of(1, 20, 3), of(1, 15, 5), of(1, 30)), "shape", "expected"),
        row("an RNN's R", cell("RNN", of(1, 5, 3), of(1, 5, 6), of(1, 10)), "shape", "expected"),
        row("hidden_size of another size", lstm("hidden_size", 6), "hidden", "shape"),
        row("channels that groups don't divide", conv(weights("w", 4, 3, 3), "group", 2), "group"),
        row("more groups than filters", conv(weights("w", 4, 1, 3), "group", 3), "group"),
        row("a kernel of other channels", conv(weights("w", 4, 2, 3)), "channel"),
        row(
            "a kernel_shape that lies",
            conv(weights("w", 4, 3, 3), "kernel_shape", of(5)),
            "kernel_shape"),
        row("a stride of 0", conv(weights("w", 4, 3, 3), "strides", of(0)), "stride"),
        row("a dilation of -1", conv(weights("w", 4, 3, 3), "dilations", of(-1)), "dilation"),
        row("padding below 0", conv(weights("w", 4, 3, 3), "pads", of(-1, 0)), "pad"),
        row("one pad", conv(weights("w", 4, 3, 3), "pads", of(1)), "pad"),
        row("a sparse place", sparse(12), "index"),
        row("a sparse place below 0", sparse(-1), "index"));
  }

  private static ModelProto.Builder sparse(long place) {
    return edit(
        model(matMul()),
        graph ->
            graph.addSparseInitializer(
                SparseTensorProto.newBuilder()
                    .setValues(weights("w", 1))
                    .setIndices(integers("", place))
                    .addDims(3)
                    .addDims(4)));
  }

  static Stream<Row> unsupported() {
    Object[] scale = {weights("s", 1).clearDims().clearRawData().addFloatData(1)};
    GraphProto.Builder body = GraphProto.newBuilder().addNode(RELU);
    return Stream.of(
        row("operator set 6", opset("", 6), "opset", "6", "7.."),
        row("operator set 99", opset("", 99), "opset", "99"),
        row("operator set -1", opset("", -1), "opset"),
        row("no operator set", model(RELU).clearOpsetImport(), "opset"),
        row("another domain's alone", opset("ai.onnx.ml", 3), "opset"),
        row(
            "two operator sets",
            opset("", 17).addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13)),
            "twice"),
        row("IR version 999", model(RELU).setIrVersion(999), "IR version", "999"),
        row("no IR version", model(RELU).clearIrVersion(), "IR version"),
        op(
            "a domain",
            node("Foo", "x", "y").setDomain("my.ops"),
            none(),
            "my.ops",
            "domain",
            "Foo"),
        op(
            "Microsoft's",
            node("Gelu", "x", "y").setDomain("com.microsoft"),
            none(),
            "com.microsoft",
            "Gelu"),
        op(
            "trees",
            node("TreeEnsembleRegressor", "x", "y").setDomain("ai.onnx.ml"),
            none(),
            "TreeEnsemble"),
        op("an operator", node("Frobnicate", "x", "y"), none(), "Frobnicate", "not supported"),
        op(
            "If",
            node("If", "x", "y", "then_branch", body, "else_branch", body),
            none(),
            "If",
            "control flow"),
        op("Loop", node("Loop", "- - x", "y", "body", body), none(), "Loop", "control flow"),
        op("Scan", node("Scan", "x", "y", "body", body, "num_scan_inputs", 1), none(), "Scan"),
        op("NonZero", node("NonZero", "x", "y"), none(), "NonZero", "depends on the values"),
        op("Unique", node("Unique", "x", "y"), none(), "Unique"),
        op("TopK", node("TopK", "x k", "y -", "axis", 1), new Object[] {integers("k", 3)}, "TopK"),
        op(
            "quantised",
            node("DynamicQuantizeLinear", "x", "q s2 z"),
            new Object[] {node("DequantizeLinear", "q s2 z", "y")},
            "quant"),
        op(
            "QuantizeLinear",
            node("QuantizeLinear", "x s", "y"),
            scale,
            "QuantizeLinear",
            "quantised"),
        op("RandomNormalLike", node("RandomNormalLike", "x", "y"), none(), "random"),
        op(
            "Dropout in training",
            node("Dropout", "x r t", "y"),
            new Object[] {weights("r", 1).clearDims().clearRawData().addFloatData(0.5f), bool("t")},
            "Dropout",
            "training"),
        op("strings", node("StringNormalizer", "x", "y"), none(), "StringNormalizer"),
        op("a function that calls itself", node("F", "x", "y").setDomain("f"), none(), "\"f\""),
        row(
            "functions in a circle",
            model(node("F", "x", "y").setDomain("f"))
                .addFunctions(
                    FunctionProto.newBuilder()
                        .setName("F")
                        .setDomain("f")
                        .addInput("a")
                        .addOutput("b")
                        .addNode(node("F", "a", "b").setDomain("f"))),
            "call itself"),
        row(
            "a function of too many inputs",
            model(node("F", "x x", "y").setDomain("f"))
                .addFunctions(
                    FunctionProto.newBuilder()
                        .setName("F")
                        .setDomain("f")
                        .addInput("a")
                        .addOutput("b")),
            "function",
            "inputs"),
        row("LSTM both ways", lstm("direction", "bidirectional"), "LSTM", "bidirectional"),
        row("LSTM backwards", lstm("direction", "reverse"), "LSTM", "reverse"),
        row("LSTM sideways", lstm("direction", "sideways"), "direction"),
        row(
            "LSTM of an unknown function",
            lstm("activations", List.of("Frob", "Tanh", "Tanh")),
            "Frob"));
  }

  private static TensorProto.Builder bool(String name) {
    return shaped(name, DataType.BOOL).addInt32Data(1);
  }

  private static ModelProto.Builder opset(String domain, long version) {
    return model(RELU)
        .clearOpsetImport()
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version));
  }

  static Stream<Row> hostile() {
    TensorProto.Builder huge = integers("n", 1 << 20, 1 << 20);
    NodeProto.Builder add = node("Add", "x c", "y");
    GraphProto.Builder deep = GraphProto.newBuilder();
    for (int i = 0; i < 300; i++) {
      deep = GraphProto.newBuilder().addNode(node("If", "x", "y", "then_branch", deep));
    }
    ModelProto.Builder manyNodes = model(RELU);
    for (int i = 0; i < Functions.MAX_NODES; i++) {
      manyNodes.getGraphBuilder().addNode(NodeProto.newBuilder().setOpType("R"));
    }
    ModelProto.Builder laughs = model(node("F0", "x", "y").setDomain("f"));
    for (int i = 0; i < 30; i++) {
      String next = "F" + (i + 1);
      laughs.addFunctions(
          FunctionProto.newBuilder()
              .setName("F" + i)
              .setDomain("f")
              .addInput("a")
              .addOutput("c")
              .addNode(node(next, "a", "b").setDomain("f"))
              .addNode(node(next, "b", "c").setDomain("f")));
    }
    ModelProto.Builder nothing = model(RELU, node("F0", "", "").clearOutput().setDomain("f"));
    for (int i = 0; i <= 30; i++) {
      FunctionProto.Builder function = FunctionProto.newBuilder().setName("F" + i).setDomain("f");
      for (int call = 0; call < 10 && i < 30; call++) {
        function.addNode(node("F" + (i + 1), "", "").clearOutput().setDomain("f"));
      }
      nothing.addFunctions(function);
    }
    FunctionProto.Builder longNamed =
        FunctionProto.newBuilder().setName("F").setDomain("f").addInput("a").addOutput("b");
    for (int i = 0; i < 1000; i++) {
      longNamed.addNode(node("Relu", "a", i == 0 ? "b" : "b" + i));
    }
    ModelProto.Builder longNames =
        model(node("F", "x", "y").setDomain("f").setName("n".repeat(60_000)))
            .addFunctions(longNamed);
    return Stream.of(
        row(
            "ConstantOfShape of 2^40",
            model(huge, node("ConstantOfShape", "n", "c"), add),
            "ConstantOfShape",
            "values"),
        row(
            "Expand to 2^40",
            model(huge, weights("v", 1), node("Expand", "v n", "c"), add),
            "Expand"),
        row("Tile to 2^40", model(huge, weights("v", 1, 1), node("Tile", "v n", "c"), add), "Tile"),
        row(
            "Range to 2^40",
            model(
                integers("a", 0).clearDims(),
                integers("b", 1L << 40).clearDims(),
                integers("d", 1).clearDims(),
                node("Range", "a b d", "c"),
                add),
            "Range"),
        row(
            "Pad to 2^40",
            model(weights("v", 1), integers("p", 1L << 40, 0), node("Pad", "v p", "c"), add),
            "Pad"),
        row(
            "a sum over 2^40",
            model(weights("v", 1 << 12, 1), weights("u", 1, 1 << 13), node("Add", "v u", "c"), add),
            "Add"),
        row("graphs in graphs", model(node("If", "x", "y", "then_branch", deep)), "If"),
        row("many nodes", manyNodes, "nodes"),
        row("functions of functions", laughs, "nodes"),
        row("calls that come to nothing", nothing, "nodes"),
        row("names made of long names", longNames, "names"),
        row(
            "a sparse tensor of 2^40",
            edit(
                model(matMul()),
                graph ->
                    graph.addSparseInitializer(
                        SparseTensorProto.newBuilder()
                            .setValues(weights("w", 1))
                            .setIndices(integers("", 0))
                            .addDims(1 << 20)
                            .addDims(1 << 20))),
            "shape",
            "w"),
        row("padding time by 2^31", conv(weights("w", 4, 3, 3), "pads", of(1L << 31, 0)), "pad"),
        row(
            "a dilation of 2^40",
            conv(weights("w", 4, 3, 3), "dilations", of(1L << 40)),
            "dilation"));
  }

  @ParameterizedTest
  @MethodSource({"damagedFiles", "invalidGraphs", "badWeights", "unsupported", "hostile"})
  void shouldRefuseInOneLineThatNamesWhatIsWrong(Row row) throws IOException {
    Path file = folder.resolve("model.onnx");
    Files.write(file, row.bytes());

    Throwable thrown = catchThrowable(() -> OnnxImport.read(file, ImportOptions.NONE));

    assertRefusal(thrown, row.words());
  }

  private static void assertRefusal(Throwable thrown, String... words) {
    assertThat(thrown).as("accepted").isInstanceOf(ModelException.class);
    assertThat(thrown.getMessage())
        .startsWith("onnx \"model.onnx\"")
        .hasSizeLessThan(1000)
        .doesNotContain("\n")
        .contains(words);
  }

  private void assertExternalRefused(String[] entries, String... words) throws IOException {
    Path model = folder.resolve("model");
    Files.createDirectories(model);
    Files.write(folder.resolve("outside.bin"), new byte[48]);
    Files.write(model.resolve("w.bin"), new byte[48]);
    Files.createDirectories(model.resolve("a folder"));
    if (!Files.exists(model.resolve("link"))) {
      Files.createSymbolicLink(model.resolve("link"), folder.resolve("outside.bin"));
      Files.createSymbolicLink(model.resolve("loop"), model.resolve("loop"));
    }
    Path file = model.resolve("model.onnx");
    Files.write(file, model(matMul(), external("w", entries, 3, 4)).build().toByteArray());
    assertRefusal(catchThrowable(() -> OnnxImport.read(file, ImportOptions.NONE)), words);
  }

  private static String[] at(String location, String... more) {
    String[] all = {"location", location};
    all = Arrays.copyOf(all, 2 + more.length);
    System.arraycopy(more, 0, all, 2, more.length);
    return all;
  }

  @Test
  void shouldRefuseExternalDataThatIsNotBesideTheModel() throws IOException {
    assertExternalRefused(new String[0], "external data", "location");
    assertExternalRefused(at("none.bin"), "\"none.bin\"", "missing", "no such file");
    assertExternalRefused(at("../outside.bin"), "outside", "folder");
    assertExternalRefused(at(folder.resolve("outside.bin").toString()), "outside", "folder");
    assertExternalRefused(at("a folder/../../outside.bin"), "outside");
    assertExternalRefused(at("link"), "outside", "folder");
    assertExternalRefused(at("loop"), "external data", "read");
    assertExternalRefused(at("a folder"), "not a file");
    assertExternalRefused(at("nul\0"), "path");
    assertExternalRefused(at("w.bin", "offset", "4"), "48 bytes", "offset 4");
    assertExternalRefused(at("w.bin", "offset", "-4"), "offset", "\"-4\"");
    assertExternalRefused(at("w.bin", "ofset", "0"), "external data", "\"ofset\"", "offset");
    assertExternalRefused(at("w.bin", "length", "44"), "length 44", "48 bytes");
    assertExternalRefused(at("w.bin", "length", "9223372036854775807"), "length");
    assertExternalRefused(at("w.bin", "offset", "900000000000000000"), "offset", "beyond its end");
  }

  @Test
  void shouldRefuseExternalDataThatIsReadAgainAndAgain() throws IOException {
    Files.write(folder.resolve("w.bin"), new byte[4 << 20]);
    Object[] parts = new Object[13];
    parts[0] = RELU;
    for (int i = 1; i < parts.length; i++) {
      parts[i] = external("w" + i, new String[] {"location", "w.bin"}, 1 << 20);
    }
    Row row = row("the same again", model(parts), "w.bin", "again", "4194304");
    shouldRefuseInOneLineThatNamesWhatIsWrong(row);
  }

  @Test
  void shouldRefuseLayersThatShareMoreWeightsThanMemoryHolds() throws IOException {
    Object[] parts = new Object[400];
    parts[0] = weights("w", 256, 256);
    parts[1] = node("MatMul", "x v", "r1");
    parts[2] = weights("v", 3, 256);
    for (int i = 3; i < parts.length; i++) {
      String out = i == parts.length - 1 ? "y" : "r" + (i - 1);
      parts[i] = node("MatMul", "r" + (i - 2) + " w", out).setName("n" + i);
    }
    Row row = row("shared", model(parts), "share", "weights", "26018560");
    shouldRefuseInOneLineThatNamesWhatIsWrong(row);
  }

  @Test
  void shouldRefuseAnInputOfMoreAxesThanAnybodyTrains() throws IOException {
    ModelProto.Builder model = model(RELU);
    model.getGraphBuilder().setInput(0, value("x", DataType.FLOAT, 2, 2, 2, 2, 2, 2, 2, 2, 2));
    Row row = row("deep", model, "\"x\" has 9 axes", "at most 8");
    shouldRefuseInOneLineThatNamesWhatIsWrong(row);
  }

  @Test
  void shouldRefuseMoreColumnsThanAnybodyReads() throws IOException {
    // x * w has 40,000 values, twice as many side by side
    ModelProto.Builder model =
        model(
            node("MatMul", "x w", "h"),
            weights("w", 3, 40_000),
            node("Concat", "h h", "y", "axis", 2));
    Row row = row("wide", model, "\"y\"", "80000", "--out");
    shouldRefuseInOneLineThatNamesWhatIsWrong(row);
  }

  @Test
  void shouldRefuseConstantsThatKeepBusy() throws IOException {
    Object[] parts = new Object[202];
    parts[0] = weights("w", 1 << 18);
    StringBuilder all = new StringBuilder("x");
    for (int i = 0; i < 200; i++) {
      parts[i + 1] = node("ReduceSum", "w", "r" + i, "keepdims", 0).setName("n" + i);
      all.append(" r").append(i);
    }
    parts[201] = node("Sum", all.toString(), "y");
    Row row = row("busy", model(parts), "worked on", "ReduceSum");
    shouldRefuseInOneLineThatNamesWhatIsWrong(row);
  }

  @Test
  void shouldRefuseWhatIsNoFile() throws IOException {
    Path model = folder.resolve("model.onnx");
    assertRefusal(catchThrowable(() -> OnnxImport.read(model, ImportOptions.NONE)), "no such file");
    Files.createSymbolicLink(model, model);
    assertRefusal(
        catchThrowable(() -> OnnxImport.read(model, ImportOptions.NONE)), "can't be read");
    Files.delete(model);
    Files.createDirectory(model);
    assertRefusal(catchThrowable(() -> OnnxImport.read(model, ImportOptions.NONE)), "a directory");
  }
}
