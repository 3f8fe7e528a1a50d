package dev.eddy.score;

/**
 * What one row speaks of, handed from stage to stage: an output frame, or an input frame, or both,
 * and what earlier stages found out about them. The scratch of one task.
 */
public final class Moment {
  final double[] mean; // [input value] what was subtracted before the frame was made
  final double[] std; // [input value] and what it was divided by
  final double[] deviation; // [input value] standard deviation within frames, 1 where not learnt

  float[] output; // null where none is known
  int outputAt;
  float[] input; // null where none belongs to the row
  int inputAt;
  double error; // NaN where none is known

  /**
   * @param mean of each value of an input frame; not copied
   * @param std likewise
   * @param deviation likewise; in the unit of frames; the caller may change it between rows
   */
  public Moment(double[] mean, double[] std, double[] deviation) {
    this.mean = mean;
    this.std = std;
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
  double unscaled(float value, int channel) {
    return value * std[channel] + mean[channel];
  }
}
