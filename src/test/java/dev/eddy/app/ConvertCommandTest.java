package dev.eddy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertCommandTest {
  private static final Path MODEL = Path.of("models/pumps/model.yaml");

  @TempDir Path folder;

  private String applied(Path model) throws IOException {
    Path input = folder.resolve("input.csv");
    Files.writeString(input, "0.1,0.2,0.3,0.4,0.5\n".repeat(5) + "-1,0,1,2,3\n".repeat(5));
    Invocation run = Invocation.of("apply", model, input);
    assertThat(run.err()).isEmpty();
    return run.out();
  }

  @Test
  void shouldWriteAModelThatGivesTheSameBytes() throws IOException {
    Path out = folder.resolve("out.yaml");

    Invocation run = Invocation.of("convert", MODEL, out);

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).contains("out.yaml", "out.safetensors");
    assertThat(applied(out)).isEqualTo(applied(MODEL)).contains("vibration");
  }

  @Test
  void shouldScoreAsTheDescriptionThatAnOnnxFileWasMadeFrom() throws IOException {
    Path home = Path.of("models/machine-temperature");
    Path input = folder.resolve("values.csv");
    Files.writeString(input, "0.5\n-0.25\n1\n".repeat(20));
    Path converted = folder.resolve("converted.yaml");
    assertThat(Invocation.of("convert", home.resolve("model.onnx"), converted).exitCode()).isZero();

    String scores = Invocation.of("apply", home.resolve("model.onnx"), input).out();

    assertThat(scores).hasLineCount(61);
    assertThat(Invocation.of("apply", converted, input).out()).isEqualTo(scores);
    assertThat(Invocation.of("apply", home.resolve("model.yaml"), input).out()).isEqualTo(scores);
  }

  @Test
  void shouldReplaceFilesOnlyWhereToldTo() throws IOException {
    Path out = folder.resolve("out.yaml");
    Path weights = folder.resolve("out.safetensors");
    Files.writeString(weights, "mine");

    Invocation refused = Invocation.of("convert", MODEL, out);

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("out.safetensors: exists already", "--force");
    assertThat(Files.readString(weights)).isEqualTo("mine");
    assertThat(out).doesNotExist();
    assertThat(Invocation.of("convert", MODEL, out, "--force").exitCode()).isZero();
    assertThat(applied(out)).isEqualTo(applied(MODEL));
  }

  @Test
  void shouldNameWhatCanNotBeWritten() {
    assertThat(Invocation.of("convert", MODEL, folder.resolve("out.onnx")).err())
        .contains("out.onnx: a description's name ends in .yaml");
    assertThat(Invocation.of("convert", MODEL, MODEL, "--force").err())
        .contains("model.yaml: can't be written: it is the model itself");
    assertThat(Invocation.of("convert", MODEL, folder.resolve("none/out.yaml")).err())
        .contains("none/out.yaml: can't be written")
        .hasLineCount(1);
    assertThat(
            Invocation.of("convert", folder.resolve("none.onnx"), folder.resolve("o.yaml")).err())
        .contains("none.onnx")
        .hasLineCount(1);
  }
}
