package dev.eddy.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.model.ModelException;
import dev.eddy.model.ModelManifest;
import dev.eddy.model.Provenance;
import dev.eddy.model.Timeline;
import dev.eddy.model.Timeline.Activation;
import dev.eddy.model.Timeline.Mode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ModelRecordsTest {
  private static final ModelManifest MANIFEST =
      new ModelManifest(
          "pumps",
          7,
          "layers: []",
          1_000_000,
          2,
          "00ff",
          "1a07",
          new Provenance("me", Instant.ofEpochMilli(5), "m.yaml", Map.of("b", "2", "a", "1")),
          "sig");
  private static final Timeline TIMELINE =
      new Timeline(
          List.of(
              new Activation(6, Timeline.ALWAYS, Mode.LIVE, 1000, 1, "me"),
              new Activation(7, 1234, Mode.LIVE, 25, 2, "you"),
              new Activation(6, 5000, Mode.ROLLBACK, 1000, 3, "me")));
  private static final ModelRecords.Refusal REFUSAL =
      new ModelRecords.Refusal("pumps", 7, "eddy-pumps", "because", Instant.ofEpochMilli(9));

  @Test
  void shouldReadWhatItWrote() {
    assertThat(ModelRecords.manifest(ModelRecords.encode(MANIFEST))).isEqualTo(MANIFEST);
    assertThat(ModelRecords.timeline(ModelRecords.encode("pumps", TIMELINE))).isEqualTo(TIMELINE);
    assertThat(ModelRecords.refusal(ModelRecords.encode(REFUSAL))).isEqualTo(REFUSAL);
    byte[] piece = {1, 2, 3};
    assertThat(ModelRecords.chunk(ModelRecords.chunk(4, piece), 4)).isEqualTo(piece);
    assertThatThrownBy(() -> ModelRecords.chunk(ModelRecords.chunk(4, piece), 5))
        .hasMessage("chunk 4 is in the place of 5");
  }

  @Test
  void shouldTellOfAManifestThatDoesntHaveItsChecksum() {
    byte[] bytes = ModelRecords.encode(MANIFEST);
    String text = new String(bytes, StandardCharsets.ISO_8859_1).replace("layers", "layerz");
    assertThatThrownBy(() -> ModelRecords.manifest(text.getBytes(StandardCharsets.ISO_8859_1)))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("model \"pumps\" version 7: the checksum is ");
  }

  @Test
  void shouldRefuseGarbageWithoutAnythingButAModelException() {
    SplittableRandom random = new SplittableRandom(11);
    List<byte[]> good =
        List.of(
            ModelRecords.encode(MANIFEST),
            ModelRecords.encode("pumps", TIMELINE),
            ModelRecords.chunk(0, new byte[100]),
            ModelRecords.encode(REFUSAL));
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = good.get(random.nextInt(good.size())).clone();
      switch (random.nextInt(3)) {
        case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        default -> random.nextBytes(bytes);
      }
      byte[] damaged = bytes;
      for (Runnable reading :
          List.<Runnable>of(
              () -> ModelRecords.manifest(damaged),
              () -> ModelRecords.timeline(damaged),
              () -> ModelRecords.refusal(damaged),
              () -> ModelRecords.chunk(damaged, 0))) {
        try {
          reading.run();
        } catch (ModelException e) {
          assertThat(e.getMessage()).doesNotContain("\n");
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(60_000);
  }
}
