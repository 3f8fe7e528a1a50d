package dev.eddy.app.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * What a command writes to.
 *
 * @param out takes results and nothing else
 * @param err takes messages; flushes every line
 * @param interactive whether somebody watches {@code err}, so that progress is worth showing
 */
public record Terminal(OutputStream out, PrintWriter err, boolean interactive) {

  /** Set by the launcher, which can ask the system whether standard error is a terminal. */
  static final String INTERACTIVE_PROPERTY = "eddy.interactive";

  /** The process's own. */
  public static Terminal system() {
    return new Terminal(
        new FileOutputStream(FileDescriptor.out),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        Boolean.getBoolean(INTERACTIVE_PROPERTY));
  }
}
