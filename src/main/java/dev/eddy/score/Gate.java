package dev.eddy.score;

import dev.eddy.layer.StatePart;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Lets out the rows that an {@link Emit} says. Immutable, shared by all threads; what it remembers
 * is its part of the key's state.
 */
public final class Gate {
  private static final int NUMBER = 1; // of the row that is held, behind whether one is
  private static final int TIME = NUMBER + Numbers.LONG;
  private static final int VERSION = TIME + Numbers.LONG;
  private static final int HELD = VERSION + Numbers.LONG;

  private final Emit emit;
  private final RowMemory memory; // null without
  private final int column; // of a limit
  private final Column.Type type; // of that

  /**
   * @param columns of a row, over all stages; not those of time and the like
   * @throws IllegalArgumentException if the column that it goes by isn't there, or no number
   */
  public Gate(Emit emit, List<Column> columns) {
    this.emit = emit;
    if (emit instanceof Emit.Above above) {
      column = number(columns, above);
      type = columns.get(column).type();
      memory = null;
      return;
    }
    column = -1;
    type = null;
    if (emit instanceof Emit.Change change) {
      memory = new RowMemory(columns, changing(columns, change));
    } else if (emit instanceof Emit.End) {
      memory = new RowMemory(columns, IntStream.range(0, columns.size()).toArray());
    } else {
      memory = null;
    }
  }

  private static int number(List<Column> columns, Emit.Above above) {
    List<String> usual = List.of(LikelihoodStage.ANOMALY_LIKELIHOOD, ClassStage.PROBABILITY);
    int found = -1;
    if (above.column().isPresent()) {
      found = index(columns, above.column().get());
    } else {
      for (String name : usual) {
        found = found < 0 ? index(columns, name) : found;
      }
      found = found < 0 && columns.size() == 1 ? 0 : found;
    }
    if (found < 0 || !isNumber(columns.get(found).type())) {
      throw new IllegalArgumentException(
          "above needs the name of a column with numbers"
              + above.column().map(name -> ", got \"" + name + "\"").orElse("")
              + "; there are "
              + columns.stream().filter(c -> isNumber(c.type())).map(Column::name).toList());
    }
    // an output of the model may have such a name and any range
    boolean toOne =
        List.of(LikelihoodStage.COLUMN, ClassStage.PROBABILITY_COLUMN).contains(columns.get(found));
    if (toOne && !(above.limit() >= 0 && above.limit() < 1)) {
      throw new IllegalArgumentException(
          "above("
              + above.limit()
              + ") of "
              + columns.get(found).name()
              + ", which is 0 to 1, lets out all or none; write a number from 0 to less than 1");
    }
    return found;
  }

  private static int[] changing(List<Column> columns, Emit.Change change) {
    Optional<String> name = change.column();
    int label = index(columns, name.orElse(ClassStage.LABEL));
    if (label >= 0 && columns.get(label).type() != Column.Type.FLOATS) {
      return new int[] {label};
    }
    if (name.isPresent()) {
      throw new IllegalArgumentException(
          "change of the column \""
              + name.get()
              + "\"; there are "
              + columns.stream().map(Column::name).toList());
    }
    return IntStream.range(0, columns.size()).toArray();
  }

  private static boolean isNumber(Column.Type type) {
    return type == Column.Type.FLOAT || type == Column.Type.DOUBLE || type == Column.Type.LONG;
  }

  private static int index(List<Column> columns, String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /** Its part of a key's state; a fresh one is all zeros. */
  public List<StatePart> stateParts() {
    List<StatePart> parts = new ArrayList<>();
    if (emit instanceof Emit.Change) {
      parts.add(new StatePart("last", 1 + memory.length()));
    } else if (emit instanceof Emit.Nth nth) {
      parts.add(new StatePart("count.n" + nth.count(), 1));
    } else if (emit instanceof Emit.End) {
      parts.add(new StatePart("held", HELD + memory.length()));
    }
    return parts;
  }

  /**
   * Whether a row goes out now.
   *
   * @param number of the row's frame
   * @param timeMs that the row speaks of
   * @param version of the model that made it
   * @param state the key's state; from {@code at} on its part, which becomes the next one
   */
  public boolean passes(Row row, long number, long timeMs, long version, float[] state, int at) {
    if (emit instanceof Emit.Change) {
      if (state[at] != 0 && !memory.differs(row, state, at + 1)) {
        return false;
      }
      state[at] = 1;
      memory.keep(row, state, at + 1);
      return true;
    } else if (emit instanceof Emit.Above above) {
      return row.isSet(column) && number(row.bits(column)) > above.limit();
    } else if (emit instanceof Emit.Nth nth) {
      state[at] = state[at] + 1 == nth.count() ? 0 : state[at] + 1;
      return state[at] == 0;
    } else if (emit instanceof Emit.End) {
      state[at] = 1;
      Numbers.putLong(number, state, at + NUMBER);
      Numbers.putLong(timeMs, state, at + TIME);
      Numbers.putLong(version, state, at + VERSION);
      memory.keep(row, state, at + HELD);
      return false;
    }
    return true;
  }

  private double number(long bits) {
    return switch (type) {
      case FLOAT -> Float.intBitsToFloat((int) bits);
      case DOUBLE -> Double.longBitsToDouble(bits);
      default -> bits;
    };
  }

  /** Whether a row waits for the end of its sequence. */
  public boolean holds(float[] state, int at) {
    return emit instanceof Emit.End && state[at] != 0;
  }

  /** Of the row that waits, the number of its frame. */
  public long heldNumber(float[] state, int at) {
    return Numbers.getLong(state, at + NUMBER);
  }

  /** Of the row that waits, the time that it speaks of. */
  public long heldTimeMs(float[] state, int at) {
    return Numbers.getLong(state, at + TIME);
  }

  /** Of the row that waits, the version of the model that made it, which may score no more. */
  public long heldVersion(float[] state, int at) {
    return Numbers.getLong(state, at + VERSION);
  }

  /** Fills the row that waited. */
  public void restore(float[] state, int at, Row row) {
    memory.restore(state, at + HELD, row);
  }
}
