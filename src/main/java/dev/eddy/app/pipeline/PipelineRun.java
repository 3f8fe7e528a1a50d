package dev.eddy.app.pipeline;

import dev.eddy.app.csv.ResultFile;
import dev.eddy.app.terminal.ExitCode;
import dev.eddy.app.terminal.Interruption;
import dev.eddy.app.terminal.OutsideException;
import dev.eddy.app.terminal.Progress;
import dev.eddy.app.terminal.Terminal;
import dev.eddy.app.terminal.TextTable;
import dev.eddy.app.terminal.UserException;
import dev.eddy.avro.ScoreSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;

/** One run of a pipeline: started, fed where there is a file, ended, read out and summed up. */
public final class PipelineRun {
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration READ_PATIENCE = Duration.ofSeconds(30);

  private final PipelineConfig config;
  private final Site site;
  private final Clients clients;
  private final Terminal terminal;
  private final Interruption interruption;
  private final long startNs = System.nanoTime();
  private final DeadLetterCounts deadLetters = new DeadLetterCounts();
  private long scores;
  private boolean goesOn; // whether an earlier run has left its keys' states

  /** Thrown through the feeding when the process is asked to end. */
  private static final class Interrupted extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  public PipelineRun(
      PipelineConfig config,
      Site site,
      Clients clients,
      Terminal terminal,
      Interruption interruption) {
    this.config = config;
    this.site = site;
    this.clients = clients;
    this.terminal = terminal;
    this.interruption = interruption;
  }

  /**
   * Runs to the end of the feed, or until the process is asked to end.
   *
   * @param feed null to wait for others' records
   * @param results takes the run's scores; null for none
   * @throws UserException if results of an earlier run would be replaced by those of a run that
   *     left rows out because that one had scored them
   */
  public void run(Pipeline pipeline, Properties settings, CsvFeed feed, ResultFile results) {
    List<TopicPartition> outputs = clients.partitions(config.outputTopics());
    Map<TopicPartition, Long> before = clients.ends(outputs);
    goesOn = !clients.committed(config.applicationId()).isEmpty();
    boolean complete = true;
    try (StreamRun stream = new StreamRun(pipeline.topology(), settings)) {
      stream.start();
      if (feed == null) {
        waitForTheEnd(stream);
      } else {
        complete = feed(feed, stream, pipeline);
      }
    }
    double seconds = (System.nanoTime() - startNs) / 1e9;
    if (results != null || feed != null) {
      read(before, clients.ends(outputs), results, pipeline.schema());
    }
    boolean keepsOlder = goesOn && deadLetters.late() > 0 && results != null && results.replaces();
    if (results != null && !keepsOlder) {
      results.complete();
    }
    if (feed != null) {
      summary(feed, seconds, keepsOlder ? null : results);
    }
    if (keepsOlder) {
      throw new UserException(
          "--output "
              + results.name()
              + ": left as it was, since "
              + deadLetters.late()
              + " rows were late: older than what an earlier run scored; name another --output, or"
              + " begin anew with another "
              + fresh());
    }
    if (feed != null && goesOn && deadLetters.late() > 0) {
      terminal
          .err()
          .println(
              "each key goes on where an earlier run left it, and rows older than that are late;"
                  + " to begin anew, use another "
                  + fresh());
    }
    if (!complete) {
      interruption.exitWith(ExitCode.MISSING_OUTSIDE);
      terminal.err().println("eddy: interrupted before the last row was scored");
    }
  }

  private void waitForTheEnd(StreamRun stream) {
    BrokerWatch watch = new BrokerWatch(clients, site, terminal);
    while (!interruption.within(TICK)) {
      site.check();
      stream.check();
      watch.look();
    }
  }

