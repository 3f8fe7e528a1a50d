package dev.eddy.streams;

import dev.eddy.avro.Observation;
import dev.eddy.avro.Score;
import dev.eddy.avro.ScoreSchema;
import dev.eddy.frames.FrameChannel;
import dev.eddy.frames.FramePlan;
import dev.eddy.kernel.Kernels;
import dev.eddy.layer.Shape;
import dev.eddy.model.Model;
import dev.eddy.network.StateLayout;
import dev.eddy.score.Scaling;
import dev.eddy.streams.time.FramesProcessorSupplier;
import dev.eddy.streams.time.OrderProcessorSupplier;
import dev.eddy.streams.time.Timing;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * A pipeline from topic to topic: opaque keys, decoded frames, one processor with its store, typed
 * scores.
 *
 * <p>Every source, processor, store and sink has a name made from the pipeline's, the same after a
 * restart.
 */
public final class ScoringTopology {
  /** How long a registry that does not answer is waited for before the stream thread fails. */
  public static final Duration REGISTRY_PATIENCE = Duration.ofSeconds(30);

  /** Room for states that wait for the commit: about 20,000 keys of 500 bytes in each store. */
  private static final long CACHE_BYTES = 64L << 20;

  private final Scoring scoring;
  private final ScoringProcessorSupplier<byte[]> processor;
  private final Timing timing;
  private final FrameTail tail;
  private final Deserializer<Observation> rows; // of the tail's table; null for none
  private final Optional<OrderProcessorSupplier<byte[]>> order;
  private final Optional<FramesProcessorSupplier<byte[]>> frames;
  private final AtomicBoolean drained = new AtomicBoolean();
  private final AtomicBoolean sequencesOver = new AtomicBoolean();
  private final Serde<Observation> input;
  private final Serde<Score> output;

  /** As below, with {@link #REGISTRY_PATIENCE}. */
  public ScoringTopology(
      Scoring scoring,
      Deserializer<Observation> input,
      Function<ScoreSchema, Serializer<Score>> output,
      Kernels kernels) {
    this(scoring, input, output, kernels, REGISTRY_PATIENCE);
  }

  /**
   * Compiles the network.
   *
   * @param input decodes a record's value; throws {@link dev.eddy.avro.BadRecordException} for one
   *     that can't be used
   * @param output makes what encodes scores, given their schema; the topic's subject must take it
   * @param registryPatience how long a stream thread waits for a registry that does not answer;
   *     when it ends the thread fails, see {@link StreamFaults}. Much shorter than {@code
   *     max.poll.interval.ms}, or the thread loses its place in the group
   * @throws dev.eddy.model.ModelException if the model does not compile
   */
  public ScoringTopology(
      Scoring scoring,
      Deserializer<Observation> input,
      Function<ScoreSchema, Serializer<Score>> output,
      Kernels kernels,
      Duration registryPatience) {
    this(scoring, Timing.NONE, input, output, kernels, registryPatience);
  }

  /**
   * As above.
   *
   * @param timing what is done about time before scoring
   */
  public ScoringTopology(
      Scoring scoring,
      Timing timing,
      Deserializer<Observation> input,
      Function<ScoreSchema, Serializer<Score>> output,
      Kernels kernels,
      Duration registryPatience) {
    this(scoring, timing, FrameTail.NONE, input, output, kernels, registryPatience);
  }

  /**
   * As above.
   *
   * @param tail what is put behind the frames; the last channels of {@code scoring} are its
   */
  public ScoringTopology(
      Scoring scoring,
      Timing timing,
      FrameTail tail,
      Deserializer<Observation> input,
      Function<ScoreSchema, Serializer<Score>> output,
      Kernels kernels,
      Duration registryPatience) {
    this.timing = timing;
    this.tail = tail;
    this.rows =
        tail.context()
            .map(
                table ->
                    (Deserializer<Observation>)
                        new InputDecoder(table.rows(), registryPatience, false))
            .orElse(null);
    checkTail(scoring, tail);
    this.order = timing.grace().holds() ? Optional.of(order(scoring, timing)) : Optional.empty();
    ScoringProcessorSupplier<byte[]> supplier =
        new ScoringProcessorSupplier<>(scoring, Serdes.ByteArray(), kernels)
            .after(
                timing.grace().holds() ? timing.grace().idle() : Duration.ZERO, sequencesOver::get);
    supplier = order.map(supplier::behind).orElse(supplier);
    this.processor = timing.frames().isPresent() ? supplier.behindFrames() : supplier;
    this.scoring = processor.scoring();
    timing.frames().ifPresent(plan -> checkChannels(plan, scoring, tail));
    timing.frames().ifPresent(plan -> checkShape(plan, scoring.model()));
    this.frames = timing.frames().map(plan -> frames(scoring, timing));
    this.input =
        Serdes.serdeFrom(
            (topic, observation) -> {
              throw new UnsupportedOperationException("observations are only read");
            },
            new InputDecoder(input, registryPatience, timing.grace().holds()));
    this.output =
        Serdes.serdeFrom(
            output.apply(schema()),
            (topic, data) -> {
              throw new UnsupportedOperationException("scores are only written");
            });
  }

