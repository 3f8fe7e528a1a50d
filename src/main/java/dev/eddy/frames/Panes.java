package dev.eddy.frames;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The closed panes of a key's windows, as a queue of two stacks: what is asked for is the sum of
 * all from some pane on, and that pane never goes back.
 *
 * <p>Each pane is a cell. The newer ones hold their own sum and the number of the one before; their
 * sum over all is kept here. When the older ones are used up, those turn: from the last one back
 * each gets the sum from itself on, and the number of the one behind. So a sum costs one cell and
 * one merge, and each pane is turned once, however many a window has.
 */
final class Panes {
  private static final int PART = 0;
  private static final long NONE = Long.MIN_VALUE;

  private final PaneLayout layout;
  private final KeyCells cells;
  private final double[] newer; // the sum of the panes that have not turned
  private final double[] one;
  private final double[] sum;

  private long head = NONE; // the oldest of those that have turned
  private long first = NONE; // of those that have not
  private long last = NONE;

  Panes(PaneLayout layout, KeyCells cells) {
    this.layout = layout;
    this.cells = cells;
    this.newer = new double[layout.length];
    this.one = new double[layout.length];
    this.sum = new double[layout.length];
  }

  /** Adds a pane behind all others. */
  void add(long pane, double[] values) {
    cells.put(PART, pane, cell(last, values));
    first = last == NONE ? pane : first;
    last = pane;
    layout.merge(newer, values);
  }

  /** The sum of all panes from one on, into {@code target}; those before it are forgotten. */
  void sumFrom(long pane, double[] target) {
    while (head != NONE && head < pane) {
      long next = link(cells.get(PART, head));
      cells.delete(PART, head);
      head = next;
    }
    if (head == NONE && last != NONE && first < pane) {
      turn(pane);
    }
    layout.clear(target);
    if (head != NONE) {
      read(cells.get(PART, head), target);
    }
    layout.merge(target, newer);
  }

  private void turn(long from) {
    layout.clear(sum);
    long at = last;
    while (at != NONE) {
      byte[] cell = cells.get(PART, at);
      long before = link(cell);
      if (at < from) {
        cells.delete(PART, at);
      } else {
        read(cell, one);
        layout.merge(one, sum);
        System.arraycopy(one, 0, sum, 0, sum.length);
        cells.replace(PART, at, cell(head, sum));
        head = at;
      }
      at = before;
    }
    first = NONE;
    last = NONE;
    layout.clear(newer);
  }

  /** Forgets all panes. */
  void drop() {
    while (head != NONE) {
      long next = link(cells.get(PART, head));
      cells.delete(PART, head);
      head = next;
    }
    while (last != NONE) {
      long before = link(cells.get(PART, last));
      cells.delete(PART, last);
      last = before;
    }
    clear();
  }

  private byte[] cell(long link, double[] values) {
    ByteBuffer cell =
        ByteBuffer.allocate(8 + 8 * layout.length).order(ByteOrder.LITTLE_ENDIAN).putLong(link);
    cell.asDoubleBuffer().put(values, 0, layout.length);
    return cell.array();
  }

  private static long link(byte[] cell) {
    return ByteBuffer.wrap(cell).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private void read(byte[] cell, double[] target) {
    ByteBuffer bytes = ByteBuffer.wrap(cell).order(ByteOrder.LITTLE_ENDIAN).position(8);
    bytes.asDoubleBuffer().get(target, 0, layout.length);
  }

  void clear() {
    head = NONE;
    first = NONE;
    last = NONE;
    layout.clear(newer);
  }

  void read(ByteBuffer bytes) {
    head = bytes.getLong();
    first = bytes.getLong();
    last = bytes.getLong();
    StateWriter.getDoubles(bytes, newer, layout.length);
  }

  void write(StateWriter bytes) {
    bytes.putLong(head).putLong(first).putLong(last).putDoubles(newer, layout.length);
  }
}
