package dev.eddy.avro;

/**
 * The registry doesn't take our schema under a subject: it breaks the subject's compatibility rule,
 * or isn't there and may not be registered. One line: registry, subject, what to do.
 */
public final class IncompatibleSchemaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String url;
  private final String subject;

  IncompatibleSchemaException(String url, String subject, String found, Throwable cause) {
    super("schema registry " + url + ", subject \"" + subject + "\": " + found, cause);
    this.url = url;
    this.subject = subject;
  }

  /** The registry's URL or URLs as configured, without credentials. */
  public String url() {
    return url;
  }

  /** The subject that was written to. */
  public String subject() {
    return subject;
  }
}
