package dev.eddy.frames;

/** Makes the frame of a window. */
interface WindowFrame {
  /** What must be summed up. */
  PaneLayout layout();

  /** How many of the last samples must be kept; 0 for none. */
  int samples();

  /**
   * The frame.
   *
   * @param sum of the window's frames
   * @param log has found the window's samples; null where none are kept
   * @return valid until the next call
   */
  float[] make(double[] sum, SampleLog log);
}
