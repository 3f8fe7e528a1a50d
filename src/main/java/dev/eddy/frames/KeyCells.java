package dev.eddy.frames;

/** The cells of one stage, of the key in hand. */
public final class KeyCells {
  private static final int PARTS = 2;

  private final byte first;
  private Cells cells;

  /**
   * @param stage its place in the row
   */
  KeyCells(int stage) {
    this.first = (byte) (PARTS * stage);
  }

  void of(Cells cells) {
    this.cells = cells;
  }

  byte[] get(int part, long index) {
    return cells.get((byte) (first + part), index);
  }

  void put(int part, long index, byte[] value) {
    cells.put((byte) (first + part), index, value);
  }

  void delete(int part, long index) {
    cells.delete((byte) (first + part), index);
  }
}
