package dev.eddy.app.terminal;

/** Something outside of Eddy is missing or broken; the message is one line: what was tried. */
public final class OutsideException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public OutsideException(String message) {
    super(message);
  }

  public OutsideException(String message, Throwable cause) {
    super(message, cause);
  }
}
