package dev.eddy.network;

/** Stored bytes are not a state that this network can continue; the message says what was found. */
public final class StateMismatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StateMismatchException(String message) {
    super(message);
  }
}
