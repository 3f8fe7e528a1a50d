package dev.eddy.app;

import dev.eddy.app.demo.Demo;
import dev.eddy.app.demo.DemoResult;
import dev.eddy.app.demo.PumpFleet;
import dev.eddy.app.embedded.EmbeddedBroker;
import dev.eddy.app.embedded.LocalRegistry;
import dev.eddy.app.embedded.TemporaryFolder;
import dev.eddy.app.terminal.ExitCode;
import dev.eddy.app.terminal.Interruption;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.UserException;
import dev.eddy.kernel.Kernels;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.streams.StreamsConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A broker, a stream and a trained model in one process. */
@Command(
    name = "demo",
    description = {
      "Watch a fleet of simulated pumps with a trained model, exactly once, through a broker, a",
      "schema registry and a stream in this process. Nothing to install; leaves nothing behind."
    })
final class DemoCommand implements Callable<Integer> {
  private static final int MAX_PUMPS = 100_000;
  private static final long MAX_TICKS = 1_000_000;

  // Warns of a state directory that is temporary, as this one is to be.
  static final String STATE_DIRECTORY =
      "org.apache.kafka.streams.processor.internals.StateDirectory";

  private final Terminal terminal;
  private final Interruption interruption;

  @Option(
      names = "--pumps",
      paramLabel = "N",
      defaultValue = "100",
      description = "Pumps in the fleet (default: ${DEFAULT-VALUE}).")
  private int pumps;

  @Option(
      names = "--ticks",
      paramLabel = "N",
      defaultValue = "2000",
      description =
          "Readings of each pump, one a minute of its own time (default: ${DEFAULT-VALUE}).")
  private long ticks;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "2",
      description = "Another one gives other readings and faults (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--fault-rate",
      paramLabel = "R",
      defaultValue = "" + PumpFleet.DEFAULT_FAULT_RATE,
      description =
          "Faults of one pump in 1,000 readings, after the first "
              + PumpFleet.HEALTHY_TICKS
              + "; 0 for none (default: ${DEFAULT-VALUE}).")
  private double faultRate;

  @Option(
      names = "--write-csv",
      paramLabel = "DIR",
      description =
          "Only write the readings to readings.csv and the faults to faults.csv there, as"
              + " models/train_pumps.py takes them.")
  private Path csvFolder;

  DemoCommand(Terminal terminal, Interruption interruption) {
    this.terminal = terminal;
    this.interruption = interruption;
  }

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    check("--pumps", pumps, MAX_PUMPS);
    check("--ticks", ticks, MAX_TICKS);
    if (!(faultRate >= 0 && faultRate <= 2)) {
      throw new UserException("--fault-rate must be 0..2, got " + faultRate);
    }
    Demo.Size size = new Demo.Size(pumps, ticks, seed, faultRate);
    if (csvFolder != null) {
      writeCsv(size);
      return ExitCode.DONE;
    }
    Logs.errorsOnly(STATE_DIRECTORY);
    Logs.errorsOnly(StreamsConfig.class.getName());
    Kernels kernels = Backend.kernels(terminal);
    interruption.listen();
    try (TemporaryFolder folder = TemporaryFolder.create()) {
      DemoView view = new DemoView(terminal, size, interruption);
      Optional<DemoResult> result = run(size, folder.path(), kernels, view);
      if (result.isEmpty()) {
        return ExitCode.DONE; // nobody watches any more
      }
      view.result(result.get());
      return verdict(result.get());
    }
  }

  private static void check(String option, long value, long max) {
    if (value < 1 || value > max) {
      throw new UserException(
          String.format(Locale.ROOT, "%s must be 1..%,d, got %d", option, max, value));
    }
  }

  private Optional<DemoResult> run(Demo.Size size, Path folder, Kernels kernels, DemoView view)
      throws IOException, InterruptedException, ExecutionException {
    terminal.err().println("starting a broker and a schema registry in this process");
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder);
        LocalRegistry registry = LocalRegistry.open(folder)) {
      terminal
          .err()
          .printf(
              Locale.ROOT,
              "%,d pumps send %,d readings each; a model scores them; its alarms:%n",
              size.pumps(),
              size.ticks());
      Demo.Place place = new Demo.Place(broker.bootstrapServers(), registry.url(), folder);
      return new Demo(size, place, kernels).run(view);
    }
  }

  private int verdict(DemoResult result) {
    if (result.isExact()) {
      return ExitCode.DONE;
    }
    terminal
        .err()
        .println("eddy: not every reading has exactly one score; this is a fault of ours");
    return ExitCode.OUR_FAULT;
  }

  private void writeCsv(Demo.Size size) throws IOException {
    Files.createDirectories(csvFolder);
    PumpFleet fleet = size.fleet();
    try (Writer faults = Files.newBufferedWriter(csvFolder.resolve("faults.csv"))) {
      fleet.writeFaultsCsv(faults, size.ticks());
    }
    try (Writer readings = Files.newBufferedWriter(csvFolder.resolve("readings.csv"))) {
      fleet.writeCsv(readings, size.ticks());
    }
    terminal
        .err()
        .printf(Locale.ROOT, "%s: %,d readings and their faults%n", csvFolder, size.readings());
  }
}
