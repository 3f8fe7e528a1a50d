package dev.eddy.app.bench;

import dev.eddy.app.pipeline.FeedProducer;
import dev.eddy.app.pipeline.StreamRun;
import dev.eddy.kernel.Kernels;
import dev.eddy.model.Model;
import dev.eddy.model.PackedModel;
import dev.eddy.model.Provenance;
import dev.eddy.model.Timeline;
import dev.eddy.streams.Scoring;
import dev.eddy.streams.ScoringTopology;
import dev.eddy.streams.models.ModelsTopic;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;

/**
 * What a change of model costs a stream that goes on: the pauses between two scores while a large
 * version arrives and takes over, then the memory after few and after many change-overs.
 *
 * <p>Records come at a steady pace, to one partition after the other, with the present time as
 * event time, so that a thread's pause is at least as long as it takes until one of its partitions
 * is on again. Beside each change stand the pauses of a stretch as long in which nothing changes:
 * what the machine, the broker and the commits do, a change does not. Three changes: to a large
 * version, from that to another large one, back to a small one. Publisher, feed and stream are in
 * this process, the broker is not.
 */
public final class ModelBench {
  private static final String INPUT = "changing";
  private static final String OUTPUT = "changing-scores";
  private static final String MODELS = "changing-models";
  private static final String NAME = "changing";
  private static final int KEYS = 20;
  private static final int PARTITIONS = 4;
  private static final int SMALL_UNITS = 64;
  private static final int SMALL_VERSIONS = 8;
  private static final int FIRST_SMALL = 4; // 1 is the one before all, 2 and 3 are large
  private static final int CHANGES_AN_EDIT = 10;
  private static final long BETWEEN_MS = 50; // two change-overs
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * How much.
   *
   * @param megabytes of the large version, 10^6 bytes
   * @param changeOvers after it
   * @param rate records a second
   */
  public record Size(int megabytes, int changeOvers, int rate, int threads) {}

  /**
   * Pauses of threads between two of their scores that followed each other, in milliseconds.
   *
   * @param half not longer than this is one of two
   * @param most not longer than this are 99 of 100
   * @param over100 how many were 100 or longer
   */
  public record Stretch(long scores, double half, double most, double longest, int over100) {}

  /** Who is told, by the thread that runs the bench. */
  public interface Listener {
    /** Something begins that takes seconds. */
    void begins(String what);

    /** A stretch is over. */
    void scored(String when, Stretch stretch);

    /** After so many change-overs; RSS where the system tells it. */
    void memory(int changeOvers, long heapBytes, OptionalLong rssBytes);
  }

  private final Size size;
  private final Bench.Place place;
  private final Kernels kernels;
  private final Pauses pauses = new Pauses();
  private volatile boolean feeds = true;

  public ModelBench(Size size, Bench.Place place, Kernels kernels) {
    this.size = size;
    this.place = place;
    this.kernels = kernels;
  }

  /** Runs it; whether to its end. */
  public boolean run(Listener listener, BooleanSupplier stopped)
      throws IOException, ExecutionException, InterruptedException {
    Path small = BenchModels.write(place.folder().resolve("small"), NAME, SMALL_UNITS, 1);
    int units = BenchModels.unitsFor(1_000_000L * size.megabytes());
    listener.begins("writing models of " + size.megabytes() + " MB, " + units + " units");
    List<Path> large = new ArrayList<>();
    for (int version = 2; version <= 3; version++) {
      Path folder = place.folder().resolve("large-" + version);
      large.add(BenchModels.write(folder, NAME, units, version));
    }
    Map<String, Object> settings =
        Map.of(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, place.bootstrapServers());
    try (Admin admin = Admin.create(settings);
        ModelsTopic models = new ModelsTopic(settings, MODELS, PATIENCE)) {
      admin
          .createTopics(
              List.of(
                  new NewTopic(INPUT, PARTITIONS, (short) 1),
                  new NewTopic(OUTPUT, PARTITIONS, (short) 1),
                  new NewTopic(ScoringTopology.shadowTopic(OUTPUT), PARTITIONS, (short) 1)))
          .all()
          .get();
      models.create();
      models.publish(packed(small, 1));
      activate(models, 1, Timeline.ALWAYS);
      Thread feed = new Thread(this::feed, "feed");
      try (StreamRun stream = new StreamRun(topology(Model.read(small)), settings())) {
        stream.start();
        feed.start();
        listener.begins("warming up");
        pass(20_000, stream, stopped);
        change(listener, models, large, stream, stopped);
        if (size.changeOvers() > 0) {
          changeOften(listener, models, stream, stopped);
        }
      } finally {
        feeds = false;
        feed.join();
      }
    }
    return !stopped.getAsBoolean();
  }

  private void change(
      Listener listener,
      ModelsTopic models,
      List<Path> large,
      StreamRun stream,
      BooleanSupplier stopped) {
    pauses.take();
    pass(20_000, stream, stopped);
    tell(listener, "nothing changes, a small one scores");
    for (int i = 0; i < large.size(); i++) {
      long version = 2 + i;
      listener.begins("publishing large version " + version);
      models.publish(packed(large.get(i), version));
      tell(listener, "version " + version + " is published");
      long fromMs = System.currentTimeMillis() + 5_000; // until then it is fetched and compiled
      activate(models, version, fromMs);
      pass(fromMs - 500 - System.currentTimeMillis(), stream, stopped);
      tell(listener, "it is fetched and compiled");
      await(version, stream, stopped);
      pass(2_000, stream, stopped);
      tell(listener, "it takes over");
      if (i == 0) {
        pass(15_000, stream, stopped);
        tell(listener, "nothing changes, a large one scores");
      }
    }
    activate(models, 1, System.currentTimeMillis() + 500);
    await(1, stream, stopped);
    pass(2_000, stream, stopped);
    tell(listener, "back to the small one");
  }

