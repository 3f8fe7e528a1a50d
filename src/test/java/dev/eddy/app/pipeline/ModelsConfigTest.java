package dev.eddy.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.model.ModelSignature;
import dev.eddy.model.YamlException;
import dev.eddy.streams.ModelUpdates;
import dev.eddy.streams.StatePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsConfigTest {
  @TempDir Path folder;

  private PipelineConfig read(String section) throws IOException {
    return PipelineConfig.read(
        Files.writeString(
            folder.resolve("p.yaml"),
            "name: p\nmodel: m.yaml\ninput: {topic: in, channels: [a]}\n" + section));
  }

  private ModelUpdates updates(String section) throws IOException {
    return read(section).models().orElseThrow();
  }

  private void refuses(String section, String message) {
    assertThatThrownBy(() -> read(section))
        .isInstanceOf(YamlException.class)
        .hasMessage(folder.resolve("p.yaml") + ":4: " + message);
  }

  @Test
  void shouldLetTheModelStayWhereNothingIsSaid() throws IOException {
    assertThat(read("").models()).isEmpty();
    assertThat(read("").shadowTopic()).isEmpty();
  }

  @Test
  void shouldTakeDefaults() throws IOException {
    assertThat(updates("models: {}")).isEqualTo(ModelUpdates.from("eddy-models"));
    assertThat(read("models: {}").shadowTopic()).hasValue("p-scores-shadow");
  }

  @Test
  void shouldTakeWhatIsWritten() throws IOException {
    Files.writeString(folder.resolve("us.pub"), ModelSignature.newKeys().publicKey());
    ModelUpdates updates =
        updates(
            "models: {topic: t, on-change: [dual-run, keep], warm-up-frames: 5, dual-run-frames: 6,"
                + " keep-states-for: 1h, max-bytes: 7, public-keys: [us.pub]}");
    assertThat(updates.topic()).isEqualTo("t");
    assertThat(updates.onChange()).containsExactly(StatePolicy.DUAL_RUN, StatePolicy.KEEP);
    assertThat(updates.warmUpFrames()).isEqualTo(5);
    assertThat(updates.dualRunFrames()).isEqualTo(6);
    assertThat(updates.keepStatesFor()).isEqualTo(Duration.ofHours(1));
    assertThat(updates.maxBytes()).isEqualTo(7);
    assertThat(updates.publicKeys()).hasSize(1);
  }

  @Test
  void shouldSayWhereSomethingIsWrong() throws IOException {
    refuses(
        "models: {on-change: [forget]}",
        "models.on-change[0]: \"forget\" is not one of keep, transfer, warm-up, dual-run, reset");
    refuses(
        "models: {on-change: [keep, keep]}",
        "models: on a change of model, name one policy or several different ones, got [KEEP, KEEP]");
    refuses(
        "models: {warm-up-frames: -1}",
        "models.warm-up-frames: \"-1\" is not a whole number from 0 to 100000");
    refuses(
        "models: {public-keys: [no.pub]}",
        "models.public-keys[0]: "
            + folder.resolve("no.pub")
            + " can't be read; eddy models keygen makes keys");
    Files.writeString(folder.resolve("bad.pub"), "x");
    refuses(
        "models: {public-keys: [bad.pub]}",
        "models.public-keys[0]: "
            + folder.resolve("bad.pub")
            + ": not a key; it begins with -----BEGIN PUBLIC KEY-----");
    refuses(
        "models: {live: true}",
        "models.live: unknown key; accepted here: topic, on-change, warm-up-frames, dual-run-frames,"
            + " keep-states-for, max-bytes, public-keys");
  }
}
