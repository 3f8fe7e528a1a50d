package dev.eddy.app;

/**
 * What the user gave is wrong; the message is one line: where, what was found, what is accepted.
 */
final class UserException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UserException(String message) {
    super(message);
  }

  UserException(String message, Throwable cause) {
    super(message, cause);
  }
}
