package dev.eddy.app;

import dev.eddy.app.apply.FrameStream;
import dev.eddy.app.apply.FrameWriter;
import dev.eddy.app.apply.NetworkFrames;
import dev.eddy.app.apply.TopologyFrames;
import dev.eddy.app.csv.CsvRows;
import dev.eddy.app.csv.ResultFile;
import dev.eddy.app.models.ModelArgument;
import dev.eddy.app.terminal.Interruption;
import dev.eddy.app.terminal.OutsideException;
import dev.eddy.app.terminal.Progress;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.UserException;
import dev.eddy.avro.BadRecordException;
import dev.eddy.kernel.Kernels;
import dev.eddy.model.Model;
import dev.eddy.network.Network;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Feeds a CSV file to a model, row by row. */
@Command(
    name = "apply",
    description =
        "Feed a CSV file to a model, one row a frame, and write its outputs as CSV, one row a frame."
            + " Needs no broker.")
final class ApplyCommand implements Runnable {
  private static final int ROWS_PER_REPORT = 256;
  private static final Duration PATIENCE = Duration.ofSeconds(2); // a pipe may bring nothing more

  private final Terminal terminal;
  private final Interruption interruption;

  @Mixin private ModelArgument modelArgument;

  @Parameters(
      index = "1",
      paramLabel = "INPUT.csv",
      description = "One row a frame, values row-major; a header row is recognised.")
  private Path inputFile;

  @Option(
      names = "--output",
      paramLabel = "FILE.csv",
      description = "Where the output frames go (default: standard output).")
  private Path outputFile;

  @Option(
      names = "--timing",
      paramLabel = "FILE.csv",
      description =
          "Also write frame,after_row: the input row (of that key, from 0) after which each frame"
              + " came, the number of rows for those that the end of the input brought.")
  private Path timingFile;

  @Option(
      names = "--cut",
      paramLabel = "N",
      description =
          "Save the state every N rows of a key and go on from the saved bytes: the result must be"
              + " the same.")
  private Long cut;

  /** What the frames go through. */
  enum Through {
    NETWORK,
    TOPOLOGY
  }

  @Option(
      names = "--through",
      paramLabel = "WHAT",
      defaultValue = "network",
      description =
          "network (the default) or topology: through a Kafka Streams topology, in memory.")
  private Through through;

  @Option(
      names = "--key",
      paramLabel = "COLUMN",
      description = "The column that says to which sequence a row belongs.")
  private String keyColumn;

  @Option(names = "--time", paramLabel = "COLUMN", description = "A column that is no feature.")
  private String timeColumn;

  ApplyCommand(Terminal terminal, Interruption interruption) {
    this.terminal = terminal;
    this.interruption = interruption;
  }

  @Override
  public void run() {
    checkOptions();
    Kernels kernels = Backend.kernels(terminal);
    Compiled model = compiled(kernels);
    List<String> named = Stream.of(keyColumn, timeColumn).filter(c -> c != null).toList();
    interruption.listen(PATIENCE);
    try (CsvRows rows = CsvRows.open(inputFile, named);
        ResultFile results = results();
        ResultFile timing = timing()) {
      int[] features = features(rows, model.network, named);
      header(model.outputs, results, timing);
      FrameWriter writer =
          new FrameWriter(results, Optional.ofNullable(timing), keyColumn != null, model.outputs);
      try (FrameStream stream =
          switch (through) {
            case NETWORK -> new NetworkFrames(model.network, cut == null ? 0 : cut, writer);
            case TOPOLOGY -> topology(model.whole.orElseThrow(), kernels, writer);
          }) {
        feed(rows, features, stream, writer);
      }
      results.complete();
      if (timing != null) {
        timing.complete();
      }
    }
  }

  /** A network and its columns; the weights it was compiled from are kept for a topology only. */
  private record Compiled(Network network, List<String> outputs, Optional<Model> whole) {}

  private Compiled compiled(Kernels kernels) {
    Model model = modelArgument.read(terminal);
    boolean whole = through == Through.TOPOLOGY;
    return new Compiled(
        model.network(kernels), model.outputs(), whole ? Optional.of(model) : Optional.empty());
  }

