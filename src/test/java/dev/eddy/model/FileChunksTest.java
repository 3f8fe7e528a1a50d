package dev.eddy.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
