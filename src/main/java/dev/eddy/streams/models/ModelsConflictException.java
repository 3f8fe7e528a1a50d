package dev.eddy.streams.models;

/**
 * Somebody else has changed the models topic at the same time; nothing of the change is there, or
 * the message says that this is not known.
 */
public final class ModelsConflictException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ModelsConflictException(String message, Throwable cause) {
    super(message, cause);
  }
}
