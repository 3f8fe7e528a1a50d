package dev.eddy.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.kernel.KernelBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PackedModelTest {
  private static final Path PUMPS = Path.of("models/pumps/model.yaml");
  private static final Provenance PROVENANCE =
      new Provenance("me", Instant.ofEpochMilli(5), "model.yaml", Map.of("a", "b"));
  private static final PackedModel PACKED = PackedModel.of(PUMPS, "p", 7, "1a07", PROVENANCE);

  private static PackedModel with(List<byte[]> chunks) {
    return new PackedModel(PACKED.manifest(), chunks);
  }

  @Test
  void shouldGiveTheModelOfTheFilesUnderItsNewName() {
    Model model = PACKED.model();
    Model read = Model.read(PUMPS);
    assertThat(model.id()).isEqualTo("model \"p\" version 7");
    assertThat(model.graph()).isEqualTo(read.graph());
    assertThat(model.outputs()).isEqualTo(read.outputs());
    var kernels = KernelBackend.find().kernels();
    float[] in = {0.1f, -0.2f, 0.3f, -0.4f, 0.5f};
    List<Float> expected = new ArrayList<>();
    List<Float> found = new ArrayList<>();
    for (var each : List.of(Map.entry(read, expected), Map.entry(model, found))) {
      var network = each.getKey().network(kernels);
      float[] state = network.newState();
      var task = network.newTask();
      for (int i = 0; i < 40; i++) {
        task.step(in, 0, state, (values, at) -> each.getValue().add(values[at]));
      }
    }
    assertThat(found).isNotEmpty().isEqualTo(expected);
  }

  @Test
  void shouldBeReadFromChunksCutAnywhere() {
    byte[] whole = PACKED.chunks().get(0);
    List<byte[]> pieces = new ArrayList<>();
    for (int at = 0; at < whole.length; at += 997) {
      pieces.add(Arrays.copyOfRange(whole, at, Math.min(at + 997, whole.length)));
    }
    PackedModel cut = with(pieces);
    cut.checkTensors();
    assertThat(cut.model().graph()).isEqualTo(PACKED.model().graph());
  }

  @Test
  void shouldBeCutIntoChunks() throws Exception {
    Path folder = Files.createTempDirectory("eddy-test-");
    Path file = Files.writeString(folder.resolve("m.yaml"), "weights: w.safetensors\n");
    Files.write(folder.resolve("w.safetensors"), new byte[3 * PackedModel.CHUNK_BYTES + 1]);
    PackedModel packed = PackedModel.of(file, "m", 1, "", PROVENANCE);
    assertThat(packed.chunks())
        .extracting(chunk -> chunk.length)
        .containsExactly(
            PackedModel.CHUNK_BYTES, PackedModel.CHUNK_BYTES, PackedModel.CHUNK_BYTES, 1);
    packed.checkTensors();
    Files.delete(folder.resolve("w.safetensors"));
    assertThatThrownBy(() -> PackedModel.of(file, "m", 1, "", PROVENANCE))
        .isInstanceOf(ModelException.class)
        .hasMessage(folder.resolve("w.safetensors") + ": no such file");
    Files.delete(file);
    Files.delete(folder);
  }

  @Test
  void shouldTellOfOtherTensorsThanWerePublished() {
    byte[] whole = PACKED.chunks().get(0);
    byte[] flipped = whole.clone();
    flipped[whole.length / 2] ^= 1;
    assertThatThrownBy(() -> with(List.of(flipped)).checkTensors())
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("model \"p\" version 7: the tensors' checksum is ");
    assertThatThrownBy(() -> with(List.of(Arrays.copyOf(whole, 100))).checkTensors())
        .hasMessage(
            "model \"p\" version 7: the tensors have 100 bytes, "
                + whole.length
                + " were published");
  }

  @Test
  void shouldCoverEverythingWithItsChecksum() {
    ModelManifest manifest = PACKED.manifest();
    Provenance other = new Provenance("you", Instant.ofEpochMilli(5), "model.yaml", Map.of());
    List<ModelManifest> others =
        List.of(
            PackedModel.of(PUMPS, "q", 7, "1a07", PROVENANCE).manifest(),
            PackedModel.of(PUMPS, "p", 8, "1a07", PROVENANCE).manifest(),
            PackedModel.of(PUMPS, "p", 7, "1a08", PROVENANCE).manifest(),
            PackedModel.of(PUMPS, "p", 7, "1a07", other).manifest(),
            PackedModel.of(Path.of("models/nyc-taxi/model.yaml"), "p", 7, "1a07", PROVENANCE)
                .manifest());
    assertThat(others).extracting(ModelManifest::sha256).doesNotContain(manifest.sha256());
    assertThat(others).filteredOn(manifest::hasContentOf).hasSize(2); // layout, provenance
    assertThat(PACKED.signed("x").manifest().sha256()).isEqualTo(manifest.sha256());
  }

  @Test
  void shouldKnowItsSignature() {
    ModelSignature.Keys mine = ModelSignature.newKeys();
    ModelSignature.Keys yours = ModelSignature.newKeys();
    var myKey = ModelSignature.publicKey(mine.publicKey(), "mine.pub");
    var yourKey = ModelSignature.publicKey(yours.publicKey(), "yours.pub");
    ModelManifest manifest = PACKED.manifest();
    ModelManifest signed =
        manifest.signed(ModelSignature.sign(manifest, mine.privateKey(), "mine.key"));
    ModelSignature.check(signed, List.of(yourKey, myKey));
    assertThatThrownBy(() -> ModelSignature.check(signed, List.of(yourKey)))
        .hasMessage("model \"p\" version 7: the signature is of none of the 1 keys named here");
    assertThatThrownBy(() -> ModelSignature.check(manifest, List.of(myKey)))
        .hasMessageStartingWith("model \"p\" version 7 is not signed");
    ModelManifest moved =
        PackedModel.of(PUMPS, "p", 8, "1a07", PROVENANCE).signed(signed.signature()).manifest();
    assertThatThrownBy(() -> ModelSignature.check(moved, List.of(myKey)))
        .hasMessageContaining("the signature is of none");
    assertThatThrownBy(() -> ModelSignature.check(manifest.signed("?"), List.of(myKey)))
        .hasMessageContaining("the signature can't be checked");
    assertThatThrownBy(() -> ModelSignature.check(manifest.signed("AAAA"), List.of(myKey)))
        .hasMessageContaining("the signature is of none");
    assertThatThrownBy(() -> ModelSignature.publicKey(mine.privateKey(), "mine.key"))
        .hasMessage("mine.key: not a key; it begins with -----BEGIN PUBLIC KEY-----");
    assertThatThrownBy(() -> ModelSignature.sign(manifest, mine.publicKey(), "mine.pub"))
        .hasMessage("mine.pub: not a key; it begins with -----BEGIN PRIVATE KEY-----");
    assertThat(mine.toString()).isEqualTo(mine.publicKey());
  }
}
