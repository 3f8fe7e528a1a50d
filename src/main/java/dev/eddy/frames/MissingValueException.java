package dev.eddy.frames;

/** A frame has a value that is missing and can't be held. Carries no stack trace. */
public final class MissingValueException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MissingValueException(String message) {
    super(message, null, false, false);
  }
}
