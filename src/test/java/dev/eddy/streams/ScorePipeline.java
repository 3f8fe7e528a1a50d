package dev.eddy.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.avro.Observation;
import dev.eddy.avro.Score;
import dev.eddy.model.PackedModel;
import dev.eddy.model.Timeline;
import dev.eddy.streams.models.MemoryTopic;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** Scoring of given frames without a broker, with and without a models topic. */
final class ScorePipeline implements AutoCloseable, VersionsSource {
  /** What comes in; a null frame ends the sequence. */
  record In(String key, long timeMs, float... frame) {
    static In end(String key, long timeMs) {
      return new In(key, timeMs, (float[]) null);
    }
  }

  /** What goes out: a score, and its record's key and time. */
  record Out(String key, long timeMs, Score score) {
    Object get(String column) {
      return score.get(column);
    }

    String text() {
      return key + "@" + timeMs + score;
    }
  }

  final List<Out> outs = new ArrayList<>();
  final TopologyTestDriver driver;
  private final ModelCatalogue catalogue; // null without a models topic
  private final TestInputTopic<String, byte[]> in;
  private final TestOutputTopic<String, byte[]> dead;

  ScorePipeline(Scoring scoring) {
    this(scoring, null, Map.of());
  }

  ScorePipeline(
      Scoring scoring, MemoryTopic topic, Map<String, List<KeyValue<Object, Object>>> states) {
    ScoringPlan plan = new ScoringPlan(TestPipeline.inMemory(scoring), VersionsPipeline.KERNELS);
    ModelCatalogue found = null;
    if (topic != null) {
      found =
          new ModelCatalogue(plan, VersionsPipeline.KERNELS, "test", topic::fetch, refusal -> {});
      topic.read(found::accept);
      found.caughtUp();
    }
    catalogue = found;
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream("in", Consumed.with(Serdes.String(), Serdes.ByteArray()))
        .mapValues(ScorePipeline::observation)
        .processValues(
            new ScoringProcessorSupplier<>(
                plan, Serdes.String(), topic == null ? null : this, false))
        .process(() -> new Collector(outs));
    Properties settings = new Properties();
    settings.putAll(ScoringTopology.settings("dead"));
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:9092");
    settings.put(StreamsConfig.STATE_DIR_CONFIG, "target/test-state/" + UUID.randomUUID());
    driver = new TopologyTestDriver(builder.build(), settings, Instant.EPOCH);
    states.forEach(
        (name, entries) -> entries.forEach(entry -> store(name).put(entry.key, entry.value)));
    in =
        driver.createInputTopic(
            "in", Serdes.String().serializer(), Serdes.ByteArray().serializer());
    dead =
        driver.createOutputTopic(
            "dead", Serdes.String().deserializer(), Serdes.ByteArray().deserializer());
  }

  private static final class Collector extends ContextualProcessor<String, Score, Void, Void> {
    private final List<Out> outs;

    Collector(List<Out> outs) {
      this.outs = outs;
    }

    @Override
    public void process(Record<String, Score> record) {
      outs.add(new Out(record.key(), record.timestamp(), record.value()));
    }
  }

  private static Observation observation(byte[] value) {
    if (value == null) {
      return null;
    }
    float[] frame = new float[value.length / Float.BYTES];
    ByteBuffer.wrap(value).asFloatBuffer().get(frame);
    return Observation.of(frame);
  }

  private KeyValueStore<Object, Object> store(String name) {
    return driver.getKeyValueStore(name);
  }

  /** All states, as changelogs would give them to another instance. */
  Map<String, List<KeyValue<Object, Object>>> states() {
    Map<String, List<KeyValue<Object, Object>>> states = new HashMap<>();
    for (String name : driver.getAllStateStores().keySet()) {
      List<KeyValue<Object, Object>> entries = new ArrayList<>();
      try (KeyValueIterator<Object, Object> all = store(name).all()) {
        all.forEachRemaining(entries::add);
      }
      states.put(name, entries);
    }
    return states;
  }

  void pipe(In one) {
    byte[] value = null;
    if (one.frame() != null) {
      ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * one.frame().length);
      bytes.asFloatBuffer().put(one.frame());
      value = bytes.array();
    }
    in.pipeInput(one.key(), value, one.timeMs());
  }

  /** Why records so far could not be used. */
  List<String> reasons() {
    return dead.readRecordsToList().stream()
        .map(r -> new String(r.headers().lastHeader("__streams.errors.message").value()))
        .toList();
  }

  /** Scores all; nothing may become a dead letter. */
  static List<Out> score(Scoring scoring, List<In> ins) {
    return score(scoring, null, ins, ins.size());
  }

  static List<Out> score(Scoring scoring, MemoryTopic topic, List<In> ins, int cut) {
    List<Out> outs = new ArrayList<>();
    Map<String, List<KeyValue<Object, Object>>> states = Map.of();
    for (int from = 0; from < ins.size(); from += cut) {
      try (ScorePipeline pipeline = new ScorePipeline(scoring, topic, states)) {
        ins.subList(from, Math.min(from + cut, ins.size())).forEach(pipeline::pipe);
        assertThat(pipeline.reasons()).isEmpty();
        outs.addAll(pipeline.outs);
        states = pipeline.states();
      }
    }
    return outs;
  }

  /**
   * Scores all, and asserts that it comes to the same where states are stored and restored in
   * between, and where the model comes from a models topic.
   */
  static List<Out> scoreEveryWay(PackedModel packed, Scoring scoring, List<In> ins) {
    List<Out> whole = score(scoring, ins);
    List<String> texts = whole.stream().map(Out::text).toList();
    int cut = ins.size() / 3 - 1;
    assertThat(score(scoring, null, ins, cut)).extracting(Out::text).isEqualTo(texts);
    MemoryTopic topic = new MemoryTopic();
    topic.publish(packed);
    topic.activate(packed.model().name(), 1, Timeline.ALWAYS, Timeline.Mode.LIVE, Timeline.ALL);
    Scoring changing = scoring.with(ModelUpdates.from("models"));
    assertThat(score(changing, topic, ins, cut)).extracting(Out::text).isEqualTo(texts);
    return whole;
  }

  @Override
  public ModelCatalogue acquire(Map<String, Object> settings) {
    return catalogue;
  }

  @Override
  public void release() {
    // nothing is read
  }

  @Override
  public void close() {
    driver.close();
  }
}
