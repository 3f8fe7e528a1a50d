package dev.eddy.model;

/**
 * A model can't be used; the message is one line that says where, what was found, what is accepted.
 */
public final class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ModelException(String message) {
    super(message);
  }

  public ModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
