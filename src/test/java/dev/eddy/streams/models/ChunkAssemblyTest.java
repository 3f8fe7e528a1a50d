package dev.eddy.streams.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.avro.ModelRecords;
import dev.eddy.model.ModelException;
import dev.eddy.model.ModelManifest;
import dev.eddy.model.Provenance;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkAssemblyTest {
  private static final int PIECE = 16;

  private static ModelManifest manifest(long tensorBytes, int chunks) {
    return new ModelManifest(
        "m",
        1,
        "",
        tensorBytes,
        chunks,
        "",
        "",
        new Provenance("x", Instant.EPOCH, "", Map.of()),
        "");
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  private static byte[] joined(List<byte[]> pieces) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    pieces.forEach(joined::writeBytes);
    return joined.toByteArray();
  }

  /** Chunks shorter and longer than a piece and as long, in any order, each twice. */
  @Test
  void shouldJoinChunksOfAnyLengthInAnyOrder() {
    Random random = new Random(3);
    for (int run = 0; run < 200; run++) {
      byte[] whole = bytes(1 + random.nextInt(200));
      List<byte[]> chunks = new ArrayList<>();
      for (int at = 0; at < whole.length; ) {
        int end = Math.min(whole.length, at + 1 + random.nextInt(run % 2 == 0 ? PIECE : 3 * PIECE));
        chunks.add(Arrays.copyOfRange(whole, at, end));
        at = end;
      }
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < chunks.size(); i++) {
        order.addAll(List.of(i, i));
      }
      Collections.shuffle(order, random);
      ChunkAssembly assembly = new ChunkAssembly(manifest(whole.length, chunks.size()), PIECE);
      order.forEach(i -> assembly.accept(i, ModelRecords.chunk(i, chunks.get(i))));
      assertThat(joined(assembly.pieces())).as("run %d", run).isEqualTo(whole);
      assertThat(assembly.pieces()).noneMatch(piece -> piece.length == 0);
    }
  }

  /** Not when all of it is in memory. */
  @Test
  void shouldRefuseTheFirstChunkThatIsMoreThanWasClaimed() {
    byte[] ten = bytes(10);
    ChunkAssembly inOrder = new ChunkAssembly(manifest(25, 20), PIECE);
    inOrder.accept(0, ModelRecords.chunk(0, ten));
    inOrder.accept(1, ModelRecords.chunk(1, ten));
    assertThatThrownBy(() -> inOrder.accept(2, ModelRecords.chunk(2, ten)))
        .isInstanceOf(ModelException.class)
        .hasMessage("model \"m\" version 1: the tensors have 30 bytes or more, 25 were published");
    ChunkAssembly reversed = new ChunkAssembly(manifest(25, 20), PIECE);
    reversed.accept(19, ModelRecords.chunk(19, ten));
    reversed.accept(18, ModelRecords.chunk(18, ten));
    assertThatThrownBy(() -> reversed.accept(17, ModelRecords.chunk(17, ten)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("30 bytes or more, 25 were published");
  }

  @Test
  void shouldRefuseMoreChunksThanBytes() {
    assertThatThrownBy(() -> new ChunkAssembly(manifest(1, 100_000)))
        .isInstanceOf(ModelException.class)
        .hasMessage("model \"m\" version 1: 1 bytes of tensors can't be in 100000 chunks");
    assertThat(new ChunkAssembly(manifest(0, 0)).pieces()).isEmpty();
  }

  @Test
  void shouldSayWhichChunkIsMissingOrIsNone() {
    ChunkAssembly assembly = new ChunkAssembly(manifest(30, 3), PIECE);
    assembly.accept(0, ModelRecords.chunk(0, bytes(10)));
    assembly.accept(2, ModelRecords.chunk(2, bytes(10)));
    assertThatThrownBy(assembly::pieces)
        .isInstanceOf(ModelException.class)
        .hasMessage("model \"m\" version 1: chunk 1 of 3 is missing");
    assertThatThrownBy(() -> assembly.accept(1, ModelRecords.chunk(2, bytes(10))))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("model \"m\" version 1: chunk 1: ");
  }
}
