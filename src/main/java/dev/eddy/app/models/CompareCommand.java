package dev.eddy.app.models;

import dev.eddy.app.compare.CompareRun;
import dev.eddy.app.pipeline.Clients;
import dev.eddy.app.pipeline.PipelineConfig;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.UserException;
import dev.eddy.streams.ScoringTopology;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What two versions make of the same records. */
@Command(
    name = "compare",
    description = {
      "Compare what two versions made of the same records, one live and one in the shadow.",
      "Shows mean and largest difference of each column; where scores hold forecasts, each",
      "version's error against what arrived; anomalies that only one has found. Versions that",
      "scored different records, such as a share of the keys each, have their errors beside each",
      "other."
    })
final class CompareCommand implements Runnable {
  private final Terminal terminal;

  @Mixin private Target target = new Target();

  @Parameters(index = "0", paramLabel = "A", description = "A version.")
  private long first;

  @Parameters(index = "1", paramLabel = "B", description = "Another version.")
  private long second;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The model's name (default: that of the config's model).")
  private String name;

  @Option(
      names = "--scores",
      paramLabel = "TOPIC",
      description =
          "The topic of scores (default: the config's); that of the shadow has -shadow behind it.")
  private String scores;

  @Option(
      names = "--registry",
      paramLabel = "URL",
      description = "The schema registry (default: the config's, else http://localhost:8081).")
  private String registry;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Only scores from this event time on (default: all).")
  private String from;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Only scores before this event time (default: all).")
  private String until;

  @Option(
      names = "--likelihood",
      paramLabel = "P",
      defaultValue = "0.999",
      description = "An anomaly's likelihood is at least this (default: ${DEFAULT-VALUE}).")
  private double likelihood;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description =
          "Draw the errors over time, or the differences where there are no forecasts: FILE.svg or"
              + " FILE.png.")
  private Path plot;

  @Option(
      names = "--column",
      paramLabel = "NAME",
      description = "Draw this column of both versions, beside what arrived.")
  private String column;

  CompareCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    Optional<PipelineConfig> config = target.config();
    if (config.isEmpty() && (scores == null || name == null)) {
      throw new UserException("name a pipeline with --config, or say --name and --scores");
    }
    String topic = scores != null ? scores : config.orElseThrow().output().topic();
    CompareRun.Question question =
        new CompareRun.Question(
            name != null ? name : config.orElseThrow().model().read().name(),
            first,
            second,
            List.of(topic, ScoringTopology.shadowTopic(topic)),
            from == null ? Long.MIN_VALUE : When.parse("--from", from),
            until == null ? Long.MAX_VALUE : When.parse("--until", until),
            likelihood,
            Optional.ofNullable(plot),
            Optional.ofNullable(column));
    target.connect(
        Optional.ofNullable(registry),
        (settings, schemas) -> {
          try (Clients clients = new Clients(settings, target.patience(), () -> false)) {
            clients.awaitBroker();
            try (var consumer = clients.consumer()) {
              new CompareRun(question, terminal).run(consumer, schemas, target.patience());
            }
          }
        });
  }
}
