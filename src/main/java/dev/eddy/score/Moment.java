package dev.eddy.score;

/**
 * What one row speaks of, handed from stage to stage: an output frame, or an input frame, or both,
 * and what earlier stages found out about them. The scratch of one task.
 */
public final class Moment {
  final Units units;
  final double[] deviation; // [input value] standard deviation within frames, 1 where not learnt

  float[] output; // null where none is known
  int outputAt;
  float[] input; // null where none belongs to the row
  int inputAt;
  double error; // NaN where none is known

  /**
   * @param deviation of each value of an input frame, in the unit of frames; not copied, and the
   *     caller may change it between rows
   */
  public Moment(Units units, double[] deviation) {
    this.units = units;
    this.deviation = deviation;
  }

  /**
   * Begins a row.
   *
   * @param output null where there is none; not copied
   * @param input likewise
   */
  public void set(float[] output, int outputAt, float[] input, int inputAt) {
    this.output = output;
    this.outputAt = outputAt;
    this.input = input;
    this.inputAt = inputAt;
    this.error = Double.NaN;
  }

  /** From a value in a frame back to the field's unit. */
  double unscaled(double value, int channel) {
    return units.of(channel, value);
  }

  /** The distance between two values in a frame, in the field's unit. */
  double unscaledDistance(double one, double other, int channel) {
    double scale = units.scale(channel);
    return Math.abs(
        scale > 0 ? (one - other) * scale : units.of(channel, one) - units.of(channel, other));
  }
}
