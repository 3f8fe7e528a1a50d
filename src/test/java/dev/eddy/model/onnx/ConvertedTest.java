package dev.eddy.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.kernel.KernelBackend;
import dev.eddy.kernel.Kernels;
import dev.eddy.model.ImportOptions;
import dev.eddy.model.Model;
import dev.eddy.model.ModelWriter;
import dev.eddy.network.Network;
import dev.eddy.network.NetworkTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An imported model, written as a description and read again, is the same one. */
class ConvertedTest {
  private static final Kernels KERNELS = KernelBackend.find().kernels();
  private static final int FRAMES = 17;

  @TempDir Path folder;

  static Set<String> samples() {
    return Samples.all().keySet();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void shouldGiveTheSameValuesWhenConverted(String sample) throws IOException {
    Path file = folder.resolve("input.onnx");
    byte[] bytes = Samples.all().get(sample).toByteArray();
    Files.write(file, bytes);
    Model model = OnnxImport.read(file, ImportOptions.NONE);
    Path description = folder.resolve("converted.yaml");

    ModelWriter.write(model, description);
    Model converted = Model.read(description);

    assertThat(converted.graph()).isEqualTo(model.graph());
    assertThat(converted.outputs()).isEqualTo(model.outputs());
    assertThat(converted.id()).isEqualTo(model.id());
    assertThat(frames(converted)).isNotEmpty().containsExactlyElementsOf(frames(model));
  }

  @Test
  void shouldRenameALayerThatIsCalledInput() throws IOException {
    Path file = folder.resolve("input.onnx");
    Files.write(
        file,
        Protos.model(
                Protos.node("MatMul", "x w", "a").setName("input"),
                Protos.node("Relu", "a", "y"),
                Protos.weights("w", 3, 2))
            .build()
            .toByteArray());
    Model model = OnnxImport.read(file, ImportOptions.NONE);

    ModelWriter.write(model, folder.resolve("converted.yaml"));
    Model converted = Model.read(folder.resolve("converted.yaml"));

    assertThat(converted.graph().nodes().get(0).name()).isEqualTo("input_");
    assertThat(frames(converted)).containsExactlyElementsOf(frames(model));
  }

  private static List<Float> frames(Model model) {
    Network network = model.network(KERNELS);
    NetworkTask task = network.newTask();
    float[] state = network.newState();
    List<Float> made = new ArrayList<>();
    Random random = new Random(5);
    float[] frame = new float[network.input().size()];
    int size = model.outputs().size();
    for (int i = 0; i < FRAMES; i++) {
      for (int j = 0; j < frame.length; j++) {
        frame[j] = random.nextFloat() - 0.5f;
      }
      task.step(frame, 0, state, (values, offset) -> add(made, values, offset, size));
    }
    task.flush(state, (values, offset) -> add(made, values, offset, size));
    return made;
  }

  private static void add(List<Float> made, float[] values, int offset, int size) {
    for (int i = 0; i < size; i++) {
      made.add(values[offset + i]);
    }
  }
}
