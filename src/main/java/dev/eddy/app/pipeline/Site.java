package dev.eddy.app.pipeline;

import dev.eddy.app.embedded.EmbeddedBroker;
import dev.eddy.app.embedded.LocalRegistry;
import dev.eddy.app.embedded.TemporaryFolder;
import dev.eddy.app.terminal.OutsideException;
import dev.eddy.app.terminal.UserException;
import dev.eddy.avro.RegistrySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** Where a pipeline runs: a broker and a schema registry, in this process or outside of it. */
public final class Site implements AutoCloseable {
  private static final String URL = "url";
  private static final String PREFIXED_URL = "schema.registry.url";

  private final PipelineConfig config;
  private final String bootstrapServers;
  private final RegistrySettings registry;
  private final Path data; // null outside
  private final TemporaryFolder temporary; // null where nothing has to be removed
  private final EmbeddedBroker broker; // null outside
  private final LocalRegistry localRegistry; // null outside
  private final AtomicReference<IllegalStateException> fault;

  private Site(
      PipelineConfig config,
      String bootstrapServers,
      RegistrySettings registry,
      Path data,
      TemporaryFolder temporary,
      EmbeddedBroker broker,
      LocalRegistry localRegistry,
      AtomicReference<IllegalStateException> fault) {
    this.config = config;
    this.bootstrapServers = bootstrapServers;
    this.registry = registry;
    this.data = data;
    this.temporary = temporary;
    this.broker = broker;
    this.localRegistry = localRegistry;
    this.fault = fault;
  }

  /**
   * The broker and the registry that the config names; asks neither yet.
   *
   * @throws UserException if the config names none
   */
  public static Site outside(PipelineConfig config) {
    String servers = config.kafka().get(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG);
    if (servers == null || servers.isBlank()) {
      throw new UserException(
          config.file() + ": the key kafka.bootstrap.servers is missing; set it or add --embedded");
    }
    if (!config.registry().containsKey(URL) && !config.registry().containsKey(PREFIXED_URL)) {
      throw new UserException(
          config.file() + ": the key schema.registry.url is missing; set it or add --embedded");
    }
    return new Site(
        config,
        servers,
        RegistrySettings.of(config.registry()),
        null,
        null,
        null,
        null,
        new AtomicReference<>());
  }

  /**
   * Starts a broker and a registry in this process.
   *
   * @param folder keeps topics, schemas and states; empty for a temporary one
   * @param keep whether a temporary one stays
   * @throws UserException if the folder can't be made or written
   * @throws OutsideException if they don't start
   */
  public static Site embedded(PipelineConfig config, Optional<Path> folder, boolean keep) {
    folder.ifPresent(DataFolder::make);
    TemporaryFolder made = folder.isPresent() ? null : TemporaryFolder.create();
    Path data = folder.orElseGet(() -> made.path());
    AtomicReference<IllegalStateException> fault = new AtomicReference<>();
    EmbeddedBroker broker = null;
    try {
      broker = EmbeddedBroker.start(data, fault::set);
      LocalRegistry registry = LocalRegistry.open(data);
      return new Site(
          config,
          broker.bootstrapServers(),
          registrySettings(config, registry.url()),
          data,
          keep ? null : made,
          broker,
          registry,
          fault);
    } catch (IOException e) {
      if (broker != null) {
        broker.close();
      }
      if (made != null) {
        made.close();
      }
      throw new OutsideException(e.getMessage(), e);
    }
  }

  /** The config's own, at another URL. */
  static RegistrySettings registrySettings(PipelineConfig config, String url) {
    Map<String, String> settings = new HashMap<>(config.registry());
    settings.remove(PREFIXED_URL);
    settings.put(URL, url);
    return RegistrySettings.of(settings);
  }

  public boolean isEmbedded() {
    return broker != null;
  }

  public String bootstrapServers() {
    return bootstrapServers;
  }

  public RegistrySettings registry() {
    return registry;
  }

  /** The folder of an embedded site; empty where it is outside, or goes with the process. */
  Optional<Path> keptData() {
    return temporary == null ? Optional.ofNullable(data) : Optional.empty();
  }

  /**
   * Whether the broker in this process is well.
   *
   * @throws OutsideException if it has failed for good
   */
  public void check() {
    IllegalStateException found = fault.get();
    if (found != null) {
      throw new OutsideException(found.getMessage(), found);
    }
  }

  /** What Kafka Streams is started with: Eddy's settings, the user's over them, the site's last. */
  public Properties streamsSettings() {
    Map<String, Object> settings = new HashMap<>(config.streamsSettings());
    if (data != null) {
      settings.put(StreamsConfig.STATE_DIR_CONFIG, data.resolve("state").toString());
      // After a killed process its member of the group is waited for no longer than this.
      settings.put(
          StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), "5000");
      settings.put(
          StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), "1000");
    }
    settings.putAll(config.kafka());
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, config.applicationId());
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    Properties properties = new Properties();
    properties.putAll(settings);
    return properties;
  }

  @Override
  public void close() {
    if (localRegistry != null) {
      try {
        localRegistry.close();
      } catch (IOException e) {
        throw new OutsideException(data + ": the registry can't be closed: " + e.getMessage(), e);
      } finally {
        broker.close();
        if (temporary != null) {
          temporary.close();
        }
      }
    }
  }
}
