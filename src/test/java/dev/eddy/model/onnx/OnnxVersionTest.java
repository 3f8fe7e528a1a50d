package dev.eddy.model.onnx;

import static dev.eddy.model.onnx.Protos.node;
import static dev.eddy.model.onnx.Protos.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.model.ImportOptions;
import dev.eddy.model.Model;
import dev.eddy.model.ModelException;
import dev.eddy.model.ModelFile;
import dev.eddy.model.PackedModel;
import dev.eddy.model.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An ONNX file as a published version. */
class OnnxVersionTest {
  @TempDir Path folder;

  private Path file(ModelProto.Builder model) throws IOException {
    return Files.write(folder.resolve("m.onnx"), model.build().toByteArray());
  }

  private static PackedModel packed(Path file, ImportOptions options) {
    return PackedModel.of(
        new ModelFile(file, options),
        "pumps",
        7,
        "",
        new Provenance("me", Instant.EPOCH, "m.onnx", Map.of()));
  }

  private static List<Float> steps(Model model) {
    var network = model.network(KernelBackend.find().kernels());
    float[] state = network.newState();
    List<Float> out = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      float[] in = {i, 1 - i, 0.5f};
      network
          .newTask()
          .step(
              in,
              0,
              state,
              (values, at) -> {
                for (int j = 0; j < network.output().size(); j++) {
                  out.add(values[at + j]);
                }
              });
    }
    return out;
  }

  @Test
  void shouldGiveTheModelOfTheFileUnderItsNewName() throws IOException {
    ImportOptions options = new ImportOptions(OptionalInt.of(1), Optional.of("y"));
    Path file = file(Protos.model(node("MatMul", "x w", "y"), weights("w", 3, 4)));
    PackedModel packed = packed(file, options);
    packed.checkTensors();
    assertThat(packed.manifest().description()).isEqualTo("onnx: {time-axis: 1, output: \"y\"}\n");
    assertThat(packed.model().id()).isEqualTo("model \"pumps\" version 7");
    assertThat(packed.model().outputs()).isEqualTo(List.of("y_0", "y_1", "y_2", "y_3"));
    assertThat(steps(packed.model()))
        .hasSize(20)
        .isEqualTo(steps(new ModelFile(file, options).read()));
    assertThat(packed(file, ImportOptions.NONE).manifest().description()).isEqualTo("onnx: {}\n");
  }

  @Test
  void shouldRefuseWhatIsNoOnnxFileOrHasItsWeightsElsewhere() throws IOException {
    Path file = Files.write(folder.resolve("bad.onnx"), new byte[] {1, 2, 3});
    assertThatThrownBy(() -> packed(file, ImportOptions.NONE).model())
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("pumps-7.onnx")
        .hasMessageContaining("not an ONNX file");
    Files.write(folder.resolve("w.bin"), new byte[48]);
    Path outside =
        file(
            Protos.model(
                node("MatMul", "x w", "y"),
                Protos.external("w", new String[] {"location", "w.bin"}, 3, 4)));
    new ModelFile(outside, ImportOptions.NONE).read();
    assertThatThrownBy(() -> packed(outside, ImportOptions.NONE).model())
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("external data \"w.bin\"");
  }
}
