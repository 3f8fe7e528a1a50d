package dev.eddy.frames;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The cells of one key: as long as they are few and small they stand in its state, so that they
 * cost no access of their own; else in the store. As soon as one is in the store, new ones go there
 * too.
 *
 * <pre>
 * cells in the store (4) | cells here (4) | of each: part (1), index (8), length (4), bytes
 * </pre>
 */
final class SmallCells implements Cells {
  private static final int MOST_BYTES = 1_024;

  private record Cell(byte part, long index, byte[] value) {}

  private final List<Cell> here = new ArrayList<>(); // few: searched one by one
  private Cells store;
  private int bytesHere;
  private int stored;

  /** Takes up a key. */
  void of(Cells store) {
    this.store = store;
    here.clear();
    bytesHere = 0;
    stored = 0;
  }

  private int find(byte part, long index) {
    for (int i = 0; i < here.size(); i++) {
      if (here.get(i).index == index && here.get(i).part == part) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public byte[] get(byte part, long index) {
    int at = find(part, index);
    return at >= 0 ? here.get(at).value : store.get(part, index);
  }

  /** Of a cell that is not there yet. */
  @Override
  public void put(byte part, long index, byte[] value) {
    if (stored == 0 && bytesHere + value.length <= MOST_BYTES) {
      here.add(new Cell(part, index, value));
      bytesHere += value.length;
    } else {
      store.put(part, index, value);
      stored++;
    }
  }

  /** Of a cell that is there, with as many bytes. */
  void replace(byte part, long index, byte[] value) {
    int at = find(part, index);
    if (at >= 0) {
      here.set(at, new Cell(part, index, value));
    } else {
      store.put(part, index, value);
    }
  }

  /** Of a cell that is there. */
  @Override
  public void delete(byte part, long index) {
    int at = find(part, index);
    if (at >= 0) {
      bytesHere -= here.remove(at).value.length;
    } else {
      store.delete(part, index);
      stored--;
    }
  }

  void read(ByteBuffer bytes) {
    stored = bytes.getInt();
    for (int left = bytes.getInt(); left > 0; left--) {
      byte part = bytes.get();
      long index = bytes.getLong();
      byte[] value = new byte[bytes.getInt()];
      bytes.get(value);
      here.add(new Cell(part, index, value));
      bytesHere += value.length;
    }
  }

  void write(StateWriter bytes) {
    bytes.putInt(stored).putInt(here.size());
    for (Cell cell : here) {
      bytes.putByte(cell.part).putLong(cell.index).putInt(cell.value.length).put(cell.value);
    }
  }
}
