package dev.eddy.network;

/** Gives the offline answer for a whole sequence. */
@FunctionalInterface
interface Judge {

  /** The output frames, {@code [time][values]}, for the input frames, {@code [time][values]}. */
  float[][] run(float[][] frames);
}