  private void changeOften(
      Listener listener, ModelsTopic models, StreamRun stream, BooleanSupplier stopped)
      throws IOException {
    listener.begins(size.changeOvers() + " change-overs");
    for (int i = 0; i < SMALL_VERSIONS; i++) {
      Path file =
          BenchModels.write(
              place.folder().resolve("version-" + i), NAME, SMALL_UNITS, FIRST_SMALL + i);
      models.publish(packed(file, FIRST_SMALL + i));
    }
    pauses.take();
    int done = 0;
    while (done < size.changeOvers() && !stopped.getAsBoolean()) {
      int from = done;
      int count = Math.min(CHANGES_AN_EDIT, size.changeOvers() - done);
      long firstMs = System.currentTimeMillis() + 400;
      models.edit(
          NAME,
          contents -> {
            Timeline timeline = contents.timeline(NAME);
            for (int i = 0; i < count; i++) {
              timeline =
                  timeline.plus(
                      activation(
                          FIRST_SMALL + (from + i) % SMALL_VERSIONS, firstMs + i * BETWEEN_MS));
            }
            return timeline;
          });
      done += count;
      await(FIRST_SMALL + (done - 1) % SMALL_VERSIONS, stream, stopped);
      if (done == CHANGES_AN_EDIT || done == 100 || done == size.changeOvers()) {
        tell(listener, done + " change-overs of small ones");
        listener.memory(done, heapBytes(), rssBytes());
        pauses.take(); // the collection is the bench's own
      }
    }
  }

  private void tell(Listener listener, String when) {
    listener.scored(when, pauses.take());
  }

  private static Timeline.Activation activation(long version, long fromMs) {
    return new Timeline.Activation(
        version, fromMs, Timeline.Mode.LIVE, Timeline.ALL, System.currentTimeMillis(), "bench");
  }

  private static void activate(ModelsTopic models, long version, long fromMs) {
    models.edit(NAME, contents -> contents.timeline(NAME).plus(activation(version, fromMs)));
  }

  private static PackedModel packed(Path file, long version) {
    return PackedModel.of(
        file, NAME, version, "", new Provenance("bench", Instant.now(), "bench", Map.of()));
  }

  /** Lets time go by while the stream goes on. */
  private static void pass(long ms, StreamRun stream, BooleanSupplier stopped) {
    long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
    while (System.nanoTime() < endNs && !stopped.getAsBoolean()) {
      stream.check();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  /** Until that version has scored last. */
  private void await(long version, StreamRun stream, BooleanSupplier stopped) {
    String model = NAME + "/" + version;
    long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
    while (!model.equals(pauses.lastModel()) && !stopped.getAsBoolean()) {
      if (System.nanoTime() > deadlineNs) {
        throw new IllegalStateException(model + " does not score; last was " + pauses.lastModel());
      }
      pass(5, stream, stopped);
    }
  }

  private void feed() {
    byte[][] keys = new byte[KEYS][];
    for (int i = 0; i < KEYS; i++) {
      keys[i] = ("key" + i).getBytes(StandardCharsets.UTF_8);
    }
    BenchValues.Floats values = new BenchValues.Floats();
    float[] frame = new float[Bench.INPUTS];
    long startNs = System.nanoTime();
    try (KafkaProducer<byte[], byte[]> producer =
        FeedProducer.open(Map.of("bootstrap.servers", place.bootstrapServers(), "linger.ms", 0))) {
      for (long i = 0; feeds; i++) {
        LockSupport.parkNanos(startNs + i * 1_000_000_000 / size.rate() - System.nanoTime());
        frame[(int) (i % frame.length)] = (i * 37 % 101) / 50f - 1;
        producer.send(
            new ProducerRecord<>(
                INPUT,
                (int) (i % PARTITIONS), // KEYS is a multiple, so a key stays with its own
                System.currentTimeMillis(),
                keys[(int) (i % KEYS)],
                values.write(INPUT, frame)));
      }
    }
  }

  private org.apache.kafka.streams.Topology topology(Model model) {
    StreamsBuilder builder = new StreamsBuilder();
    BenchValues.Floats values = new BenchValues.Floats();
    new ScoringTopology(
            Scoring.of(NAME, model).withModels(MODELS),
            values.deserializer(),
            schema -> pauses.around(values.serializer()),
            kernels)
        .addTo(builder, INPUT, OUTPUT);
    return builder.build();
  }

  private Properties settings() {
    Properties settings = new Properties();
    settings.putAll(ScoringTopology.settings("changing-dead-letters"));
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "eddy-bench-models");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, place.bootstrapServers());
    settings.put(StreamsConfig.STATE_DIR_CONFIG, place.folder().resolve("streams").toString());
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, size.threads());
    return settings;
  }

  private static long heapBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static OptionalLong rssBytes() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
