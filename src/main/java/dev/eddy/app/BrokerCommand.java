package dev.eddy.app;

import dev.eddy.app.embedded.EmbeddedBroker;
import dev.eddy.app.embedded.LocalRegistry;
import dev.eddy.app.terminal.Interruption;
import dev.eddy.app.terminal.OutsideException;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A broker and a registry that stay, for trying things out on one machine. */
@Command(
    name = "broker",
    description =
        "Run a broker and a schema registry for this machine alone, until they are stopped; what"
            + " eddy run --embedded runs within itself.")
final class BrokerCommand implements Runnable {
  private static final Duration TICK = Duration.ofMillis(200);

  private final Terminal terminal;
  private final Interruption interruption;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Keeps topics and schemas; made where it is missing.")
  private Path data;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "9092",
      description = "Of the broker; 0 for any that is free (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--registry-port",
      paramLabel = "PORT",
      defaultValue = "8081",
      description = "Of the registry; 0 for any that is free (default: ${DEFAULT-VALUE}).")
  private int registryPort;

  BrokerCommand(Terminal terminal, Interruption interruption) {
    this.terminal = terminal;
    this.interruption = interruption;
  }

  @Override
  public void run() {
    check("--port", port);
    check("--registry-port", registryPort);
    if (Files.exists(data) && !Files.isDirectory(data)) {
      throw new UserException("--data " + data + ": not a folder");
    }
    interruption.listen();
    AtomicReference<IllegalStateException> fault = new AtomicReference<>();
    try (LocalRegistry registry = LocalRegistry.open(data, registryPort);
        EmbeddedBroker broker = EmbeddedBroker.start(data, port, fault::set)) {
      terminal
          .err()
          .println(
              "broker "
                  + broker.bootstrapServers()
                  + ", registry "
                  + registry.url()
                  + ", data in "
                  + data
                  + "; Ctrl-C ends them");
      terminal.err().flush();
      while (!interruption.within(TICK)) {
        if (fault.get() != null) {
          throw new OutsideException(fault.get().getMessage(), fault.get());
        }
      }
    } catch (IOException e) {
      throw new OutsideException(e.getMessage(), e);
    }
  }

  private static void check(String option, int port) {
    if (port < 0 || port > 65_535) {
      throw new UserException(option + " must be 0..65535, got " + port);
    }
  }
}
