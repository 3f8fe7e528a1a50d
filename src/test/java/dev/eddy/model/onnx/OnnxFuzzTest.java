package dev.eddy.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files end in a model or in one line; {@code Fuzz} runs many more of them. */
class OnnxFuzzTest {
  private static final long FIRST_SEED = 1;
  private static final int FILES = 600;

  @TempDir Path folder;

  @Test
  void shouldReadOrRefuseDamagedFiles() throws IOException {
    List<byte[]> samples = Samples.all().values().stream().map(ModelProto::toByteArray).toList();
    Fuzz fuzz = new Fuzz(folder, samples);

    for (long seed = FIRST_SEED; seed < FIRST_SEED + FILES; seed++) {
      fuzz.run(seed);
    }

    assertThat(fuzz.finds()).isEmpty();
    assertThat(fuzz.accepted()).isGreaterThan(FILES / 20);
    assertThat(fuzz.refused()).isGreaterThan(FILES / 4);
  }
}
