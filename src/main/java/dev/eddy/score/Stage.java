package dev.eddy.score;

import dev.eddy.layer.StatePart;
import java.util.List;

/**
 * A stage after the step: it reads the frames that a row speaks of, with what its key has shown so
 * far, and fills its columns. Stages of a pipeline come one after the other; a later one may use
 * the error that an earlier one found.
 *
 * <p>Immutable, shared by all threads; what it remembers is its part of the key's state.
 */
public sealed interface Stage
    permits ValueStage, ClassStage, ComparisonStage, LikelihoodStage, BandStage, SurpriseStage {

  /** Its columns, in order. */
  List<Column> columns();

  /** What its part of the state is called. */
  String owner();

  /** Its part of a key's state; a fresh one is all zeros. */
  List<StatePart> stateParts();

  /**
   * Fills its columns.
   *
   * @param moment what the row speaks of; a stage may leave an error in it
   * @param state the key's state; from {@code at} on its part, which becomes the next one
   * @param column number of its first column
   * @throws UnusableFrameException if the frame can't be read so
   */
  void read(Moment moment, float[] state, int at, Row row, int column);
}
