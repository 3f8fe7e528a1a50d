package dev.eddy.frames;

/**
 * Where a key keeps, beside its state, what is too much to be read and written with every frame:
 * closed panes of windows, chunks of samples. Small blocks of bytes under a part and an index.
 */
public interface Cells {
  /** What was put there; null for nothing. */
  byte[] get(byte part, long index);

  /** The array is kept. */
  void put(byte part, long index, byte[] value);

  void delete(byte part, long index);
}
