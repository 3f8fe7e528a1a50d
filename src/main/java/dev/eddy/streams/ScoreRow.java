package dev.eddy.streams;

import dev.eddy.avro.Score;
import dev.eddy.avro.ScoreSchema;
import dev.eddy.score.Column;
import dev.eddy.score.Row;
import java.util.ArrayList;
import java.util.List;

/** A score as the row that stages fill; one per task, for one score after the other. */
final class ScoreRow implements Row {
  private final List<Column> columns;
  private final int[] words; // [column] number of the word that was set
  private Score score;

  ScoreRow(List<Column> columns) {
    this.columns = columns;
    this.words = new int[columns.size()];
  }

  void of(Score score) {
    this.score = score;
  }

  /**
   * The columns of scores.
   *
   * @throws IllegalArgumentException if names can't be columns
   */
  static ScoreSchema schema(String name, List<Column> columns) {
    List<ScoreSchema.Column> all = new ArrayList<>();
    for (Column column : columns) {
      ScoreSchema.Type type =
          switch (column.type()) {
            case FLOAT -> ScoreSchema.Type.FLOAT;
            case DOUBLE -> ScoreSchema.Type.DOUBLE;
            case LONG -> ScoreSchema.Type.LONG;
            case TIME -> ScoreSchema.Type.TIME;
            case WORD -> ScoreSchema.Type.STRING;
            case FLOATS -> ScoreSchema.Type.FLOATS;
          };
      all.add(
          new ScoreSchema.Column(
              ScoreSchema.columnName(column.name()), type, column.nullable(), column.doc()));
    }
    return ScoreSchema.of("Score", "dev.eddy." + ScoreSchema.columnName(name), all);
  }

  @Override
  public void setFloat(int column, float value) {
    score.setFloat(column, value);
  }

  @Override
  public void setFloats(int firstColumn, float[] values, int offset, int count) {
    score.setFloats(firstColumn, values, offset, count);
  }

  @Override
  public void setDouble(int column, double value) {
    score.setDouble(column, value);
  }

  @Override
  public void setLong(int column, long value) {
    if (columns.get(column).type() == Column.Type.TIME) {
      score.setTime(column, value);
    } else {
      score.setLong(column, value);
    }
  }

  @Override
  public void setWord(int column, int word) {
    words[column] = word;
    score.setText(column, columns.get(column).words().get(word));
  }

  @Override
  public void setArray(int column, float[] values) {
    score.setArray(column, values);
  }

  @Override
  public boolean isSet(int column) {
    return score.isSet(column);
  }

  @Override
  public long bits(int column) {
    return columns.get(column).type() == Column.Type.WORD ? words[column] : score.bits(column);
  }
}
