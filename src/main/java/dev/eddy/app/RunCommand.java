package dev.eddy.app;

import dev.eddy.app.csv.ResultFile;
import dev.eddy.app.models.ModelArgument;
import dev.eddy.app.pipeline.Clients;
import dev.eddy.app.pipeline.CsvFeed;
import dev.eddy.app.pipeline.FirstModel;
import dev.eddy.app.pipeline.Pipeline;
import dev.eddy.app.pipeline.PipelineConfig;
import dev.eddy.app.pipeline.PipelineRun;
import dev.eddy.app.pipeline.Site;
import dev.eddy.app.terminal.Interruption;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.UserException;
import dev.eddy.kernel.Kernels;
import dev.eddy.streams.Scoring;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a pipeline. */
@Command(
    name = "run",
    description =
        "Run a pipeline: until it is stopped, or with --input until the last row is scored.")
final class RunCommand implements Runnable {
  private final Terminal terminal;
  private final Interruption interruption;

  @Parameters(paramLabel = "CONFIG.yaml", description = "The pipeline; see docs/configuration.md.")
  private Path configFile;

  @Option(
      names = "--embedded",
      description = "Run a broker and a schema registry in this process, and create the topics.")
  private boolean embedded;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "With --embedded: where topics, schemas and states are kept from run to run (default: a"
              + " temporary folder).")
  private Path data;

  @Option(
      names = "--keep",
      description = "With --embedded and no --data: don't remove the temporary folder.")
  private boolean keep;

  @Option(
      names = "--input",
      paramLabel = "FILE.csv",
      description = "Feed this file, a row a record, and end when its last row is scored.")
  private Path inputFile;

  @Option(
      names = "--output",
      paramLabel = "FILE.csv",
      description = "At the end, write the scores of this run.")
  private Path outputFile;

  @Option(
      names = "--create-topics",
      description =
          "Create the topics that are missing, one partition each (with --embedded they are).")
  private boolean createTopics;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "How long a broker may take to answer (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds;

  RunCommand(Terminal terminal, Interruption interruption) {
    this.terminal = terminal;
    this.interruption = interruption;
  }

  @Override
  public void run() {
    checkOptions();
    PipelineConfig config = PipelineConfig.read(configFile);
    Scoring scoring = config.scoring(ModelArgument.read(config.model(), terminal));
    Kernels kernels = Backend.kernels(terminal);
    interruption.listen();
    try (CsvFeed feed = inputFile == null ? null : CsvFeed.open(config, inputFile, terminal);
        ResultFile results = outputFile == null ? null : results();
        Site site =
            embedded
                ? Site.embedded(config, Optional.ofNullable(data), keep)
                : Site.outside(config)) {
      Properties settings = site.streamsSettings();
      Pipeline pipeline = config.pipeline(scoring, site.registry(), kernels);
      scoring = null; // the weights are in the network now, and need not be there twice
      try (Clients clients =
          new Clients(settings, Duration.ofSeconds(timeoutSeconds), interruption::isWished)) {
        prepare(config, site, clients, pipeline);
        config
            .models()
            .ifPresent(
                updates ->
                    FirstModel.publish(
                        config.model(),
                        pipeline.model(),
                        pipeline.networkLayout(),
                        settings,
                        updates.topic(),
                        terminal));
        tellWhere(config, site, settings);
        new PipelineRun(config, site, clients, terminal, interruption)
            .run(pipeline, settings, feed, results);
      } catch (RuntimeException e) {
        site.check(); // a broker that has failed is the cause of what else fails
        if (e instanceof ConfigException) { // what Kafka finds in several settings together
          throw new UserException(configFile + ": kafka: " + e.getMessage(), e);
        }
        throw e;
      }
    }
  }

  private void checkOptions() {
    if (!embedded && (data != null || keep)) {
      throw new UserException("--data and --keep go with --embedded");
    }
    if (data != null && keep) {
      throw new UserException("--keep is for the temporary folder; what is in --data is kept");
    }
    if (timeoutSeconds < 1) {
      throw new UserException("--timeout must be at least 1, got " + timeoutSeconds);
    }
  }

  private ResultFile results() {
    List<Path> inputs = new ArrayList<>(List.of(configFile));
    if (inputFile != null) {
      inputs.add(inputFile);
    }
    return ResultFile.create(outputFile, inputs);
  }

  /** Topics and the scores' schema have to be there before the stream starts. */
  private void prepare(PipelineConfig config, Site site, Clients clients, Pipeline pipeline) {
    clients.awaitBroker();
    List<String> topics = new ArrayList<>(config.inputTopics());
    topics.addAll(config.outputTopics());
    config.shadowTopic().ifPresent(topics::add);
    if (site.isEmbedded() || createTopics) {
      clients.create(topics);
    }
    clients.partitions(topics);
    config
        .context()
        .filter(table -> !table.global())
        .ifPresent(table -> checkPartitions(clients, config.input().topic(), table.topic()));
    pipeline.register();
  }

  /** A task reads the partition of the table that has the number of its input's. */
  private static void checkPartitions(Clients clients, String input, String table) {
    int inputs = clients.partitions(List.of(input)).size();
    int tables = clients.partitions(List.of(table)).size();
    if (inputs != tables) {
      throw new UserException(
          "context.topic: "
              + table
              + " has "
              + tables
              + " partitions, "
              + input
              + " has "
              + inputs
              + "; a table that is not global needs as many, keyed alike; or write global: true");
    }
  }

  private void tellWhere(PipelineConfig config, Site site, Properties settings) {
    String states =
        settings.getProperty(
            StreamsConfig.STATE_DIR_CONFIG,
            (String) StreamsConfig.configDef().defaultValues().get(StreamsConfig.STATE_DIR_CONFIG));
    terminal
        .err()
        .println(
            "running "
                + config.applicationId()
                + ": "
                + config.input().topic()
                + " -> "
                + config.output().topic()
                + ", broker "
                + site.bootstrapServers()
                + ", registry "
                + site.registry().url()
                + (site.isEmbedded() ? "" : ", states in " + states)
                + (inputFile == null ? "; Ctrl-C ends it" : ""));
  }
}
