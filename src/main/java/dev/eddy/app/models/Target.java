package dev.eddy.app.models;

import dev.eddy.app.embedded.EmbeddedBroker;
import dev.eddy.app.embedded.LocalRegistry;
import dev.eddy.app.pipeline.PipelineConfig;
import dev.eddy.app.terminal.OutsideException;
import dev.eddy.app.terminal.UserException;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.streams.ModelUpdates;
import dev.eddy.streams.models.ModelsTopic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
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
  private static final String DEFAULT_REGISTRY = "http://localhost:8081";
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

  /** What a command does with a broker and a registry. */
  interface Talk {
    void with(Properties settings, RegistrySettings registry);
  }

  /**
   * Opens the topic, does the work, closes it.
   *
   * @param create whether the topic is made where it is missing
   */
  void open(boolean create, Work work) {
    check();
    Map<String, String> settings = settings();
    if (data == null) {
      open(settings, settings.get(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG), create, work);
      return;
    }
    try (EmbeddedBroker broker = EmbeddedBroker.start(data)) {
      open(settings, broker.bootstrapServers(), create, work);
    } catch (IOException e) {
      throw new OutsideException(e.getMessage(), e);
    }
  }

  /**
   * Does something with a broker and a registry; asks neither before.
   *
   * @param registry its URL, in place of the config's
   */
  void connect(Optional<String> registry, Talk talk) {
    check();
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "eddy-models");
    settings.putAll(settings());
    if (data == null) {
      talk.with(settings, registrySettings(registry.orElse(null)));
      return;
    }
    try (EmbeddedBroker broker = EmbeddedBroker.start(data);
        LocalRegistry schemas = LocalRegistry.open(data)) {
      settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
      talk.with(settings, registrySettings(schemas.url()));
    } catch (IOException e) {
      throw new OutsideException(e.getMessage(), e);
    }
  }

  private void check() {
    if (timeoutSeconds < 1) {
      throw new UserException("--timeout must be at least 1, got " + timeoutSeconds);
    }
    if (data != null && servers != null) {
      throw new UserException("--data and --bootstrap-servers exclude each other");
    }
    if (data != null && !Files.isDirectory(data.resolve("broker"))) {
      throw new UserException(
          "--data " + data + ": not a folder that eddy run --embedded --data has kept");
    }
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    config().ifPresent(config -> settings.putAll(config.kafka()));
    if (servers != null) {
      settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
    }
    settings.putIfAbsent(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, DEFAULT_SERVERS);
    return settings;
  }

  /** The config's, at another URL where one is given. */
  private RegistrySettings registrySettings(String url) {
    Map<String, String> settings = new HashMap<>();
    config().ifPresent(config -> settings.putAll(config.registry()));
    if (url != null) {
      settings.remove("schema.registry.url");
      settings.put("url", url);
    }
    if (!settings.containsKey("schema.registry.url")) {
      settings.putIfAbsent("url", DEFAULT_REGISTRY);
    }
    try {
      return RegistrySettings.of(settings);
    } catch (IllegalArgumentException e) {
      throw new UserException("--registry: " + e.getMessage(), e);
    }
  }

  /** How long a broker may take to answer. */
  Duration patience() {
    return Duration.ofSeconds(timeoutSeconds);
  }

  private void open(Map<String, String> settings, String found, boolean create, Work work) {
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, found);
    try {
      awaitBroker(found, settings);
      try (ModelsTopic models = new ModelsTopic(settings, topicName(), patience())) {
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
    try {
      Admin admin = Admin.create(configs);
      try {
        admin.describeCluster().nodes().get(timeoutSeconds, TimeUnit.SECONDS);
      } finally {
        admin.close(Duration.ZERO); // or it waits for its own time-out, a minute
      }
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

  String topicName() {
    Optional<ModelUpdates> updates = config().flatMap(PipelineConfig::models);
    return topic != null ? topic : updates.map(ModelUpdates::topic).orElse(DEFAULT_TOPIC);
  }
}
