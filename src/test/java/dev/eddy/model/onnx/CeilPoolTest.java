package dev.eddy.model.onnx;

import static dev.eddy.model.onnx.Protos.model;
import static dev.eddy.model.onnx.Protos.node;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.model.ImportOptions;
import dev.eddy.model.Model;
import dev.eddy.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Pools over time whose last window sticks out. */
class CeilPoolTest {
  @TempDir Path folder;

  static Stream<Arguments> pools() {
    return Stream.of(
        Arguments.of(average(2, 2, 1, 1), floats(1, 2, 3), floats(0.5f, 2.5f)),
        Arguments.of(average(2, 2, 1, 1), floats(1, 2, 3, 4), floats(0.5f, 2.5f, 2)),
        Arguments.of(
            average(2, 2, 1, 1), floats(1, 2, 3, 4, 5, 6, 7), floats(0.5f, 2.5f, 4.5f, 6.5f)),
        Arguments.of(average(3, 2, 1, 0), floats(1, 2, 3, 4), floats(1, 3)),
        Arguments.of(average(3, 2, 0, 0), floats(1, 2, 3, 5), floats(2, 4)),
        Arguments.of(average(4, 3, 0, 1), floats(1, 2, 3, 4, 6), floats(2.5f, 10f / 3)),
        Arguments.of(lp(3, 2, 0, 0), floats(3, 4, 0, 12), floats(5, 12)),
        Arguments.of(lp(3, 2, 1, 1), floats(3, 4, 0, 12), floats(5, (float) Math.sqrt(160), 12)),
        Arguments.of(lp(2, 2, 1, 1), floats(3, 4, 3), floats(3, 5)));
  }

  private static NodeProto.Builder average(long kernel, long stride, long before, long after) {
    return pool("AveragePool", "count_include_pad", 1, kernel, stride, before, after);
  }

  private static NodeProto.Builder lp(long kernel, long stride, long before, long after) {
    return pool("LpPool", "p", 2, kernel, stride, before, after);
  }

  private static NodeProto.Builder pool(
      String op, String name, int value, long kernel, long stride, long before, long after) {
    return node(
        op,
        "t",
        "y",
        "kernel_shape",
        new long[] {kernel},
        "strides",
        new long[] {stride},
        "pads",
        new long[] {before, after},
        "ceil_mode",
        1,
        name,
        value);
  }

  private static float[] floats(float... values) {
    return values;
  }

  @ParameterizedTest
  @MethodSource("pools")
  void shouldStartNoWindowBehindTheValuesAndCountNothingBehindThePadding(
      NodeProto.Builder pool, float[] values, float[] expected) throws IOException {
    Path file = folder.resolve("m.onnx");
    NodeProto.Builder transpose = node("Transpose", "x", "t", "perm", new long[] {0, 2, 1});
    Files.write(
        file,
        model(transpose, pool)
            .clearOpsetImport()
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(19))
            .build()
            .toByteArray());
    Network network = Model.read(file, ImportOptions.NONE).network(KernelBackend.find().kernels());
    List<Float> got = new ArrayList<>();
    float[] state = network.newState();
    for (float value : values) {
      float[] frame = {value, 0, 0};
      network.newTask().step(frame, 0, state, (frames, at) -> got.add(frames[at]));
    }
    network.newTask().flush(state, (frames, at) -> got.add(frames[at]));

    assertThat(got).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(got.get(i)).as("frame %d", i).isCloseTo(expected[i], within());
    }
  }

  private static Offset<Float> within() {
    return Offset.offset(1e-5f);
  }
}
