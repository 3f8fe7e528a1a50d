package dev.eddy.app;

/** Something outside of Eddy is missing or broken; the message is one line: what was tried. */
final class OutsideException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OutsideException(String message) {
    super(message);
  }

  OutsideException(String message, Throwable cause) {
    super(message, cause);
  }
}
