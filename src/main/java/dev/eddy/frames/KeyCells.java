package dev.eddy.frames;

/** The cells of one stage, of the key in hand. */
public final class KeyCells {
  private static final int PARTS = 2;

  private final byte first;
  private final SmallCells cells;

  /**
   * @param stage its place in the row
   * @param cells of all stages
   */
  KeyCells(int stage, SmallCells cells) {
    this.first = (byte) (PARTS * stage);
    this.cells = cells;
  }

  byte[] get(int part, long index) {
    return cells.get((byte) (first + part), index);
  }

  /** Of a cell that is not there yet. */
  void put(int part, long index, byte[] value) {
    cells.put((byte) (first + part), index, value);
  }

  /** Of a cell that is there, with as many bytes. */
  void replace(int part, long index, byte[] value) {
    cells.replace((byte) (first + part), index, value);
  }

  void delete(int part, long index) {
    cells.delete((byte) (first + part), index);
  }
}
