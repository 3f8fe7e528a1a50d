package dev.eddy.app;

import dev.eddy.app.csv.ResultFile;
import dev.eddy.app.pipeline.StreamStoppedException;
import dev.eddy.app.terminal.ExitCode;
import dev.eddy.app.terminal.OutsideException;
import dev.eddy.app.terminal.Printable;
import dev.eddy.app.terminal.UserException;
import dev.eddy.avro.IncompatibleSchemaException;
import dev.eddy.avro.RegistryUnavailableException;
import dev.eddy.model.ModelException;
import dev.eddy.model.YamlException;
import dev.eddy.network.StateMismatchException;
import dev.eddy.streams.models.ModelsConflictException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;

/**
 * What is left of an exception for the user: an exit code and one line.
 *
 * @param exitCode of the process
 * @param message one line; empty where there is nothing to say
 */
record Failure(int exitCode, String message) {
  /**
   * Tells whose fault an exception is. Who is told of a fault of ours finds the details in a file.
   */
  static Failure of(Throwable thrown) {
    if (thrown instanceof UserException
        || thrown instanceof ModelException
        || thrown instanceof YamlException
        || thrown instanceof StateMismatchException
        || thrown instanceof IncompatibleSchemaException
        || thrown instanceof ModelsConflictException
        || thrown instanceof ConfigException) {
      return new Failure(ExitCode.WRONG_INPUT, line(thrown));
    }
    if (thrown instanceof InvalidPathException path) {
      String name = path.getInput().replace("\0", "\\0");
      return new Failure(
          ExitCode.WRONG_INPUT, "\"" + name + "\" is not a file's name: " + path.getReason());
    }
    if (thrown instanceof StreamStoppedException stopped) {
      return of(stopped);
    }
    if (thrown instanceof ResultFile.NobodyReadsException) {
      return new Failure(ExitCode.DONE, "");
    }
    if (thrown instanceof OutsideException
        || thrown instanceof IOException
        || thrown instanceof UncheckedIOException
        || thrown instanceof RegistryUnavailableException) {
      return new Failure(ExitCode.MISSING_OUTSIDE, line(thrown));
    }
    if (thrown instanceof KafkaException) {
      return new Failure(ExitCode.MISSING_OUTSIDE, "kafka: " + line(thrown));
    }
    if (thrown instanceof OutOfMemoryError) {
      return new Failure(
          ExitCode.MISSING_OUTSIDE,
          "not enough memory; give more with EDDY_JAVA_OPTS=-Xmx4g (now: " + heap());
    }
    return new Failure(ExitCode.OUR_FAULT, "internal error: " + thrown + details(thrown));
  }

  private static Failure of(StreamStoppedException stopped) {
    return switch (stopped.kind()) {
      case CONFIGURED -> new Failure(ExitCode.WRONG_INPUT, line(stopped));
      case OUTSIDE, TRANSIENT -> new Failure(ExitCode.MISSING_OUTSIDE, line(stopped));
      case UNEXPECTED -> {
        Throwable root = stopped;
        while (root.getCause() != null) {
          root = root.getCause();
        }
        yield root instanceof OutOfMemoryError
            ? of(root)
            : new Failure(
                ExitCode.OUR_FAULT,
                "internal error: " + line(stopped) + details(stopped.getCause()));
      }
    };
  }

  private static String heap() {
    return (Runtime.getRuntime().maxMemory() >> 20) + " MiB)";
  }

  private static String line(Throwable thrown) {
    String message = thrown.getMessage();
    return message == null || message.isBlank() ? thrown.toString() : message;
  }

  private static String details(Throwable thrown) {
    try {
      Path file = Files.createTempFile("eddy-error-", ".txt");
      try (PrintWriter writer =
          new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8))) {
        thrown.printStackTrace(writer);
      }
      return " (details in " + file + ", or with --debug)";
    } catch (IOException e) {
      return " (details with --debug)";
    }
  }

  /** The message without line ends, and with no character that a terminal obeys. */
  String oneLine() {
    return Printable.of(message.strip().replaceAll("\\s*\\R\\s*", " ").replace('\t', ' '));
  }
}
