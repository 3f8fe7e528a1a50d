package dev.eddy.app.embedded;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.server.fault.FaultHandler;
import org.apache.kafka.server.fault.LoggingFaultHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * A real Kafka broker, one node, in this process and on the loopback interface only.
 *
 * <p>Broker and controller (KRaft, combined) are Kafka's own server classes. The data lives under
 * {@code broker/} of a folder, is formatted at the first start and used again by later ones: same
 * cluster id, same topics, other ports. A start after a killed process recovers as a broker does.
 *
 * <p>Ports: both listeners are bound before the configuration is written, to ports that the system
 * picks, and handed to Kafka as they are; so the configuration names true ports and nobody can take
 * one in between. The quorum is static ({@code controller.quorum.voters}): its only voter is known
 * by its node id, and the address beside it is just configuration, new at every start.
 *
 * <p>Kafka's answer to a fatal fault is to end the process. Here a fault becomes a value ({@link
 * #fault()}) and a call, and the thread that would have ended the process ends alone. Kafka's exit
 * procedures belong to the whole process, so run one embedded broker at a time: of two, the one
 * that started last hears of the faults. They stay diverted after {@link #close()}, since a thread
 * of a closed broker must not end the process either.
 *
 * <p>Not thread-safe, except {@link #close()} and {@link #fault()}.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final Duration CONTROLLED_SHUTDOWN = Duration.ofSeconds(2);

  private final Path folder;
  private final int port;
  private final Consumer<IllegalStateException> onFault;
  private final AtomicReference<IllegalStateException> fault = new AtomicReference<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private FolderLock lock;
  private LoopbackPorts ports;
  private BrokerServer broker;
  private ControllerServer controller;

  private EmbeddedBroker(Path folder, int port, Consumer<IllegalStateException> onFault) {
    this.folder = folder;
    this.port = port;
    this.onFault = onFault;
  }

  /** Like {@link #start(Path, Consumer)}; a fatal fault is logged. */
  public static EmbeddedBroker start(Path folder) throws IOException {
    return start(folder, fault -> LOG.error("{}", fault.getMessage(), fault));
  }

  /**
   * Returns when the broker takes requests.
   *
   * @param folder holds the data, under {@code broker/}; made where it is missing
   * @param onFault told once, on a thread of its own, when the broker has failed for good; may
   *     close the broker
   * @throws IOException if the folder is in use by another broker or can't be written, or if Kafka
   *     refuses to start; the message is fit for a user
   */
  public static EmbeddedBroker start(Path folder, Consumer<IllegalStateException> onFault)
      throws IOException {
    return start(folder, 0, onFault);
  }

  /**
   * As above.
   *
   * @param port where clients find it; 0 for any that is free
   */
  public static EmbeddedBroker start(Path folder, int port, Consumer<IllegalStateException> onFault)
      throws IOException {
    EmbeddedBroker broker = new EmbeddedBroker(folder.toAbsolutePath().normalize(), port, onFault);
    try {
      broker.startUp();
    } catch (IOException e) {
      broker.close();
      throw e;
    } catch (Exception | LinkageError e) {
      Throwable reason = broker.fault().<Throwable>map(f -> f).orElse(e);
      broker.close();
      throw new IOException(
          broker.folder + ": the embedded broker did not start: " + reason.getMessage(), e);
    }
    return broker;
  }

  /** {@code host:port} for {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return ports.address(EmbeddedBrokerConfig.CLIENTS);
  }

  /** What made the broker fail for good, or empty while it is well. */
  Optional<IllegalStateException> fault() {
    return Optional.ofNullable(fault.get());
  }

  /** Shuts down in order, within about a second; a second call does nothing. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    // The broker first: it tells the controller that it leaves.
    Duration patience = fault().isPresent() ? Duration.ZERO : CONTROLLED_SHUTDOWN;
    quietly("broker", broker, b -> b.shutdown(patience));
    quietly("controller", controller, ControllerServer::shutdown);
    quietly("ports", ports, LoopbackPorts::close);
    quietly("lock", lock, FolderLock::close);
  }

  private void startUp() throws Exception {
    lock = FolderLock.take(folder.resolve("broker.lock"));
    divertExits();
    ports = LoopbackPorts.bind(port, EmbeddedBrokerConfig.CLIENTS, EmbeddedBrokerConfig.CONTROLLER);
    EmbeddedBrokerConfig.formatUnlessDone(folder);
    Properties settings = EmbeddedBrokerConfig.of(folder, ports);
    KafkaConfig config = KafkaConfig.fromProps(settings, false);

    Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> folders =
        KafkaRaftServer.initializeLogDirs(config, LOG, "");
    Metrics metrics =
        Server.initializeMetrics(config, Time.SYSTEM, folders._1().clusterId().orElseThrow());
    InetSocketAddress voter = ports.socketAddress(EmbeddedBrokerConfig.CONTROLLER);
    SharedServer shared =
        new SharedServer(
            config,
            folders._1(),
            Time.SYSTEM,
            metrics,
            CompletableFuture.completedFuture(Map.of(EmbeddedBrokerConfig.NODE_ID, voter)),
            List.of(),
            this::faultHandler,
            ports);
    broker = new BrokerServer(shared);
    controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), folders._2());
    controller.startup();
    broker.startup();
    if (fault.get() != null) {
      throw fault.get();
    }
  }

  private FaultHandler faultHandler(String name, boolean fatal, Runnable count) {
    FaultHandler logging = new LoggingFaultHandler(name, count);
    if (!fatal) {
      return logging;
    }
    return (message, cause) -> {
      report(name + ": " + message, cause);
      return logging.handleFault(message, cause);
    };
  }

  private void divertExits() {
    Exit.Procedure report =
        (status, message) -> {
          String what = message == null ? "Kafka asked to end the process" : message;
          throw report(what + " (status " + status + ")", null);
        };
    Exit.setExitProcedure(report);
    Exit.setHaltProcedure(report);
  }

  /** Keeps the first fault and tells of it; the rest follow from it. */
  private IllegalStateException report(String what, Throwable cause) {
    IllegalStateException found =
        new IllegalStateException("the embedded broker has failed: " + what, cause);
    if (fault.compareAndSet(null, found) && !closed.get()) {
      Thread teller = new Thread(() -> onFault.accept(found), "embedded-broker-fault");
      teller.setDaemon(true);
      teller.start();
    }
    return found;
  }

  private static <T> void quietly(String name, T part, Closing<T> closing) {
    if (part == null) {
      return;
    }
    try {
      closing.close(part);
    } catch (Exception e) {
      LOG.warn("closing the embedded broker's {}: {}", name, e.toString());
    }
  }

  private interface Closing<T> {
    void close(T part) throws Exception;
  }
}
