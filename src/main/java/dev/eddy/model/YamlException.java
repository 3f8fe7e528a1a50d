package dev.eddy.model;

/**
 * A YAML file says something that isn't accepted; the message is one line beginning with file:line.
 */
public final class YamlException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public YamlException(String message) {
    super(message);
  }

  YamlException(String message, Throwable cause) {
    super(message, cause);
  }
}
