package dev.eddy.score;

import dev.eddy.layer.StatePart;
import java.util.List;

/**
 * Which frames make a row, and what of them waits for the other in the key's state. Immutable,
 * shared by all threads.
 */
public sealed interface Pairing permits OutputsAlone, ForecastsAhead, SameFrames {

  /** Takes the rows. */
  interface Rows {
    /**
     * A row.
     *
     * @param number of the frame in this state that it speaks of, from 0
     * @param output null where none is known
     * @param input null where none belongs to it
     */
    void row(long number, float[] output, int outputAt, float[] input, int inputAt);
  }

  /** Its part of a key's state; a fresh one is all zeros. */
  List<StatePart> stateParts();

  /** Whether each input frame makes a row as it arrives; else rows come with outputs. */
  boolean perReading();

  /**
   * An input frame has arrived and is not stepped yet.
   *
   * @param number of it, from 0
   * @param emitted output frames so far
   * @param at where its part of the state begins
   */
  void arrived(float[] frame, long number, long emitted, float[] state, int at, Rows rows);

  /**
   * An output frame has come.
   *
   * @param number of it, from 0
   * @param seen input frames so far, with the one that made it
   */
  void came(float[] values, int offset, long number, long seen, float[] state, int at, Rows rows);
}
