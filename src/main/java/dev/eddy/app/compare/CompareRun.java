package dev.eddy.app.compare;

import dev.eddy.app.terminal.OutsideException;
import dev.eddy.app.terminal.Progress;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.UserException;
import dev.eddy.avro.RecordDeserializer;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.avro.RegistryUnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Reads what two versions made of the same records, prints their differences and draws them. */
public final class CompareRun {
  private static final int SEEN = 20;

  private final Question question;
  private final Terminal terminal;
  private final Set<String> seen = new TreeSet<>(); // models, some of them
  private Report report; // null before the first score of one of the two
  private List<String> columns = List.of();

  /**
   * What is compared.
   *
   * @param name the model's
   * @param topics where scores are
   * @param fromMs first event time
   * @param untilMs event time behind the last
   * @param threshold from which likelihood on something is an anomaly
   * @param plot where the picture goes; its ending, svg or png, says how
   * @param column what is drawn
   */
  public record Question(
      String name,
      long first,
      long second,
      List<String> topics,
      long fromMs,
      long untilMs,
      double threshold,
      Optional<Path> plot,
      Optional<String> column) {
    public Question {
      topics = List.copyOf(topics);
      if (first < 1 || second < 1 || first == second) {
        throw new UserException(
            "name two different versions, from 1 on, got " + first + " and " + second);
      }
      if (fromMs >= untilMs) {
        throw new UserException("--from must be before --until");
      }
      if (!(threshold > 0 && threshold <= 1)) {
        throw new UserException("--likelihood must be above 0 and at most 1, got " + threshold);
      }
      if (column.isPresent() && plot.isEmpty()) {
        throw new UserException("--column goes with --plot");
      }
      plot.ifPresent(CompareRun::checkFile);
    }
  }

  public CompareRun(Question question, Terminal terminal) {
    this.question = question;
    this.terminal = terminal;
  }

  private static void checkFile(Path file) {
    if (!isSvg(file) && !file.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
      throw new UserException("--plot " + file + ": its name must end in .svg or .png");
    }
    Path folder = file.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder) || Files.isDirectory(file)) {
      throw new UserException(
          "--plot " + file + ": " + (Files.isDirectory(file) ? "is a folder" : "no such folder"));
    }
  }

  private static boolean isSvg(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".svg");
  }

  /**
   * Reads, prints, draws.
   *
   * @param consumer reads committed records
   * @throws UserException if one of the versions has not scored
   * @throws OutsideException if the topics are not there, or can't be read
   */
  public void run(
      KafkaConsumer<byte[], byte[]> consumer, RegistrySettings registry, Duration patience) {
    try (RecordDeserializer records = new RecordDeserializer(registry);
        Progress progress = new Progress(terminal, "read", 0)) {
      ScoresReader reader = new ScoresReader(consumer, records, patience);
      List<String> there = reader.read(question.topics(), this::take, progress);
      if (there.isEmpty()) {
        throw new OutsideException("no topic " + String.join(", nor ", question.topics()));
      }
      if (reader.unread() > 0) {
        terminal
            .err()
            .println(reader.unread() + " records are no scores that can be read; left out");
      }
    } catch (RegistryUnavailableException e) {
      throw new OutsideException(e.getMessage(), e);
    }
    check();
    String first = "version " + question.first();
    String second = "version " + question.second();
    PrintWriter out = new PrintWriter(terminal.out(), false, StandardCharsets.UTF_8);
    new ReportText(report, first, second).print(out);
    question.plot().ifPresent(file -> plot(file, first, second));
  }

  private void take(ReadScore row, ReadScore.Columns found) {
    if (row.timeMs() < question.fromMs() || row.timeMs() >= question.untilMs()) {
      return;
    }
    boolean first = row.model().equals(question.name() + "/" + question.first());
    boolean second = row.model().equals(question.name() + "/" + question.second());
    if (seen.size() < SEEN) {
      seen.add(row.model());
    }
    if (!first && !second) {
      return;
    }
    if (report == null) {
      report = new Report(found, question.threshold());
      columns = found.names();
    }
    if (first) {
      report.first(row);
    } else {
      report.second(row);
    }
  }

  private void check() {
    for (boolean first : new boolean[] {true, false}) {
      long scores = report == null ? 0 : (first ? report.firstOwn() : report.secondOwn()).scores();
      if (scores == 0) {
        throw new UserException(
            "model \""
                + question.name()
                + "\" version "
                + (first ? question.first() : question.second())
                + " has no scores in "
                + String.join(", ", question.topics())
                + " in that time; there are scores of "
                + (seen.isEmpty() ? "none" : String.join(", ", seen)));
      }
    }
  }

  private void plot(Path file, String first, String second) {
    String column = question.column().orElse(null);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ReportPlot plot = ReportPlot.of(report, first, second, column);
      if (plot.isEmpty()) {
        throw new UserException(
            column == null
                ? "--plot " + file + ": no record was scored by both, so there is nothing to draw"
                : "--column "
                    + column
                    + ": nothing of it was scored by both; there are "
                    + names());
      }
      if (isSvg(file)) {
        plot.writeSvg(bytes);
      } else {
        plot.writePng(bytes);
      }
      Files.write(file, bytes.toByteArray());
      terminal.err().println("drawn: " + file);
    } catch (IOException e) {
      throw new OutsideException("--plot " + file + ": can't be written: " + e.getMessage(), e);
    } catch (LinkageError | InternalError e) { // of a machine without fonts
      throw new OutsideException(
          "--plot "
              + file
              + ": this machine can't draw text ("
              + e.getMessage()
              + "); install fontconfig and a font",
          e);
    }
  }

  private List<String> names() {
    List<String> forecasts = report.forecasts().stream().map(forecast -> forecast.column).toList();
    return forecasts.isEmpty() ? columns : forecasts;
  }
}