  private static void checkTail(Scoring scoring, FrameTail tail) {
    List<Channel> channels = scoring.channels();
    List<Channel> last = tail.channels();
    int from = channels.size() - last.size();
    if (from < 1 || !channels.subList(from, channels.size()).equals(last)) {
      throw new IllegalArgumentException(
          "the channels must be those of a record, then "
              + last.stream().map(Channel::name).toList()
              + ", got "
              + NameList.ofChannels(channels));
    }
  }

  private static void checkChannels(FramePlan plan, Scoring scoring, FrameTail tail) {
    List<String> made = plan.channels().stream().map(FrameChannel::name).toList();
    List<String> expected = scoring.channels().stream().map(Channel::name).toList();
    if (!made.equals(expected.subList(0, expected.size() - tail.channels().size()))) {
      throw new IllegalArgumentException(
          "frames are made of " + NameList.of(made) + ", scoring expects " + NameList.of(expected));
    }
    if (scoring.sequences().perRecord() || scoring.sequences().idle().isPresent()) {
      throw new IllegalArgumentException(
          "frames are made of several records of a key, so a sequence is neither one record nor"
              + " idle; write gap: {over: 10m, then: flush} in the place of end: {idle: 10m}");
    }
  }

  /** Raw samples are a frame with a width; a model may take it or the same values in a row. */
  private static void checkShape(FramePlan plan, Model model) {
    Shape takes = model.graph().input();
    if (plan.shape().positions() > 1 && takes.positions() > 1 && !takes.equals(plan.shape())) {
      throw new MisfitException(
          MisfitException.Part.CHANNELS,
          model.id()
              + " takes frames of "
              + takes
              + ", the input gives frames of "
              + plan.shape()
              + ": "
              + NameList.of(plan.channels().stream().map(FrameChannel::name).toList()));
    }
  }

  private OrderProcessorSupplier<byte[]> order(Scoring scoring, Timing timing) {
    return new OrderProcessorSupplier<>(
        scoring.name(), Serdes.ByteArray(), timing.grace(), drained::get);
  }

  private FramesProcessorSupplier<byte[]> frames(Scoring scoring, Timing timing) {
    FramesProcessorSupplier<byte[]> supplier =
        new FramesProcessorSupplier<>(
            scoring.name(),
            Serdes.ByteArray(),
            timing,
            scoring.lateTolerance(),
            scoring
                .store()
                .builder(FramesProcessorSupplier.storeName(scoring.name()), Serdes.ByteArray()),
            scoring.store().otherLayout() == StateStore.OtherLayout.RESET,
            drained::get);
    order.ifPresent(supplier::behind);
    if (scoring.scaling().stream().anyMatch(scaling -> scaling.learn() == Scaling.Learn.ALL)) {
      supplier.inOrderOfTime();
    }
    return scoring
        .sequences()
        .expiry()
        .map(e -> supplier.expiringAfter(e.after(), e.clock() == Sequences.Clock.WALL_CLOCK))
        .orElse(supplier);
  }

  /**
   * Kafka Streams' settings for a pipeline: exactly once, bad records to a dead letter topic, a
   * cache of 64 MiB. A caller's own settings may override them.
   */
  public static Map<String, Object> settings(String deadLetterTopic) {
    return exactlyOnce(DeadLetters.to(deadLetterTopic));
  }

  /** As above, but records that come too late go to a topic of their own. */
  public static Map<String, Object> settings(String deadLetterTopic, String lateTopic) {
    return exactlyOnce(DeadLetters.to(deadLetterTopic, lateTopic));
  }

