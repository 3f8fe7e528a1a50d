package dev.eddy.avro;

/** The logarithm of a field's value that becomes a channel, if any. */
public enum Log {
  /** The value itself. */
  NONE,
  /** The natural logarithm; of values above 0. */
  LOG,
  /** The natural logarithm of 1 more than the value; of values from 0 on. */
  LOG1P;

  /**
   * The logarithm; NaN where there is none. The same on every machine.
   *
   * @param value in the field's unit
   */
  public double of(double value) {
    return switch (this) {
      case NONE -> value;
      case LOG -> value > 0 ? StrictMath.log(value) : Double.NaN;
      case LOG1P -> value >= 0 ? StrictMath.log1p(value) : Double.NaN;
    };
  }

  /** Back from the logarithm to the field's unit. */
  public double undo(double logarithm) {
    return switch (this) {
      case NONE -> logarithm;
      case LOG -> StrictMath.exp(logarithm);
      case LOG1P -> StrictMath.expm1(logarithm);
    };
  }

  String accepted() {
    return switch (this) {
      case NONE -> NumberReader.ACCEPTED;
      case LOG -> "; accepted: a number above 0";
      case LOG1P -> "; accepted: a number from 0 on";
    };
  }
}
