package dev.eddy.app.models;

import dev.eddy.app.embedded.EmbeddedBroker;
import dev.eddy.app.pipeline.PipelineConfig;
import dev.eddy.app.terminal.OutsideException;
import dev.eddy.app.terminal.UserException;
import dev.eddy.streams.ModelUpdates;
import dev.eddy.streams.models.ModelsTopic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.StreamsConfig;
import picocli.CommandLine.Option;

/** Options of all commands on a models topic: which broker, which topic. */
final class Target {
  private static final String DEFAULT_SERVERS = "localhost:9092";
  private static final String DEFAULT_TOPIC = "eddy-models";

  @Option(
      names = "--config",
      paramLabel = "CONFIG.yaml",
      description = "A pipeline: its settings of Kafka and its models topic are used.")
  private Path configFile;

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "The broker (default: the config's, else " + DEFAULT_SERVERS + ").")
  private String servers;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "In place of a broker: the folder that eddy run --embedded --data keeps; no run may use it"
              + " meanwhile.")
  private Path data;

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      description = "The models topic (default: the config's, else " + DEFAULT_TOPIC + ").")
  private String topic;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "How long a broker may take to answer (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds;

  private PipelineConfig config; // read once

  /** What a command does with the topic. */
  interface Work {
    void with(ModelsTopic topic);
  }

  /**
   * Opens the topic, does the work, closes it.
   *
   * @param create whether the topic is made where it is missing
   */
  void open(boolean create, Work work) {
    if (timeoutSeconds < 1) {
      throw new UserException("--timeout must be at least 1, got " + timeoutSeconds);
    }
    if (data != null && servers != null) {
      throw new UserException("--data and --bootstrap-servers exclude each other");
    }
    Map<String, String> settings = new HashMap<>();
    config().ifPresent(config -> settings.putAll(config.kafka()));
    if (data == null) {
      String configured = settings.get(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG);
      String found = servers != null ? servers : configured != null ? configured : DEFAULT_SERVERS;
      open(settings, found, create, work);
      return;
    }
    if (!Files.isDirectory(data.resolve("broker"))) {
      throw new UserException(
          "--data " + data + ": not a folder that eddy run --embedded --data has kept");
    }
    try (EmbeddedBroker broker = EmbeddedBroker.start(data)) {
      open(settings, broker.bootstrapServers(), create, work);
    } catch (IOException e) {
      throw new OutsideException(e.getMessage(), e);
    }
  }

  private void open(Map<String, String> settings, String found, boolean create, Work work) {
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, found);
    Duration patience = Duration.ofSeconds(timeoutSeconds);
    try {
      awaitBroker(found, settings);
      try (ModelsTopic models = new ModelsTopic(settings, topicName(), patience)) {
        if (create) {
          models.create();
        } else if (!models.exists()) {
          throw new OutsideException(
              "no topic "
                  + topicName()
                  + " at "
                  + found
                  + "; eddy models publish makes it; --topic names another");
        }
        work.with(models);
      }
    } catch (KafkaException e) {
      Throwable reason = e.getMessage() == null && e.getCause() != null ? e.getCause() : e;
      throw new OutsideException(found + ": " + reason.getMessage(), e);
    }
  }

  private void awaitBroker(String found, Map<String, String> settings) {
    Map<String, Object> configs = new HashMap<>(settings);
    configs.keySet().removeIf(key -> key.startsWith("consumer.") || key.startsWith("producer."));
    try (Admin admin = Admin.create(configs)) {
      admin.describeCluster().nodes().get(timeoutSeconds, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new OutsideException(
          "no broker answers at " + found + " within " + timeoutSeconds + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OutsideException("interrupted before a broker answered at " + found, e);
    } catch (KafkaException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new OutsideException("broker " + found + ": " + reason.getMessage(), e);
    }
  }

  /** The pipeline that was named. */
  Optional<PipelineConfig> config() {
    if (configFile != null && config == null) {
      config = PipelineConfig.read(configFile);
    }
    return Optional.ofNullable(config);
  }

  /** The folder of an embedded run; empty for a broker. */
  Optional<Path> data() {
    return Optional.ofNullable(data);
  }

  String topicName() {
    Optional<ModelUpdates> updates = config().flatMap(PipelineConfig::models);
    return topic != null ? topic : updates.map(ModelUpdates::topic).orElse(DEFAULT_TOPIC);
  }
}
