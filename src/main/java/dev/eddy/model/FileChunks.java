package dev.eddy.model;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.zip.CRC32C;

/**
 * A file's bytes in chunks that are read each time they are asked for, so that a large model
 * doesn't have to be in memory while it is published. A chunk that isn't what it was first is
 * refused.
 */
final class FileChunks extends AbstractList<byte[]> implements RandomAccess {
  private final Path file;
  private final int chunkBytes;
  private final long length;
  private final List<Long> checks; // of each chunk

  FileChunks(Path file, int chunkBytes, long length, List<Long> checks) {
    this.file = file;
    this.chunkBytes = chunkBytes;
    this.length = length;
    this.checks = List.copyOf(checks);
  }

  static long check(byte[] chunk) {
    CRC32C check = new CRC32C();
    check.update(chunk, 0, chunk.length);
    return check.getValue();
  }

  /**
   * Reads a chunk.
   *
   * @throws ModelException if the file can't be read, or has changed
   */
  @Override
  public byte[] get(int index) {
    long at = (long) checkedIndex(index) * chunkBytes;
    byte[] chunk = new byte[bytesOf(index)];
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      in.seek(at);
      in.readFully(chunk);
    } catch (IOException e) {
      throw new ModelException(file + ": can't be read again: " + e.getMessage(), e);
    }
    if (check(chunk) != checks.get(index)) {
      throw new ModelException(file + ": has changed while it was read");
    }
    return chunk;
  }

  /** How long a chunk is, without reading it. */
  int bytesOf(int index) {
    return (int) Math.min(chunkBytes, length - (long) checkedIndex(index) * chunkBytes);
  }

  private int checkedIndex(int index) {
    return Objects.checkIndex(index, checks.size());
  }

  @Override
  public int size() {
    return checks.size();
  }
}
