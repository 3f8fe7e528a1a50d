package dev.eddy.score;

/** From values in a frame to the units of the fields that they came from. */
public interface Units {
  /** A value in the unit of the field behind an input value. */
  double of(int channel, double value);

  /**
   * How much of the field's unit one in a frame is; 0 where that depends on the value.
   *
   * @param channel number of the input value
   */
  double scale(int channel);
}
