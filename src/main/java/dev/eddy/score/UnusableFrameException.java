package dev.eddy.score;

/** A frame that a stage can't read; the message says which value and what is accepted. */
public final class UnusableFrameException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnusableFrameException(String message) {
    super(message);
  }
}
