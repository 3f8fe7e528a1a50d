package dev.eddy.app;

import dev.eddy.app.models.ModelsCommand;
import dev.eddy.app.terminal.ExitCode;
import dev.eddy.app.terminal.Interruption;
import dev.eddy.app.terminal.Terminal;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program: finds the command, runs it, and turns what went wrong into a line and a code. */
@Command(
    name = "eddy",
    description = "Runs neural sequence models, record by record, inside Kafka Streams.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Eddy.Version.class,
    footer = {
      "",
      "Exit codes: 0 done, 2 the input is wrong, 3 something outside is missing, 1 a fault of Eddy's."
    })
public final class Eddy implements Runnable {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show what a command takes.")
  private boolean help;

  @Option(names = "--version", versionHelp = true, description = "Show the version.")
  private boolean version;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show where a failure comes from, and what the libraries log.")
  private boolean debug;

  @Spec private CommandSpec spec;

  private Eddy() {}

  /** The version in the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Eddy.class.getPackage().getImplementationVersion();
      return new String[] {
        "eddy " + Optional.ofNullable(version).orElse("(not packaged)"),
        "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name")
      };
    }
  }

  public static void main(String[] args) {
    System.exit(execute(Terminal.system(), args));
  }

  /** Runs a command; returns the exit code of the process. */
  public static int execute(Terminal terminal, String... args) {
    try (Interruption interruption = new Interruption()) {
      int exitCode = execute(terminal, interruption, args);
      if (exitCode != ExitCode.DONE) {
        interruption.exitWith(exitCode);
      }
      terminal.err().flush();
      return exitCode;
    }
  }

  private static int execute(Terminal terminal, Interruption interruption, String... args) {
    Eddy eddy = new Eddy();
    CommandLine program = new CommandLine(eddy);
    program.addSubcommand(new ApplyCommand(terminal, interruption));
    program.addSubcommand(new InspectCommand(terminal));
    program.addSubcommand(new ConvertCommand(terminal));
    program.addSubcommand(new RunCommand(terminal, interruption));
    program.addSubcommand(new TopologyCommand(terminal));
    program.addSubcommand(ModelsCommand.line(terminal, () -> Backend.kernels(terminal)));
    program.addSubcommand(new BrokerCommand(terminal, interruption));
    program.addSubcommand(new DemoCommand(terminal, interruption));
    CommandLine bench = new CommandLine(new BenchCommand(terminal, interruption));
    bench.addSubcommand(new BenchModelsCommand(terminal, interruption));
    program.addSubcommand(bench);
    program.setCaseInsensitiveEnumValuesAllowed(true);
    program.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
    program.setErr(terminal.err());
    program.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    program.setParameterExceptionHandler((e, given) -> misused(terminal, e));
    program.setExecutionExceptionHandler((e, command, parsed) -> failed(terminal, e, eddy.debug));
    program.setExecutionStrategy(
        parsed -> {
          if (eddy.debug) { // else logging starts with the first line that is logged, mostly never
            Logs.tellAll();
          }
          return new CommandLine.RunLast().execute(parsed);
        });
    try {
      return program.execute(args);
    } catch (Throwable e) { // errors, which picocli lets through
      return failed(terminal, e, eddy.debug);
    }
  }

  /** No command was named. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static int misused(Terminal terminal, ParameterException e) {
    String message = new Failure(ExitCode.WRONG_INPUT, e.getMessage()).oneLine();
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> similar = unmatched.getSuggestions();
      message += similar.isEmpty() ? "" : "; similar: " + String.join(", ", similar);
    }
    CommandSpec command = e.getCommandLine().getCommandSpec();
    terminal.err().println("eddy: " + message);
    terminal.err().println("see: " + command.qualifiedName() + " --help");
    return ExitCode.WRONG_INPUT;
  }

  private static int failed(Terminal terminal, Throwable e, boolean debug) {
    Failure failure = Failure.of(e);
    if (!failure.message().isEmpty()) {
      terminal.err().println("eddy: " + failure.oneLine());
    }
    if (debug) {
      e.printStackTrace(terminal.err());
    }
    return failure.exitCode();
  }
}
