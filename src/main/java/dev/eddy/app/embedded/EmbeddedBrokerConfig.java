package dev.eddy.app.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/**
 * The settings of a broker for one machine, one user and any data, and the format of its folder.
 *
 * <p>Where they differ from Kafka's defaults, it is for a quick start, little memory, or because a
 * file of old or synthetic records is read as a stream: its times may be years ago or ahead and far
 * apart, which by default would delete records, refuse them, or open a new segment every few
 * records.
 */
final class EmbeddedBrokerConfig {
  static final int NODE_ID = 1;
  static final String CLIENTS = "CLIENTS";
  static final String CONTROLLER = "CONTROLLER";

  private EmbeddedBrokerConfig() {}

  /**
   * Formats the broker's part of the folder. Kafka writes {@code meta.properties} last and in one
   * step, so a format that was cut off is simply done again.
   *
   * @throws IOException if the folder can't be written or Kafka's list of folders can't name it
   */
  static void formatUnlessDone(Path folder) throws IOException {
    if (folder.toString().contains(",")) {
      throw new IOException(folder + ": Kafka takes no comma in the name of a folder");
    }
    Path metadata = metadataFolder(folder);
    Path data = dataFolder(folder);
    if (isFormatted(metadata) && isFormatted(data)) {
      return;
    }
    Files.createDirectories(metadata);
    Files.createDirectories(data);
    Formatter formatter =
        new Formatter()
            .setPrintStream(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
            .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
            .setNodeId(NODE_ID)
            .setClusterId(clusterId(metadata))
            .setDirectories(List.of(metadata.toString(), data.toString()))
            .setMetadataLogDirectory(metadata.toString())
            .setControllerListenerName(CONTROLLER)
            .setIgnoreFormatted(true);
    try {
      formatter.run();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(folder + ": can't be formatted for Kafka: " + e.getMessage(), e);
    }
  }

  static Properties of(Path folder, LoopbackPorts ports) {
    Properties p = new Properties();
    p.put("process.roles", "broker,controller");
    p.put("node.id", Integer.toString(NODE_ID));
    p.put("controller.quorum.voters", NODE_ID + "@" + ports.address(CONTROLLER));
    p.put("controller.listener.names", CONTROLLER);
    p.put("inter.broker.listener.name", CLIENTS);
    p.put("listener.security.protocol.map", CLIENTS + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
    p.put("listeners", listener(CLIENTS, ports) + "," + listener(CONTROLLER, ports));
    p.put("advertised.listeners", listener(CLIENTS, ports));
    // Apart from the data on purpose: only then does Kafka lock the metadata before it opens them.
    p.put("metadata.log.dir", metadataFolder(folder).toString());
    p.put("log.dirs", dataFolder(folder).toString());
    singleNode(p);
    anyEventTime(p);
    smallMachine(p);
    quickStart(p);
    return p;
  }

  private static void singleNode(Properties p) {
    p.put("auto.create.topics.enable", "false");
    p.put("default.replication.factor", "1");
    p.put("min.insync.replicas", "1");
    p.put("offsets.topic.replication.factor", "1");
    p.put("offsets.topic.num.partitions", "4");
    p.put("transaction.state.log.replication.factor", "1");
    p.put("transaction.state.log.min.isr", "1");
    p.put("transaction.state.log.num.partitions", "4");
    p.put("share.coordinator.state.topic.replication.factor", "1");
    p.put("share.coordinator.state.topic.min.isr", "1");
    p.put("share.coordinator.state.topic.num.partitions", "4");
    // A killed process leaves its transaction open; readers wait until it is aborted.
    p.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
  }

  private static void anyEventTime(Properties p) {
    p.put("log.retention.ms", "-1");
    p.put("log.roll.ms", Long.toString(Long.MAX_VALUE));
    p.put("log.message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE));
    // A folder may rest for months between two runs, and the second goes on where the first
    // stopped.
    p.put("offsets.retention.minutes", Integer.toString(Integer.MAX_VALUE));
  }

  private static void smallMachine(Properties p) {
    p.put("num.network.threads", "2");
    p.put("num.io.threads", "4");
    p.put("background.threads", "2");
    p.put("log.segment.bytes", Integer.toString(64 << 20));
    p.put("log.index.size.max.bytes", Integer.toString(1 << 20));
    p.put("log.cleaner.enable", "true");
    p.put("log.cleaner.threads", "1");
    p.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
  }

  private static void quickStart(Properties p) {
    p.put("group.initial.rebalance.delay.ms", "0");
    // The controller gives a heartbeat half of this before it calls itself overloaded.
    p.put("broker.heartbeat.interval.ms", "500");
    // After a kill the next start waits this long, for the controller takes the dead broker for
    // alive.
    p.put("broker.session.timeout.ms", "3000");
    // A client may ask to be given up this soon; by default no sooner than after 6 s.
    p.put("group.min.session.timeout.ms", "1000");
  }

  private static Path metadataFolder(Path folder) {
    return folder.resolve("broker").resolve("metadata");
  }

  private static Path dataFolder(Path folder) {
    return folder.resolve("broker").resolve("data");
  }

  private static boolean isFormatted(Path folder) {
    return Files.exists(folder.resolve("meta.properties"));
  }

  /** Of the half that was formatted before the cut, or a new one. */
  private static String clusterId(Path metadata) throws IOException {
    for (Path folder : List.of(metadata, metadata.resolveSibling("data"))) {
      if (isFormatted(folder)) {
        Properties meta = new Properties();
        try (var in = Files.newBufferedReader(folder.resolve("meta.properties"))) {
          meta.load(in);
        }
        return meta.getProperty("cluster.id");
      }
    }
    return Uuid.randomUuid().toString();
  }

  private static String listener(String name, LoopbackPorts ports) {
    return name + "://" + ports.address(name);
  }
}
