package dev.eddy.app;

import dev.eddy.app.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A run of the program inside the test.
 *
 * @param exitCode of the process
 * @param out what went to standard output
 * @param err what went to standard error
 */
record Invocation(int exitCode, String out, String err) {

  static Invocation of(Object... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    Terminal terminal = new Terminal(out, new PrintWriter(err, true), false);
    int exitCode =
        Eddy.execute(terminal, Arrays.stream(args).map(Object::toString).toArray(String[]::new));
    return new Invocation(exitCode, out.toString(StandardCharsets.UTF_8), err.toString());
  }
}
