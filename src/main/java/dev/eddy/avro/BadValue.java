package dev.eddy.avro;

/**
 * What becomes of a value that can't be a channel: a missing field, null, a wrong type, NaN,
 * infinity, an unknown word, an array of another length.
 *
 * @param action what to do
 * @param constant for {@link Action#CONSTANT}, in the field's unit (a number is scaled like any
 *     other, a place of a one-hot and a token take it as it is); 0 otherwise
 */
public record BadValue(Action action, double constant) {
  /** The choices. */
  public enum Action {
    /** The record is refused with a {@link BadRecordException}. */
    DEAD_LETTERS,
    /** The frame holds NaN there; the caller fills in the last value that this key had. */
    HOLD,
    /** The frame holds a constant there. */
    CONSTANT
  }

  /** Refuses the record; the default. */
  public static final BadValue DEAD_LETTERS = new BadValue(Action.DEAD_LETTERS, 0);

  /** Puts NaN in the frame, for the caller to replace by the last value. */
  public static final BadValue HOLD = new BadValue(Action.HOLD, 0);

  public BadValue {
    if (!Double.isFinite(constant)) {
      throw new IllegalArgumentException(
          "constant for bad values must be a finite number, got " + constant);
    }
    if (action != Action.CONSTANT && constant != 0) {
      throw new IllegalArgumentException(action + " takes no constant, got " + constant);
    }
  }

  /** Puts {@code value}, finite and in the field's unit, in the frame. */
  public static BadValue constant(double value) {
    return new BadValue(Action.CONSTANT, value);
  }
}
