package dev.eddy.score;

import dev.eddy.layer.StatePart;
import java.util.ArrayList;
import java.util.List;

/**
 * The class of the largest value, and its probability; of equal values the first.
 *
 * <p>A softmax is {@code exp(y - max) / sum exp(y - max)} in double, with the functions that give
 * the same bits on every machine.
 */
public final class ClassStage implements Stage {
  public static final String LABEL = "label";
  public static final String PROBABILITY = "probability";

  static final Column PROBABILITY_COLUMN =
      Column.of(PROBABILITY, Column.Type.FLOAT, "of the label, 0..1").orNull();

  private final Classes classes;

  public ClassStage(Classes classes) {
    this.classes = classes;
  }

  @Override
  public List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    columns.add(Column.ofWord(LABEL, classes.names(), "the most probable class").orNull());
    columns.add(PROBABILITY_COLUMN);
    if (classes.each()) {
      for (String name : classes.names()) {
        columns.add(
            Column.of(PROBABILITY + "_" + name, Column.Type.FLOAT, "of the class, 0..1").orNull());
      }
    }
    return columns;
  }

  @Override
  public String owner() {
    return "classes";
  }

  @Override
  public List<StatePart> stateParts() {
    return List.of();
  }

  @Override
  public void read(Moment moment, float[] state, int at, Row row, int column) {
    float[] values = moment.output;
    int from = moment.outputAt;
    int count = classes.names().size();
    int label = 0;
    for (int i = 1; i < count; i++) {
      label = values[from + i] > values[from + label] ? i : label;
    }
    row.setWord(column, label);
    if (!classes.softmax()) {
      row.setFloat(column + 1, values[from + label]);
      if (classes.each()) {
        row.setFloats(column + 2, values, from, count);
      }
      return;
    }
    float max = values[from + label];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += StrictMath.exp((double) values[from + i] - max);
    }
    row.setFloat(column + 1, (float) (1 / sum));
    for (int i = 0; classes.each() && i < count; i++) {
      double probability = StrictMath.exp((double) values[from + i] - max) / sum;
      row.setFloat(column + 2 + i, (float) probability);
    }
  }
}
