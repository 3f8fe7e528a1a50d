package dev.eddy.app.models;

import dev.eddy.app.terminal.Terminal;
import dev.eddy.kernel.Kernels;
import java.time.Clock;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What can be done with the models topic. */
@Command(
    name = "models",
    description = "Publish versions of models, and say which one scores when.",
    synopsisSubcommandLabel = "COMMAND")
public final class ModelsCommand implements Runnable {
  @Spec private CommandSpec spec;

  private ModelsCommand() {}

  /** The command with all its own. */
  public static CommandLine line(Terminal terminal, Supplier<Kernels> kernels) {
    Clock clock = Clock.systemUTC();
    CommandLine line = new CommandLine(new ModelsCommand());
    line.addSubcommand(new PublishCommand(terminal, kernels, clock));
    line.addSubcommand(new ListCommand(terminal, clock));
    line.addSubcommand(new ActivateCommand(terminal, clock));
    line.addSubcommand(new RollbackCommand(terminal, clock));
    line.addSubcommand(new RetireCommand(terminal, clock));
    line.addSubcommand(new CompareCommand(terminal));
    line.addSubcommand(new KeygenCommand(terminal));
    return line;
  }

  /** No command was named. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Who changes a topic, as its records say. */
  static String user() {
    return System.getProperty("user.name", "unknown");
  }
}
