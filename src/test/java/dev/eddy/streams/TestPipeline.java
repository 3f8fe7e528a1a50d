package dev.eddy.streams;

import dev.eddy.avro.InputMapping;
import dev.eddy.avro.ObservationDeserializer;
import dev.eddy.avro.RecordSerializer;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.avro.ScoreSerializer;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.streams.time.Timing;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** A pipeline without a broker: topics "in", "out" and "dead", a registry of its own. */
final class TestPipeline implements AutoCloseable {
  static final String IN = "in";
  static final String OUT = "out";
  static final String DEAD = "dead";
  static final String LATE = "late";
  private static final int SCHEMA_HEADER = 5; // bytes before a score's own

  private final String scope = UUID.randomUUID().toString();
  private final RegistrySettings registry = RegistrySettings.at("mock://" + scope);
  private final RecordSerializer records;
  private final TestInputTopic<byte[], byte[]> in;
  private final TestOutputTopic<byte[], GenericRecord> out;
  private final TestOutputTopic<byte[], byte[]> dead;
  private final TestOutputTopic<byte[], byte[]> late;
  final TopologyTestDriver driver;
  final Scoring scoring;

  TestPipeline(Scoring scoring, InputMapping mapping) {
    this(scoring, mapping, Map.of());
  }

  TestPipeline(Scoring scoring, InputMapping mapping, Map<byte[], byte[]> states) {
    this(scoring, Timing.NONE, mapping, false);
    states.forEach((key, state) -> store().put(key, state));
  }

  /**
   * @param lateTopic whether late records go to a topic of their own
   */
  TestPipeline(Scoring scoring, Timing timing, InputMapping mapping, boolean lateTopic) {
    this(scoring, timing, mapping, lateTopic, Map.of());
  }

  /**
   * @param changelogs what the stores begin with, by name, as {@link #changelogs} gave it
   */
  TestPipeline(
      Scoring scoring,
      Timing timing,
      InputMapping mapping,
      boolean lateTopic,
      Map<String, Map<byte[], byte[]>> changelogs) {
    this(scoring, timing, registry -> FrameTail.NONE, mapping, lateTopic, changelogs);
  }

