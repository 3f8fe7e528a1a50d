package dev.eddy.avro;

/**
 * The schema registry didn't answer, or not as a registry does: refused connection, time-out, 5xx,
 * refused credentials, a wrong path. Says nothing about the data, which must not be set aside for
 * it. The message is one line: registry, what was asked, what came back.
 */
public final class RegistryUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String url;
  private final boolean retriable;

  RegistryUnavailableException(
      String url, String doing, String found, boolean retriable, Throwable cause) {
    super("schema registry " + url + ": " + doing + " failed: " + found, cause);
    this.url = url;
    this.retriable = retriable;
  }

  /** The registry's URL or URLs as configured, without credentials. */
  public String url() {
    return url;
  }

  /**
   * Whether the same request may succeed later without anyone changing a setting: true for network
   * faults, time-outs, 429 and 5xx; false for refused credentials or permission and a wrong path.
   */
  public boolean retriable() {
    return retriable;
  }
}
