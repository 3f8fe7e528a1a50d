package dev.eddy.score;

import java.util.List;

/** Columns of a row as values of a state: for each whether it is set, and its 64 bits. */
final class RowMemory {
  private static final int CELL = 1 + Numbers.LONG;

  private final int[] columns;
  private final Column.Type[] types;

  /**
   * @param all columns of a row
   * @param columns numbers of those that are remembered
   */
  RowMemory(List<Column> all, int[] columns) {
    this.columns = columns;
    this.types = new Column.Type[columns.length];
    for (int i = 0; i < columns.length; i++) {
      types[i] = all.get(columns[i]).type();
    }
  }

  int length() {
    return CELL * columns.length;
  }

  boolean differs(Row row, float[] state, int at) {
    for (int i = 0; i < columns.length; i++) {
      boolean set = row.isSet(columns[i]);
      if (set != (state[at + CELL * i] != 0)
          || set && row.bits(columns[i]) != Numbers.getLong(state, at + CELL * i + 1)) {
        return true;
      }
    }
    return false;
  }

  void keep(Row row, float[] state, int at) {
    for (int i = 0; i < columns.length; i++) {
      boolean set = row.isSet(columns[i]);
      state[at + CELL * i] = set ? 1 : 0;
      Numbers.putLong(set ? row.bits(columns[i]) : 0, state, at + CELL * i + 1);
    }
  }

  void restore(float[] state, int at, Row row) {
    for (int i = 0; i < columns.length; i++) {
      if (state[at + CELL * i] == 0) {
        continue;
      }
      long bits = Numbers.getLong(state, at + CELL * i + 1);
      switch (types[i]) {
        case FLOAT -> row.setFloat(columns[i], Float.intBitsToFloat((int) bits));
        case DOUBLE -> row.setDouble(columns[i], Double.longBitsToDouble(bits));
        case LONG, TIME -> row.setLong(columns[i], bits);
        case WORD -> row.setWord(columns[i], (int) bits);
        case FLOATS -> throw new IllegalStateException("arrays are not remembered");
      }
    }
  }
}