  /**
   * @param tail makes what is put behind frames
   */
  TestPipeline(
      Scoring scoring,
      Timing timing,
      Function<RegistrySettings, FrameTail> tail,
      InputMapping mapping,
      boolean lateTopic,
      Map<String, Map<byte[], byte[]>> changelogs) {
    this.scoring = scoring;
    this.records = new RecordSerializer(registry);
    var kernels = KernelBackend.find().kernels();
    ScoringTopology topology =
        new ScoringTopology(
            scoring,
            timing,
            tail.apply(registry),
            new ObservationDeserializer(mapping, registry),
            schema -> new ScoreSerializer(schema, registry),
            kernels,
            ScoringTopology.REGISTRY_PATIENCE);
    StreamsBuilder builder = new StreamsBuilder();
    topology.addTo(builder, IN, OUT);
    Properties settings = new Properties();
    settings.putAll(
        lateTopic ? ScoringTopology.settings(DEAD, LATE) : ScoringTopology.settings(DEAD));
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:9092");
    settings.put(StreamsConfig.STATE_DIR_CONFIG, "target/test-state/" + scope);
    driver = new TopologyTestDriver(builder.build(), settings, Instant.EPOCH);
    changelogs.forEach(
        (name, entries) -> entries.forEach(driver.<byte[], byte[]>getKeyValueStore(name)::put));
    in = driver.createInputTopic(IN, new ByteArraySerializer(), new ByteArraySerializer());
    out = driver.createOutputTopic(OUT, new ByteArrayDeserializer(), scores());
    dead = driver.createOutputTopic(DEAD, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    late = driver.createOutputTopic(LATE, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Where many are opened, opening RocksDB would be most of the time. */
  static Scoring inMemory(Scoring scoring) {
    StateStore store = scoring.store();
    return scoring.with(
        new StateStore(StateStore.Kind.MEMORY, store.caching(), store.otherLayout()));
  }

  private Deserializer<GenericRecord> scores() {
    KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer();
    deserializer.configure(Map.of("schema.registry.url", "mock://" + scope), false);
    return (topic, data) -> (GenericRecord) deserializer.deserialize(topic, data);
  }

  org.apache.kafka.streams.state.KeyValueStore<byte[], byte[]> store() {
    return driver.getKeyValueStore(scoring.storeName());
  }

  /** A record of doubles named as the fields are; a null value leaves the union's null. */
  byte[] encode(Schema schema, Object... values) {
    GenericRecord record = new GenericData.Record(schema);
    for (int i = 0; i < values.length; i++) {
      record.put(i, values[i]);
    }
    return records.serialize(IN, record);
  }

  void pipe(String key, byte[] value, long timeMs) {
    in.pipeInput(
        new TestRecord<>(key == null ? null : bytes(key), value, Instant.ofEpochMilli(timeMs)));
  }

  void pipe(TestRecord<byte[], byte[]> record) {
    in.pipeInput(record);
  }

  /** A row of a table. */
  void pipeTo(String topic, String key, byte[] value, long timeMs) {
    driver
        .createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer())
        .pipeInput(bytes(key), value, timeMs);
  }

  /** As {@link #scoresSoFar}, not decoded. */
  List<TestRecord<byte[], byte[]>> scoreBytesSoFar() {
    return driver
        .createOutputTopic(OUT, new ByteArrayDeserializer(), new ByteArrayDeserializer())
        .readRecordsToList();
  }

  /**
   * Adds {@link #scoreBytesSoFar} to each key's as texts: time, bytes, headers. Without the
   * schema's id, which says in which order schemas were registered.
   */
  void addScoresTo(Map<String, List<String>> byKey) {
    for (TestRecord<byte[], byte[]> score : scoreBytesSoFar()) {
      String bytes = HexFormat.of().formatHex(score.value(), SCHEMA_HEADER, score.value().length);
      byKey
          .computeIfAbsent(new String(score.key(), StandardCharsets.UTF_8), k -> new ArrayList<>())
          .add(score.timestamp() + " " + bytes + score.headers());
    }
  }

  List<TestRecord<byte[], GenericRecord>> scoresSoFar() {
    return out.readRecordsToList();
  }

  List<TestRecord<byte[], byte[]>> deadSoFar() {
    return dead.readRecordsToList();
  }

  List<TestRecord<byte[], byte[]>> lateSoFar() {
    return late.readRecordsToList();
  }

  /** What all changelog topics hold, by store. */
  Map<String, Map<byte[], byte[]>> changelogs() {
    Map<String, Map<byte[], byte[]>> changelogs = new HashMap<>();
    driver.getAllStateStores().keySet().forEach(name -> changelogs.put(name, changelog(name)));
    return changelogs;
  }

  /** What the changelog topic holds for each key: what a new instance would begin with. */
  Map<byte[], byte[]> changelog() {
    return changelog(scoring.storeName());
  }

  private Map<byte[], byte[]> changelog(String store) {
    TestOutputTopic<byte[], byte[]> topic =
        driver.createOutputTopic(
            "test-" + store + "-changelog",
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    Map<byte[], byte[]> last = new java.util.TreeMap<>(java.util.Arrays::compare);
    for (KeyValue<byte[], byte[]> entry : topic.readKeyValuesToList()) {
      if (entry.value == null) {
        last.remove(entry.key);
      } else {
        last.put(entry.key, entry.value);
      }
    }
    return last;
  }

  /** Lets the wall-clock go on as a task sees it, tick by tick. */
  void letPass(Duration time) {
    long tickMs = 250;
    for (long leftMs = time.toMillis(); leftMs > 0; leftMs -= tickMs) {
      driver.advanceWallClockTime(Duration.ofMillis(Math.min(leftMs, tickMs)));
    }
  }

  static byte[] bytes(String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }

  static String reason(TestRecord<byte[], byte[]> letter) {
    return new String(
        letter.headers().lastHeader("__streams.errors.message").value(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    driver.close();
    records.close();
    MockSchemaRegistry.dropScope(scope);
  }
}
