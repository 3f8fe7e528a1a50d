package dev.eddy.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileChunksTest {
  @TempDir Path folder;

  /** Twenty bytes in chunks of eight; the first is as it was, the others have changed. */
  private FileChunks changed() throws IOException {
    Path file = Files.write(folder.resolve("m.safetensors"), new byte[20]);
    return new FileChunks(file, 8, 20, List.of(FileChunks.check(new byte[8]), 1L, 2L));
  }

  @Test
  void shouldReadChunksInAnyOrderAndRefuseAFileThatHasChanged() throws Exception {
    Path file = folder.resolve("w");
    Files.write(file, new byte[] {1, 2, 3, 4, 5, 6, 7});
    List<byte[]> chunks =
        new FileChunks(
            file,
            3,
            7,
            List.of(
                FileChunks.check(new byte[] {1, 2, 3}),
                FileChunks.check(new byte[] {4, 5, 6}),
                FileChunks.check(new byte[] {7})));
    assertThat(chunks).hasSize(3);
    assertThat(chunks.get(2)).containsExactly(7);
    assertThat(chunks.get(0)).containsExactly(1, 2, 3);
    assertThatThrownBy(() -> chunks.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
    Files.write(file, new byte[] {1, 2, 3, 4, 0, 6, 7});
    assertThat(chunks.get(0)).containsExactly(1, 2, 3);
    assertThatThrownBy(() -> chunks.get(1))
        .isInstanceOf(ModelException.class)
        .hasMessage(file + ": has changed while it was read");
    Files.write(file, new byte[] {1, 2, 3, 4});
    assertThatThrownBy(() -> chunks.get(1))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(file + ": can't be read again");
  }

  @Test
  void shouldReadTensorsFromPiecesOfWhichSomeAreEmpty() {
    PackedModel packed =
        PackedModels.random(
            "m", 1, "input: {channels: 3}\nlayers: [{dense: {units: 5}}]\noutputs: [y]\n", 1, 1);
    byte[] whole = packed.chunks().get(0);
    List<byte[]> pieces = new ArrayList<>();
    pieces.add(new byte[0]);
    for (byte value : whole) {
      pieces.add(new byte[] {value});
      pieces.add(new byte[0]);
      pieces.add(new byte[0]);
    }
    var expected = SafeTensors.read("x", List.of(whole));
    var found = SafeTensors.read("x", pieces);
    assertThat(expected).isNotEmpty();
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, tensor) -> assertThat(found.get(name).values()).isEqualTo(tensor.values()));
  }

  @Test
  void shouldSayHowLongChunksAreWithoutReadingThem() throws IOException {
    FileChunks chunks = changed();
    assertThat(chunks.get(0)).isEqualTo(new byte[8]);
    assertThat(chunks.bytesOf(1)).isEqualTo(8);
    assertThat(chunks.bytesOf(2)).isEqualTo(4);
    assertThatThrownBy(() -> chunks.bytesOf(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> chunks.get(2)).hasMessageEndingWith("has changed while it was read");
  }

  @Test
  void shouldReadOnlyTheChunksThatATensorFileIsAskedFor() throws IOException {
    FileChunks chunks = changed();
    assertThatThrownBy(() -> SafeTensors.read("m", chunks))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("its header would have 0 bytes, the file has 20");
  }
}
