package dev.eddy.app.terminal;

/**
 * What the user gave is wrong; the message is one line: where, what was found, what is accepted.
 */
public final class UserException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UserException(String message) {
    super(message);
  }

  public UserException(String message, Throwable cause) {
    super(message, cause);
  }
}
