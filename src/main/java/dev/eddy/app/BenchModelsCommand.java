package dev.eddy.app;

import dev.eddy.app.bench.Bench;
import dev.eddy.app.bench.ModelBench;
import dev.eddy.app.embedded.BrokerInAChild;
import dev.eddy.app.embedded.TemporaryFolder;
import dev.eddy.app.terminal.ExitCode;
import dev.eddy.app.terminal.Interruption;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.streams.StreamsConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a change of model costs. */
@Command(
    name = "models",
    description = {
      "Measure what a change of model costs a stream that goes on: the pauses of each thread",
      "between two of its scores while a large version is published, fetched, compiled and takes",
      "over, beside those while nothing changes; then the memory after few and after many",
      "change-overs. Publisher and stream are in one process, the broker is in another; all share",
      "the machine."
    })
final class BenchModelsCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Interruption interruption;

  @Option(
      names = "--megabytes",
      paramLabel = "N",
      defaultValue = "50",
      description = "Of the large version's weights (default: ${DEFAULT-VALUE}).")
  private int megabytes;

  @Option(
      names = "--change-overs",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Between small versions (default: ${DEFAULT-VALUE}).")
  private int changeOvers;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "100",
      description =
          "Records a second; not more than the large version can score (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "2",
      description = "Threads of Kafka Streams, for 4 partitions (default: ${DEFAULT-VALUE}).")
  private int threads;

  BenchModelsCommand(Terminal terminal, Interruption interruption) {
    this.terminal = terminal;
    this.interruption = interruption;
  }

  @Override
  public Integer call() throws IOException, ExecutionException, InterruptedException {
    ModelBench.Size size =
        new ModelBench.Size(
            (int) BenchCommand.within("--megabytes", megabytes, 1, 400),
            (int) BenchCommand.within("--change-overs", changeOvers, 0, 100_000),
            (int) BenchCommand.within("--rate", rate, 10, 100_000),
            (int) BenchCommand.within("--threads", threads, 1, 64));
    var kernels = Backend.kernels(terminal);
    Logs.errorsOnly(StreamsConfig.class.getName());
    Logs.errorsOnly(DemoCommand.STATE_DIRECTORY);
    Logs.errorsOnly("dev.eddy.streams");
    interruption.listen();
    try (TemporaryFolder folder = TemporaryFolder.create()) {
      terminal.err().println("starting a broker in a process of its own");
      try (BrokerInAChild broker = BrokerInAChild.start(folder.path())) {
        Bench.Place place = new Bench.Place(broker.bootstrapServers(), "", folder.path());
        Tables tables = new Tables();
        if (new ModelBench(size, place, kernels).run(tables, interruption::isWished)) {
          tables.print();
        }
      }
    }
    return ExitCode.DONE;
  }

  private final class Tables implements ModelBench.Listener {
    private final TextTable pauses =
        new TextTable(
            List.of("pauses, ms, while", ">scores", ">50%", ">99%", ">longest", ">from 100"));
    private final TextTable memory =
        new TextTable(List.of(">change-overs", ">heap after collection, MiB", ">RSS, MiB"));

    @Override
    public void begins(String what) {
      terminal.err().println(what);
    }

    @Override
    public void scored(String when, ModelBench.Stretch stretch) {
      pauses.row(
          when,
          String.format(Locale.ROOT, "%,d", stretch.scores()),
          String.format(Locale.ROOT, "%.1f", stretch.half()),
          String.format(Locale.ROOT, "%.1f", stretch.most()),
          String.format(Locale.ROOT, "%.1f", stretch.longest()),
          String.valueOf(stretch.over100()));
    }

    @Override
    public void memory(int changeOvers, long heapBytes, OptionalLong rssBytes) {
      memory.row(
          String.format(Locale.ROOT, "%,d", changeOvers),
          String.format(Locale.ROOT, "%.1f", heapBytes / 1048576.0),
          rssBytes.isEmpty()
              ? ""
              : String.format(Locale.ROOT, "%.0f", rssBytes.getAsLong() / 1048576.0));
    }

    private void print() {
      PrintWriter out = new PrintWriter(terminal.out(), false, StandardCharsets.UTF_8);
      pauses.print(out);
      if (changeOvers > 0) {
        out.println();
        memory.print(out);
      }
      out.println();
      out.println(BenchCommand.machine());
      out.flush();
    }
  }
}
