package dev.eddy.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.eddy.kernel.KernelBackend;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Weights are held twice at most, as the model has them and as the network multiplies with them: a
 * process of its own inspects 32 MB of weights with a heap of 80 MB.
 */
class ImportMemoryTest {
  private static final int SIDE = 2_896; // 2,896 x 2,896 x 4 bytes = 33.5 MB

  @TempDir Path folder;

  static Stream<Arguments> models() {
    int half = SIDE / 2;
    return Stream.of(
        Arguments.of("matrix", Protos.node("MatMul", "x w", "y"), new long[] {SIDE, SIDE}, SIDE),
        Arguments.of(
            "convolution", Protos.node("Conv", "t w", "y"), new long[] {half, half, 4}, half));
  }

  @ParameterizedTest
  @MethodSource("models")
  void shouldHoldWeightsTwiceAtMost(String name, NodeProto.Builder node, long[] shape, int channels)
      throws Exception {
    Path file = folder.resolve(name + ".onnx");
    write(file, node, shape, channels);
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx80m",
                "-XX:+UseSerialGC",
                "-Xmn8m",
                "-XX:TieredStopAtLevel=1",
                "-D" + KernelBackend.PROPERTY + "=scalar",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.eddy.app.Eddy",
                "inspect",
                file.toString()));
    Path said = folder.resolve("said");
    Process process = builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(Files.readString(said)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(said)).isZero();
    assertThat(Files.readString(said)).contains("parameters");
  }

  private static void write(Path file, NodeProto.Builder node, long[] shape, int channels)
      throws IOException {
    boolean frames = node.getOpType().equals("Conv");
    var model =
        frames
            ? Protos.model(
                Protos.node("Transpose", "x", "t", "perm", new long[] {0, 2, 1}),
                node,
                Protos.weights("w", shape))
            : Protos.model(node, Protos.weights("w", shape));
    Object[] input = {1, "time", channels};
    model.getGraphBuilder().setInput(0, Protos.value("x", TensorProto.DataType.FLOAT, input));
    try (OutputStream out = Files.newOutputStream(file)) {
      model.build().writeTo(out);
    }
  }
}
