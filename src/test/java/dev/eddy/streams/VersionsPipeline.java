package dev.eddy.streams;

import dev.eddy.avro.ModelRecords;
import dev.eddy.avro.Observation;
import dev.eddy.avro.Score;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.kernel.Kernels;
import dev.eddy.streams.models.MemoryTopic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.state.KeyValueStore;

/** Scoring with a models topic, without a broker; one channel, one output. */
final class VersionsPipeline implements AutoCloseable, VersionsSource {
  static final float ENDS = 1_000; // a record whose value is so much more ends its sequence

  static final Kernels KERNELS = KernelBackend.find().kernels();

  /** A score: its key, time, number, version and value. */
  record Made(String key, long timeMs, long frame, String model, float value) {
    private Made(String key, Score score) {
      this(key, score.timeMs(), score.frame(), score.model(), score.getFloat(0));
    }
  }

  final List<Made> live = new ArrayList<>();
  final List<Made> shadow = new ArrayList<>();
  final List<String> refusals = new ArrayList<>();
  final List<Long> fetched = new CopyOnWriteArrayList<>();
  final TopologyTestDriver driver;
  private final ModelCatalogue catalogue;
  private final Scoring scoring;
  private final TestInputTopic<String, Float> in;

  /** What is on the topic at the start is known at the start. */
  VersionsPipeline(Scoring scoring, MemoryTopic topic, Map<String, byte[]> states) {
    this(scoring, topic, states, Map.of());
  }

  /** As above, with states of what scores in the shadow. */
  VersionsPipeline(
      Scoring scoring,
      MemoryTopic topic,
      Map<String, byte[]> states,
      Map<String, byte[]> shadowStates) {
    this.scoring = TestPipeline.inMemory(scoring);
    ScoringPlan plan = new ScoringPlan(this.scoring, KERNELS);
    this.catalogue =
        new ModelCatalogue(
            plan,
            KERNELS,
            "test",
            (manifest, offsets) -> {
              fetched.add(manifest.version());
              return topic.fetch(manifest, offsets);
            },
            refusal -> refusals.add(text(refusal)));
    topic.read(catalogue::accept);
    catalogue.caughtUp();
    StreamsBuilder builder = new StreamsBuilder();
    ScoringProcessorSupplier<String> supplier =
        new ScoringProcessorSupplier<>(plan, Serdes.String(), this, false);
    var observations =
        builder.stream("in", Consumed.with(Serdes.String(), Serdes.Float()))
            .mapValues(VersionsPipeline::observation);
    observations
        .process(supplier.sequences())
        .foreach((key, score) -> live.add(new Made(key, score)));
    observations
        .process(supplier.inTheShadow().sequences())
        .foreach((key, score) -> shadow.add(new Made(key, score)));
    Properties settings = new Properties();
    settings.putAll(ScoringTopology.settings("dead"));
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:9092");
    settings.put(StreamsConfig.STATE_DIR_CONFIG, "target/test-state/" + UUID.randomUUID());
    driver = new TopologyTestDriver(builder.build(), settings, Instant.EPOCH);
    states.forEach((key, state) -> store().put(key, state));
    shadowStates.forEach((key, state) -> shadowStore().put(key, state));
    in = driver.createInputTopic("in", Serdes.String().serializer(), Serdes.Float().serializer());
  }

  VersionsPipeline(Scoring scoring, MemoryTopic topic) {
    this(scoring, topic, Map.of());
  }

  private static Observation observation(Float value) {
    if (value == null) {
      return null;
    }
    return value >= ENDS ? Observation.of(value - ENDS).ending() : Observation.of(value);
  }

  private static String text(ModelRecords.Refusal refusal) {
    return refusal.version() + ": " + refusal.reason();
  }

  @Override
  public ModelCatalogue acquire(Map<String, Object> settings) {
    return catalogue;
  }

  @Override
  public void release() {
    // nothing is read
  }

  private KeyValueStore<String, byte[]> shadowStore() {
    return driver.getKeyValueStore(scoring.shadowStoreName());
  }

  /** As {@link #states}, of what scores in the shadow. */
  Map<String, byte[]> shadowStates() {
    return states(shadowStore());
  }

  /** What the reader of a models topic does several times a second. */
  void prepare() {
    catalogue.prepare();
  }

  KeyValueStore<String, byte[]> store() {
    return driver.getKeyValueStore(scoring.storeName());
  }

  /** All states, as a changelog would give them to another instance. */
  Map<String, byte[]> states() {
    return states(store());
  }

  private static Map<String, byte[]> states(KeyValueStore<String, byte[]> store) {
    Map<String, byte[]> states = new HashMap<>();
    try (var all = store.all()) {
      all.forEachRemaining(entry -> states.put(entry.key, entry.value));
    }
    return states;
  }

  /** One record; null ends the sequence, a value with {@link #ENDS} does so behind its frame. */
  void pipe(String key, Float value, long timeMs) {
    in.pipeInput(key, value, timeMs);
  }

  /** Events of a kind so far, such as "states-kept". */
  double count(String what) {
    return driver.metrics().entrySet().stream()
        .filter(metric -> metric.getKey().name().equals(what + "-total"))
        .filter(metric -> !metric.getKey().tags().toString().contains("shadow"))
        .mapToDouble(metric -> (double) metric.getValue().metricValue())
        .sum();
  }

  @Override
  public void close() {
    driver.close();
  }
}