  /** Whether all rows are scored. */
  private boolean feed(CsvFeed feed, StreamRun stream, Pipeline pipeline) {
    Runnable wellBeing =
        () -> {
          site.check();
          stream.check();
          if (interruption.isWished()) {
            throw new Interrupted();
          }
        };
    try (KafkaProducer<byte[], byte[]> producer = clients.producer()) {
      feed.send(producer, site.registry(), wellBeing);
      awaitScores(feed.ends(), wellBeing);
      pipeline.drain();
      while (!stream.isEmpty(pipeline.waitingStores()) || pipeline.waitingKeys() > 0) {
        wellBeing.run();
        interruption.within(TICK);
      }
      pipeline.endSequences();
      while (!stream.isEmpty(pipeline.openStores())) {
        wellBeing.run();
        interruption.within(TICK);
      }
      return true;
    } catch (Interrupted e) {
      return false;
    }
  }

  /** Kafka Streams commits a position in its input together with what it made of it. */
  private void awaitScores(Map<TopicPartition, Long> ends, Runnable wellBeing) {
    long end = ends.values().stream().mapToLong(Long::longValue).sum();
    try (Progress progress = new Progress(terminal, "score", end)) {
      while (true) {
        Map<TopicPartition, Long> committed = clients.committed(config.applicationId());
        long left = 0;
        for (Map.Entry<TopicPartition, Long> partition : ends.entrySet()) {
          long position = committed.getOrDefault(partition.getKey(), 0L);
          left += Math.max(0, partition.getValue() - position);
        }
        if (left == 0) {
          return;
        }
        progress.at(end - left);
        wellBeing.run();
        interruption.within(TICK);
      }
    }
  }

  /** Reads what was committed to the outputs since the run began. */
  private void read(
      Map<TopicPartition, Long> from,
      Map<TopicPartition, Long> to,
      ResultFile results,
      ScoreSchema schema) {
    ScoreTable table =
        results == null
            ? null
            : new ScoreTable(
                results,
                config.input().keyColumn().orElse("key"),
                schema,
                config.output().topic(),
                site.registry());
    try (table;
        KafkaConsumer<byte[], byte[]> consumer = clients.consumer();
        Progress progress = new Progress(terminal, "read", 0)) {
      List<TopicPartition> left = new ArrayList<>(to.keySet());
      consumer.assign(left);
      from.forEach(consumer::seek);
      long lastNs = System.nanoTime();
      while (true) {
        left.removeIf(partition -> consumer.position(partition) >= to.get(partition));
        if (left.isEmpty()) {
          return;
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(TICK)) {
          lastNs = System.nanoTime();
          if (record.offset() < to.get(new TopicPartition(record.topic(), record.partition()))) {
            take(record, table);
          }
        }
        progress.at(scores);
        site.check();
        if (System.nanoTime() - lastNs > READ_PATIENCE.toNanos()) {
          throw new OutsideException(
              site.bootstrapServers() + ": no records come from " + left.get(0) + " any more");
        }
      }
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record, ScoreTable table) {
    if (!record.topic().equals(config.output().topic())) {
      deadLetters.add(record.headers());
      return;
    }
    scores++;
    if (table != null) {
      table.row(record.key(), record.value());
    }
  }

  private void summary(CsvFeed feed, double seconds, ResultFile results) {
    TextTable table = new TextTable(List.of());
    table.row("records", feed.count() + " from " + feed.file() + " to " + config.input().topic());
    table.row(
        "scores",
        scores
            + " in "
            + config.output().topic()
            + (results == null ? "" : ", written to " + results.name()));
    table.row("dead letters", deadLetters.total() + " in " + config.deadLetterTopic());
    deadLetters.lines().forEach(line -> table.row("", line));
    table.row(
        "time",
        String.format(
            Locale.ROOT,
            "%.1f s, %,.0f records/s",
            seconds,
            feed.count() / Math.max(seconds, 1e-9)));
    if (site.isEmbedded()) {
      table.row(
          "data",
          site.keptData().map(path -> "kept in " + path).orElse("removed; --data DIR keeps it"));
    }
    table.print(terminal.err());
    terminal.err().flush();
  }

  /** What has no states of an earlier run. */
  private String fresh() {
    return site.isEmbedded() ? "--data folder" : "name for the pipeline";
  }
}
