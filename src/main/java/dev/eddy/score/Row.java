package dev.eddy.score;

/**
 * A row that stages fill, one column after the other; what isn't set is null. Columns are numbered
 * from 0 over all stages.
 */
public interface Row {
  /** Sets a column of FLOAT. */
  void setFloat(int column, float value);

  /** Sets columns of FLOAT that follow one another; the values are copied. */
  void setFloats(int firstColumn, float[] values, int offset, int count);

  /** Sets a column of DOUBLE. */
  void setDouble(int column, double value);

  /** Sets a column of LONG or TIME. */
  void setLong(int column, long value);

  /** Sets a column of WORD to its {@code word}-th, from 0. */
  void setWord(int column, int word);

  /** Sets a column of FLOATS; the values are copied. */
  void setArray(int column, float[] values);

  /** Whether a column was set. */
  boolean isSet(int column);

  /**
   * A column as 64 bits: a float's or double's own, a long, the number of a word; equal for equal
   * values. Not of FLOATS.
   */
  long bits(int column);
}