  private static Map<String, Object> exactlyOnce(Map<String, Object> letters) {
    Map<String, Object> settings = new HashMap<>(letters);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG, true);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
    return settings;
  }

  /** The columns of the scores. */
  public ScoreSchema schema() {
    return processor.schema();
  }

  /** The model that it was made with, without its weights. */
  public Model model() {
    return scoring.model();
  }

  /** What that model's part of a key's state consists of. */
  public StateLayout networkLayout() {
    return processor.networkLayout();
  }

  /**
   * Lets all records go on, within a second, that are held for earlier ones: for the end of an
   * input that is known to have one. From now on none is held.
   */
  public void drain() {
    drained.set(true);
  }

  /**
   * Ends, within a second or a few, all sequences that would end by being idle: for the end of an
   * input, when nothing waits any more. From now on each ends at once.
   */
  public void endSequences() {
    sequencesOver.set(true);
  }

  /** The stores of sequences that end by being idle; empty where none do. */
  public List<String> openStores() {
    if (scoring.sequences().idle().isEmpty()) {
      return List.of();
    }
    return scoring.updates().isPresent()
        ? List.of(scoring.storeName(), scoring.shadowStoreName())
        : List.of(scoring.storeName());
  }

  /** Keys of which something waits for time to pass, as far as tasks of this process know. */
  public long waitingKeys() {
    return frames.map(FramesProcessorSupplier::waiting).orElse(0L);
  }

  /** The stores whose records wait for others; empty where nothing waits. */
  public List<String> waitingStores() {
    return timing.grace().holds()
        ? List.of(OrderProcessorSupplier.storeName(scoring.name()))
        : List.of();
  }

  /** The topic of what scores in the shadow, beside that of the scores. */
  public static String shadowTopic(String outputTopic) {
    return outputTopic + "-shadow";
  }

  /**
   * Adds the pipeline to a builder. Where new models come from a topic, scores in the shadow go to
   * {@link #shadowTopic}, which must be there.
   */
  public void addTo(StreamsBuilder builder, String inputTopic, String outputTopic) {
    String name = scoring.name();
    KStream<byte[], Observation> observations =
        builder.stream(
            inputTopic,
            Consumed.with(Serdes.ByteArray(), input)
                .withTimestampExtractor(new EventTimeExtractor())
                .withName(name + "-input"));
    if (order.isPresent()) {
      observations =
          observations.process(order.get(), Named.as(OrderProcessorSupplier.storeName(name)));
    }
    if (frames.isPresent()) {
      observations =
          observations.process(frames.get(), Named.as(FramesProcessorSupplier.storeName(name)));
    }
    if (!tail.isEmpty()) {
      observations = withTail(builder, observations, name + "-context");
    }
    if (scoring.updates().isPresent()) {
      observations
          .process(processor.inTheShadow().sequences(), Named.as(scoring.shadowName()))
          .to(
              shadowTopic(outputTopic),
              Produced.with(Serdes.ByteArray(), output).withName(name + "-shadow-output"));
    }
    observations
        .process(processor.sequences(), Named.as(scoring.processorName()))
        .to(outputTopic, Produced.with(Serdes.ByteArray(), output).withName(name + "-output"));
  }

  /**
   * Rows stay as they were written, so that none stops the stream. A task reads the older of rows
   * and records first, and the time of both is its stream time. Where stream time decides what goes
   * on, rows have none: they come first, and move nothing.
   */
  private KStream<byte[], Observation> withTail(
      StreamsBuilder builder, KStream<byte[], Observation> observations, String name) {
    FixedKeyProcessorSupplier<byte[], Observation, Observation> supplier =
        () -> new TailProcessor<>(name, tail, rows);
    if (tail.context().isEmpty()) {
      return observations.processValues(supplier, Named.as(name));
    }
    ContextTable table = tail.context().get();
    boolean rowsHaveTime = !timing.grace().holds() && frames.isEmpty();
    Consumed<byte[], byte[]> consumed =
        Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
            .withTimestampExtractor(
                (record, partitionTime) -> rowsHaveTime ? Math.max(0, record.timestamp()) : 0)
            .withName(name + "-input");
    KeyValueBytesStoreSupplier store =
        switch (scoring.store().kind()) {
          case ROCKSDB -> Stores.persistentTimestampedKeyValueStore(name);
          case MEMORY -> Stores.inMemoryKeyValueStore(name);
        };
    Materialized<byte[], byte[], KeyValueStore<Bytes, byte[]>> rowsAsWritten =
        Materialized.<byte[], byte[]>as(store)
            .withKeySerde(Serdes.ByteArray())
            .withValueSerde(Serdes.ByteArray());
    if (table.global()) {
      builder.globalTable(table.topic(), consumed, rowsAsWritten);
      return observations.processValues(supplier, Named.as(name));
    }
    builder.table(table.topic(), consumed, rowsAsWritten);
    return observations.processValues(supplier, Named.as(name), name);
  }
}