  private FrameStream topology(Model model, Kernels kernels, FrameWriter writer) {
    try {
      return new TopologyFrames(model, kernels, writer);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new UserException(
          modelArgument.file() + ": can't go through a topology: " + e.getMessage(), e);
    }
  }

  private void checkOptions() {
    if (cut != null && cut < 1) {
      throw new UserException("--cut: the number of rows must be at least 1, got " + cut);
    }
    if (cut != null && through == Through.TOPOLOGY) {
      throw new UserException(
          "--cut goes with --through network; a topology saves the state after every row");
    }
    if (keyColumn != null && keyColumn.equals(timeColumn)) {
      throw new UserException("--key and --time name the same column \"" + keyColumn + "\"");
    }
    if (outputFile != null
        && timingFile != null
        && outputFile
            .toAbsolutePath()
            .normalize()
            .equals(timingFile.toAbsolutePath().normalize())) {
      throw new UserException("--output and --timing name the same file " + outputFile);
    }
  }

  private ResultFile results() {
    return outputFile == null
        ? ResultFile.standardOutput(terminal.out())
        : ResultFile.create(outputFile, List.of(inputFile, modelArgument.file()));
  }

  /** Null where no timing is asked for; nothing has to be closed then. */
  private ResultFile timing() {
    return timingFile == null
        ? null
        : ResultFile.create(timingFile, List.of(inputFile, modelArgument.file()));
  }

  private static int[] features(CsvRows rows, Network network, List<String> named) {
    int[] features =
        IntStream.range(0, rows.columns().size())
            .filter(i -> !named.contains(rows.columns().get(i)))
            .toArray();
    if (features.length != network.input().size()) {
      String names =
          rows.hasHeader()
              ? " ("
                  + String.join(", ", IntStream.of(features).mapToObj(rows.columns()::get).toList())
                  + ")"
              : "";
      throw new UserException(
          rows.file()
              + ":1: "
              + features.length
              + (features.length == 1 ? " feature column" : " feature columns")
              + names
              + ", the model takes frames of "
              + network.input().size()
              + (network.input().rank() == 1 ? "" : " values, " + network.input())
              + (named.isEmpty() ? "; name columns that are no features with --key, --time" : ""));
    }
    return features;
  }

  private void header(List<String> outputs, ResultFile results, ResultFile timing) {
    List<String> columns = new ArrayList<>(outputs);
    List<String> timingColumns = new ArrayList<>(List.of("frame", "after_row"));
    if (keyColumn != null) {
      columns.add(0, keyColumn);
      timingColumns.add(0, keyColumn);
    }
    results.row(columns);
    if (timing != null) {
      timing.row(timingColumns);
    }
  }

  private void feed(CsvRows rows, int[] features, FrameStream stream, FrameWriter writer) {
    int keyIndex = keyColumn == null ? -1 : rows.column(keyColumn);
    float[] frame = new float[features.length];
    long count = 0;
    try (Progress progress = new Progress(terminal, "apply", size(inputFile))) {
      while (rows.next()) {
        if (interruption.isWished()) {
          throw new OutsideException("interrupted before the last row was applied");
        }
        for (int i = 0; i < features.length; i++) {
          frame[i] = rows.value(features[i]);
        }
        String key = keyIndex < 0 ? "" : rows.cell(keyIndex);
        if (keyIndex >= 0 && key.isEmpty()) {
          throw rows.error(keyIndex, "the key is empty");
        }
        writer.row(key);
        try {
          stream.step(key, frame);
        } catch (BadRecordException e) {
          throw rows.error(ofKey(key) + e.getMessage());
        }
        if (++count % ROWS_PER_REPORT == 0) {
          progress.at(rows.position());
        }
      }
    }
    if (count == 0) {
      throw new UserException(inputFile + ": a header and no rows");
    }
    for (String key : writer.keys()) {
      writer.end(key);
      try {
        stream.flush(key);
      } catch (BadRecordException e) {
        throw new UserException(
            inputFile + ": " + ofKey(key) + "at the end of the sequence: " + e.getMessage(), e);
      }
    }
  }

  private String ofKey(String key) {
    return keyColumn == null ? "" : "key \"" + key + "\": ";
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (java.io.IOException e) {
      return 0; // not known, such as a pipe's
    }
  }
}
