package dev.eddy.streams;

import dev.eddy.avro.Observation;
import dev.eddy.avro.Score;
import dev.eddy.avro.ScoreSchema;
import dev.eddy.frames.FrameChannel;
import dev.eddy.frames.FramePlan;
import dev.eddy.kernel.Kernels;
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
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;

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

  private final Scoring scoring;
  private final ScoringProcessorSupplier<byte[]> processor;
  private final Timing timing;
  private final Optional<FramesProcessorSupplier<byte[]>> frames;
  private final AtomicBoolean drained = new AtomicBoolean();
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
    this.scoring = scoring;
    this.timing = timing;
    this.processor = new ScoringProcessorSupplier<>(scoring, Serdes.ByteArray(), kernels);
    timing.frames().ifPresent(plan -> checkChannels(plan, scoring));
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

  private static void checkChannels(FramePlan plan, Scoring scoring) {
    if (!Channel.of(plan).equals(scoring.channels())) {
      throw new IllegalArgumentException(
          "frames are made of "
              + plan.channels().stream().map(FrameChannel::name).toList()
              + ", scoring expects "
              + scoring.channels().stream().map(Channel::name).toList());
    }
  }

  private FramesProcessorSupplier<byte[]> frames(Scoring scoring, Timing timing) {
    return new FramesProcessorSupplier<>(
        scoring.name(),
        Serdes.ByteArray(),
        timing,
        scoring.lateTolerance(),
        scoring
            .store()
            .builder(FramesProcessorSupplier.storeName(scoring.name()), Serdes.ByteArray()),
        scoring.store().otherLayout() == StateStore.OtherLayout.RESET,
        drained::get);
  }

  /**
   * Kafka Streams' settings for a pipeline: exactly once, bad records to a dead letter topic. A
   * caller's own settings may override them.
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
    return settings;
  }

  /** The columns of the scores. */
  public ScoreSchema schema() {
    return processor.schema();
  }

  /**
   * Lets all records go on, within a second, that are held for earlier ones: for the end of an
   * input that is known to have one. From now on none is held.
   */
  public void drain() {
    drained.set(true);
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
    if (timing.grace().holds()) {
      observations =
          observations.process(
              new OrderProcessorSupplier<>(name, Serdes.ByteArray(), timing.grace(), drained::get),
              Named.as(OrderProcessorSupplier.storeName(name)));
    }
    if (frames.isPresent()) {
      observations =
          observations.process(
              frames.get(),
              Named.as(FramesProcessorSupplier.storeName(name)),
              waitingStores().toArray(String[]::new));
    }
    if (scoring.updates().isPresent()) {
      observations
          .processValues(processor.inTheShadow(), Named.as(scoring.shadowName()))
          .to(
              shadowTopic(outputTopic),
              Produced.with(Serdes.ByteArray(), output).withName(name + "-shadow-output"));
    }
    observations
        .processValues(processor, Named.as(scoring.processorName()))
        .to(outputTopic, Produced.with(Serdes.ByteArray(), output).withName(name + "-output"));
  }
}
