package dev.eddy.app.demo;

import dev.eddy.app.pipeline.OutputReader;
import dev.eddy.app.pipeline.OutputReader.Topics;
import dev.eddy.app.pipeline.Pipeline;
import dev.eddy.app.pipeline.StreamRun;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.kernel.Kernels;
import dev.eddy.streams.Scoring;
import dev.eddy.streams.ScoringTopology;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.StreamsConfig;

/**
 * A fleet's readings through a broker, scored exactly once by the model that was trained on such
 * pumps, and judged by the faults that were injected.
 *
 * <p>The judge sees committed scores in the output topic and nothing else.
 */
public final class Demo {
  private static final String READINGS = "pump-readings";
  private static final String SCORES = "pump-scores";
  private static final String DEAD_LETTERS = "pump-dead-letters";
  private static final String APPLICATION = "eddy-demo";
  private static final int PARTITIONS = 4;
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * What is simulated.
   *
   * @param pumps at least 1
   * @param ticks readings of each pump
   * @param seed decides every reading
   * @param faultRate faults of one pump in 1,000 ticks, as in {@link PumpFleet}
   */
  public record Size(int pumps, long ticks, long seed, double faultRate) {
    /** The fleet before its tick 0. */
    public PumpFleet fleet() {
      return new PumpFleet(pumps, seed, faultRate);
    }

    /** All readings of all pumps. */
    public long readings() {
      return pumps * ticks;
    }
  }

  /** Where it runs: services that are up, and a folder to itself. */
  public record Place(String bootstrapServers, String registryUrl, Path folder) {}

  /** Who watches; called by the thread that runs the demo, several times a second. */
  public interface Audience {
    /** Whether to end early. */
    boolean leaves();

    /** A fault, or a false alarm, the moment that it shows. */
    void found(Findings.Finding finding);

    /** So many scores have come. */
    void progress(long scores, Findings findings);
  }

  private final Size size;
  private final Place place;
  private final Kernels kernels;
  private final RegistrySettings registry;

  public Demo(Size size, Place place, Kernels kernels) {
    this.size = size;
    this.place = place;
    this.kernels = kernels;
    this.registry = RegistrySettings.at(place.registryUrl());
  }

  /**
   * Runs from the first reading to the last score.
   *
   * @return what came of it; empty if the audience left
   * @throws dev.eddy.app.pipeline.StreamStoppedException if the scoring fails
   * @throws IllegalStateException if it stands still
   */
  public Optional<DemoResult> run(Audience audience)
      throws IOException, InterruptedException, ExecutionException {
    PumpFleet fleet = size.fleet();
    Findings findings = new Findings(fleet.faultsBefore(size.ticks()), PumpScoring.THRESHOLD);
    Map<String, Object> client =
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, place.bootstrapServers());
    try (Admin admin = Admin.create(client);
        ScoreJudge judge = new ScoreJudge(size.pumps(), findings, registry)) {
      createTopics(admin);
      Topics topics = new Topics(READINGS, List.of(SCORES, DEAD_LETTERS));
      try (OutputReader reader =
              new OutputReader(admin, APPLICATION, place.bootstrapServers(), topics);
          StreamRun stream = new StreamRun(pipeline().topology(), settings())) {
        stream.start();
        FleetProducer producer =
            new FleetProducer(
                fleet, size.pumps(), size.ticks(), READINGS, place.bootstrapServers(), registry);
        Thread thread = new Thread(producer, "pumps");
        thread.start();
        try {
          return watch(stream, reader, judge, producer, audience);
        } finally {
          producer.stop();
          thread.join();
        }
      }
    }
  }

  /** Event time of a tick. */
  public static Instant time(long tick) {
    return FleetProducer.time(tick);
  }

  private static void createTopics(Admin admin) throws ExecutionException, InterruptedException {
    short copies = 1;
    admin
        .createTopics(
            List.of(
                new NewTopic(READINGS, PARTITIONS, copies),
                new NewTopic(SCORES, PARTITIONS, copies),
                new NewTopic(DEAD_LETTERS, 1, copies)))
        .all()
        .get();
  }

  private Optional<DemoResult> watch(
      StreamRun stream,
      OutputReader reader,
      ScoreJudge judge,
      FleetProducer producer,
      Audience audience)
      throws ExecutionException, InterruptedException {
    long deadLetters = 0;
    long firstNs = 0;
    long lastNs = System.nanoTime();
    while (true) {
      boolean any = false;
      for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
        any = true;
        if (record.topic().equals(DEAD_LETTERS)) {
          deadLetters++;
        } else {
          firstNs = judge.scores() == 0 ? System.nanoTime() : firstNs;
          judge.score(record).ifPresent(audience::found);
        }
      }
      audience.progress(judge.scores(), judge.findings());
      if (audience.leaves()) {
        return Optional.empty();
      }
      stream.check();
      if (any) {
        lastNs = System.nanoTime();
      } else if (producer.isFinished() && reader.isAtEnd()) {
        return Optional.of(
            new DemoResult(
                producer.acknowledged(),
                judge.scores(),
                judge.outOfSequence(),
                deadLetters,
                Duration.ofNanos(judge.scores() == 0 ? 0 : lastNs - firstNs),
                judge.findings()));
      } else if (System.nanoTime() - lastNs > PATIENCE.toNanos()) {
        throw new IllegalStateException("no score for " + PATIENCE.toSeconds() + " seconds");
      }
    }
  }

  private Pipeline pipeline() throws IOException {
    Scoring scoring = PumpScoring.scoring(PumpScoring.model(place.folder()));
    Pipeline pipeline =
        new Pipeline(scoring, PumpScoring.mapping(), registry, kernels, READINGS, SCORES);
    pipeline.register();
    return pipeline;
  }

  private Properties settings() {
    Properties settings = new Properties();
    settings.putAll(ScoringTopology.settings(DEAD_LETTERS));
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, place.bootstrapServers());
    settings.put(StreamsConfig.STATE_DIR_CONFIG, place.folder().resolve("streams").toString());
    settings.put(
        StreamsConfig.NUM_STREAM_THREADS_CONFIG,
        Math.min(PARTITIONS, Runtime.getRuntime().availableProcessors()));
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    return settings;
  }
}
