package dev.eddy.streams.models;

import dev.eddy.avro.ModelRecords;
import dev.eddy.model.ModelException;
import dev.eddy.model.ModelManifest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Joins the chunks of a version as they come to few long pieces. A collector copies what lives
 * among the young, and stops the stream for as long: a chunk here is gone before that, and arrays
 * as long as the pieces are never moved.
 *
 * <p>A manifest can claim anything: what comes is refused as soon as it is more than that.
 */
final class ChunkAssembly implements TopicReader.Values {
  private static final int PIECE_BYTES = 32 << 20;

  private final ModelManifest manifest;
  private final int mostPieceBytes;
  private final List<byte[]> pieces = new ArrayList<>();
  private final Map<Integer, byte[]> early = new TreeMap<>(); // those before them are to come
  private int next;
  private long joined;
  private long received; // joined or early
  private int used; // of the last piece

  /**
   * @throws ModelException if there can't be so many chunks
   */
  ChunkAssembly(ModelManifest manifest) {
    this(manifest, PIECE_BYTES);
  }

  ChunkAssembly(ModelManifest manifest, int mostPieceBytes) {
    this.manifest = manifest;
    this.mostPieceBytes = mostPieceBytes;
    if (manifest.chunks() > manifest.tensorBytes()) { // none is empty
      throw new ModelException(
          manifest.id()
              + ": "
              + manifest.tensorBytes()
              + " bytes of tensors can't be in "
              + manifest.chunks()
              + " chunks");
    }
  }

  /**
   * Takes a chunk; one that has come already changes nothing.
   *
   * @throws ModelException if the record is no chunk, or another one, or one too many
   */
  @Override
  public void accept(int number, byte[] record) {
    if (number < next || early.containsKey(number)) {
      return;
    }
    byte[] chunk;
    try {
      chunk = ModelRecords.chunk(record, number);
    } catch (ModelException e) {
      throw new ModelException(manifest.id() + ": chunk " + number + ": " + e.getMessage(), e);
    }
    received += chunk.length;
    if (received > manifest.tensorBytes()) {
      throw new ModelException(
          manifest.id()
              + ": the tensors have "
              + received
              + " bytes or more, "
              + manifest.tensorBytes()
              + " were published");
    }
    early.put(number, chunk);
    for (byte[] one = early.remove(next); one != null; one = early.remove(next)) {
      join(one);
      next++;
    }
  }

  private void join(byte[] chunk) {
    int done = 0;
    while (done < chunk.length) {
      if (pieces.isEmpty() || used == last().length) {
        pieces.add(new byte[(int) Math.max(chunk.length - done, pieceBytes())]);
        used = 0;
      }
      int count = Math.min(chunk.length - done, last().length - used);
      System.arraycopy(chunk, done, last(), used, count);
      done += count;
      used += count;
      joined += count;
    }
  }

  /** As many as are to come, but no more than some at once. */
  private long pieceBytes() {
    return Math.min(mostPieceBytes, manifest.tensorBytes() - joined);
  }

  private byte[] last() {
    return pieces.get(pieces.size() - 1);
  }

  /**
   * All that was published.
   *
   * @throws ModelException if a chunk is missing
   */
  List<byte[]> pieces() {
    if (next < manifest.chunks()) {
      throw new ModelException(
          manifest.id() + ": chunk " + next + " of " + manifest.chunks() + " is missing");
    }
    if (!pieces.isEmpty() && used < last().length) {
      pieces.set(pieces.size() - 1, Arrays.copyOf(last(), used));
    }
    return pieces;
  }
}
