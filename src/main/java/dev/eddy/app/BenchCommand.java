package dev.eddy.app;

import dev.eddy.app.bench.Bench;
import dev.eddy.app.embedded.BrokerInAChild;
import dev.eddy.app.embedded.LocalRegistry;
import dev.eddy.app.embedded.TemporaryFolder;
import dev.eddy.app.terminal.ExitCode;
import dev.eddy.app.terminal.Interruption;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.TextTable;
import dev.eddy.app.terminal.UserException;
import dev.eddy.kernel.Kernels;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.kafka.streams.StreamsConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How fast a topology scores, beside one that only copies its state. */
@Command(
    name = "bench",
    description = {
      "Measure how fast a topology scores, beside one that only copies a state of the same size:",
      "same records, serdes, RocksDB store with caching and exactly-once settings, against one",
      "broker in a process of its own. Rates are those at which the output topic grows, from its",
      "first record to its last, start-up left out."
    })
final class BenchCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Interruption interruption;

  @Option(
      names = "--records",
      paramLabel = "N",
      defaultValue = "400000",
      description = "Records in the input (default: ${DEFAULT-VALUE}).")
  private long records;

  @Option(
      names = "--keys",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Keys that they are drawn from (default: ${DEFAULT-VALUE}).")
  private int keys;

  @Option(
      names = "--units",
      paramLabel = "N",
      defaultValue = "64",
      description = "Units of the LSTM (default: ${DEFAULT-VALUE}).")
  private int units;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "5",
      description = "Runs of each topology, after one to warm up (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "2",
      description = "Threads of Kafka Streams, for 4 partitions (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--values",
      paramLabel = "KIND",
      defaultValue = "floats",
      description =
          "What records hold: floats, the least that there is to decode; or avro, as a pipeline"
              + " has it (default: ${DEFAULT-VALUE}).")
  private String values;

  @Option(
      names = "--time",
      paramLabel = "KIND",
      defaultValue = "none",
      description =
          "What another topology does before it scores, on records out of order: order, windows"
              + " (means) or both; all: each of these, in a topology of its own (default:"
              + " ${DEFAULT-VALUE}).")
  private String time;

  @Option(
      names = "--window",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description =
          "Length of windows. There is a record a millisecond, so with 10,000 keys each has one in"
              + " 10 s (default: ${DEFAULT-VALUE}).")
  private int window;

  @Option(
      names = "--hop",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "From one window to the next (default: ${DEFAULT-VALUE}).")
  private int hop;

  BenchCommand(Terminal terminal, Interruption interruption) {
    this.terminal = terminal;
    this.interruption = interruption;
  }

  @Override
  public Integer call() throws IOException, ExecutionException, InterruptedException {
    Bench.Size size =
        new Bench.Size(
            within("--records", records, 1_000, 100_000_000),
            (int) within("--keys", keys, 1, 10_000_000),
            (int) within("--units", units, 1, 4096),
            (int) within("--runs", runs, 1, 1_000),
            (int) within("--threads", threads, 1, 64),
            kind(),
            times(),
            1_000 * within("--window", window, 1, 86_400),
            1_000 * within("--hop", hop, 1, window));
    Kernels kernels = Backend.kernels(terminal);
    Logs.errorsOnly(StreamsConfig.class.getName());
    Logs.errorsOnly(DemoCommand.STATE_DIRECTORY);
    interruption.listen();
    try (TemporaryFolder folder = TemporaryFolder.create()) {
      terminal.err().println("starting a broker in a process of its own");
      try (BrokerInAChild broker = BrokerInAChild.start(folder.path());
          LocalRegistry registry = LocalRegistry.open(folder.path())) {
        Bench.Place place =
            new Bench.Place(broker.bootstrapServers(), registry.url(), folder.path());
        Bench bench = new Bench(size, place, kernels);
        Table table = new Table(bench, size, kernels);
        if (bench.run(table, interruption::isWished)) {
          table.print();
        }
      }
    }
    return ExitCode.DONE;
  }

  static long within(String option, long value, long min, long max) {
    if (value < min || value > max) {
      throw new UserException(
          String.format(Locale.ROOT, "%s must be %,d..%,d, got %d", option, min, max, value));
    }
    return value;
  }

  private Bench.Values kind() {
    return switch (values) {
      case "floats" -> Bench.Values.FLOATS;
      case "avro" -> Bench.Values.AVRO;
      default -> throw new UserException("--values must be floats or avro, got " + values);
    };
  }

  private List<Bench.Time> times() {
    return switch (time) {
      case "none" -> List.of(Bench.Time.NONE);
      case "order" -> List.of(Bench.Time.NONE, Bench.Time.ORDER);
      case "windows" -> List.of(Bench.Time.NONE, Bench.Time.WINDOWS);
      case "both" -> List.of(Bench.Time.NONE, Bench.Time.BOTH);
      case "all" -> List.of(Bench.Time.values());
      default ->
          throw new UserException("--time must be none, order, windows, both or all, got " + time);
    };
  }

  private final class Table implements Bench.Listener {
    private final PrintWriter out = new PrintWriter(terminal.out(), false, StandardCharsets.UTF_8);
    private final TextTable rows;
    private final List<List<Bench.Speed>> speeds = new ArrayList<>(); // [run][topology]
    private final Bench bench;
    private final Bench.Size size;
    private final Kernels kernels;

    Table(Bench bench, Bench.Size size, Kernels kernels) {
      this.bench = bench;
      this.size = size;
      this.kernels = kernels;
      List<String> titles = new ArrayList<>(List.of("run"));
      bench.topologies().forEach(topology -> titles.add(">" + topology + ", records/s"));
      bench.topologies().stream().skip(1).forEach(topology -> titles.add(">of copying"));
      bench.topologies().forEach(topology -> titles.add(">" + topology + ", CPU us/record"));
      this.rows = new TextTable(titles);
    }

    @Override
    public void begins(String what) {
      terminal.err().println(what);
    }

    @Override
    public void ran(int run, List<Bench.Speed> ofRun) {
      row(run == 0 ? "warm-up" : Integer.toString(run), ofRun);
      if (run > 0) {
        speeds.add(ofRun);
      }
    }

    private void row(String run, List<Bench.Speed> ofRun) {
      double copying = ofRun.get(0).recordsPerSecond();
      List<String> cells = new ArrayList<>(List.of(run));
      ofRun.forEach(
          speed -> cells.add(String.format(Locale.ROOT, "%,.0f", speed.recordsPerSecond())));
      ofRun.stream()
          .skip(1)
          .forEach(
              speed ->
                  cells.add(
                      String.format(Locale.ROOT, "%.3f", speed.recordsPerSecond() / copying)));
      ofRun.forEach(speed -> cells.add(String.format(Locale.ROOT, "%.2f", speed.cpuUs())));
      rows.row(cells.toArray(String[]::new));
    }

    void print() {
      row(
          "medians",
          IntStream.range(0, bench.topologies().size())
              .mapToObj(which -> medians(speeds.stream().map(run -> run.get(which)).toList()))
              .toList());
      rows.print(out);
      out.println();
      out.printf(
          Locale.ROOT,
          "LSTM of %d units, %d inputs, %s kernels; %,d records of %s, %,d keys, %d bytes of state"
              + " each; %d threads%n",
          size.units(),
          Bench.INPUTS,
          kernels.name(),
          size.records(),
          values,
          size.keys(),
          bench.stateBytes(),
          size.threads());
      out.println(machine());
      out.flush();
    }
  }

  private static Bench.Speed medians(List<Bench.Speed> speeds) {
    return new Bench.Speed(
        median(speeds.stream().mapToDouble(Bench.Speed::recordsPerSecond)),
        median(speeds.stream().mapToDouble(Bench.Speed::cpuUs)));
  }

  static double median(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  static String machine() {
    Runtime jvm = Runtime.getRuntime();
    return String.format(
        Locale.ROOT,
        "%d processors, %s, %s %s; Java %s, heap %d MiB, %s",
        jvm.availableProcessors(),
        processor(),
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        Runtime.version(),
        jvm.maxMemory() >> 20,
        String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
  }

  /** As Linux names it; elsewhere its kind is all there is to say. */
  private static String processor() {
    Path file = Path.of("/proc/cpuinfo");
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("processor not named");
    } catch (IOException e) {
      return "processor not named";
    }
  }
}
