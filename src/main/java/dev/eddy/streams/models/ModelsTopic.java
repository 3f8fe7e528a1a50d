package dev.eddy.streams.models;

import dev.eddy.avro.ModelRecords;
import dev.eddy.model.ModelException;
import dev.eddy.model.ModelManifest;
import dev.eddy.model.PackedModel;
import dev.eddy.model.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;

/**
 * A models topic as whoever publishes sees it: reads it whole, and changes it so that two who do at
 * the same time can't spoil each other's change.
 *
 * <p>A change is one transaction, under a transactional id that all publishers of a topic share:
 * who begins shuts out who began before. So between reading the topic and committing what follows
 * from it nobody else can have committed; the one who was shut out is told and changes nothing. Not
 * thread-safe.
 */
public final class ModelsTopic implements AutoCloseable {
  private static final String ID = "eddy-models";
  private static final long BUFFER_BYTES = 4L << 20; // several chunks
  private static final int TRANSACTION_MS = 10 * 60_000; // 200 MB over a slow line

  private final StreamsConfig settings;
  private final String topic;
  private final Duration patience;
  private final Admin admin;

  /**
   * @param settings of Kafka Streams and its clients, of which {@code bootstrap.servers} is needed
   * @param patience how long a broker may take to answer
   */
  public ModelsTopic(Map<String, ?> settings, String topic, Duration patience) {
    this.settings = new StreamsConfig(complete(settings));
    this.topic = topic;
    this.patience = patience;
    Map<String, Object> configs = this.settings.getAdminConfigs(ID);
    this.admin = Admin.create(configs);
  }

  /** Kafka Streams' settings need the application's name. */
  static Properties complete(Map<String, ?> settings) {
    Properties all = new Properties();
    all.put(StreamsConfig.APPLICATION_ID_CONFIG, ID);
    settings.forEach(
        (key, value) -> {
          if (value != null) {
            all.put(key, value);
          }
        });
    return all;
  }

  /** The topic of refusals beside a models topic. */
  public static String refusals(String topic) {
    return topic + "-refusals";
  }

  /** Makes the topic and that of refusals where they are missing: compacted, one partition. */
  public void create() {
    Map<String, String> configs =
        Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
    for (String name : List.of(topic, refusals(topic))) {
      NewTopic made =
          new NewTopic(name, java.util.Optional.of(1), java.util.Optional.empty()).configs(configs);
      try {
        admin.createTopics(List.of(made)).all().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw failed("creating the topic " + name, e.getCause());
        }
      } catch (TimeoutException e) {
        throw failed("creating the topic " + name, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failed("creating the topic " + name, e);
      }
    }
    awaitLeader();
  }

  /** A topic that was just made has no leader for a moment. */
  private void awaitLeader() {
    long deadlineNs = System.nanoTime() + patience.toNanos();
    while (!exists()) {
      if (System.nanoTime() > deadlineNs) {
        throw failed("waiting for the topic " + topic, new TimeoutException("no answer"));
      }
      java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  /**
   * Whether the topic is there and can be read.
   *
   * @throws ModelException if it has more than one partition
   */
  public boolean exists() {
    try {
      var partitions =
          admin
              .describeTopics(List.of(topic))
              .topicNameValues()
              .get(topic)
              .get(patience.toMillis(), TimeUnit.MILLISECONDS)
              .partitions();
      if (partitions.size() != 1) {
        throw new ModelException(
            "topic "
                + topic
                + " has "
                + partitions.size()
                + " partitions; a models topic has one, in which all is in order");
      }
      return partitions.get(0).leader() != null;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return false;
      }
      throw failed("asking for the topic " + topic, e.getCause());
    } catch (TimeoutException e) {
      throw failed("asking for the topic " + topic, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("asking for the topic " + topic, e);
    }
  }

  private KafkaException failed(String what, Throwable cause) {
    String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return new KafkaException(what + ": " + reason, cause);
  }

  private TopicReader reader(String of) {
    return TopicReader.brief(settings.getRestoreConsumerConfigs(ID), of);
  }

  /** All that is committed now. */
  public TopicContents read() {
    try (TopicReader reader = reader(topic)) {
      TopicContents contents = new TopicContents();
      reader.readTo(
          reader.end(patience),
          patience,
          record -> contents.accept(record.offset(), record.key(), record.value()));
      return contents;
    }
  }

  /**
   * A version with its tensors, checked against their checksum.
   *
   * @throws ModelException if a chunk is missing or damaged
   */
  public PackedModel fetch(ModelManifest manifest) {
    try (TopicReader reader = reader(topic)) {
      TopicContents contents = new TopicContents();
      reader.readTo(
          reader.end(patience),
          patience,
          record -> contents.accept(record.offset(), record.key(), record.value()));
      return fetch(reader, contents.chunkOffsets(manifest), manifest, patience);
    }
  }

  static PackedModel fetch(
      TopicReader reader, long[] offsets, ModelManifest manifest, Duration patience) {
    ChunkAssembly assembly = new ChunkAssembly(manifest);
    reader.valuesAt(offsets, patience, assembly);
    PackedModel packed = new PackedModel(manifest, assembly.pieces());
    packed.checkTensors();
    return packed;
  }

  /** What pipelines have refused, the last of each; empty where there is no such topic. */
  public List<ModelRecords.Refusal> readRefusals() {
    try {
      admin
          .describeTopics(List.of(refusals(topic)))
          .allTopicNames()
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return List.of();
      }
      throw failed("asking for the topic " + refusals(topic), e.getCause());
    } catch (TimeoutException e) {
      throw failed("asking for the topic " + refusals(topic), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("asking for the topic " + refusals(topic), e);
    }
    Map<String, ModelRecords.Refusal> last = new java.util.LinkedHashMap<>();
    try (TopicReader reader = reader(refusals(topic))) {
      reader.readTo(
          reader.end(patience),
          patience,
          record -> {
            try {
              ModelRecords.Refusal refusal = ModelRecords.refusal(record.value());
              last.put(
                  refusal.name() + "/" + refusal.version() + "/" + refusal.application(), refusal);
            } catch (ModelException | NullPointerException e) {
              return; // garbage, or removed
            }
          });
    }
    return List.copyOf(last.values());
  }

  /**
   * Publishes a version; a version is immutable.
   *
   * @return whether it is new; false where the same bytes were there already
   * @throws ModelException if other bytes were
   * @throws ModelsConflictException if somebody else publishes at the same time
   */
  public boolean publish(PackedModel packed) {
    ModelManifest manifest = packed.manifest();
    if (packed.chunks().size() != manifest.chunks()) {
      throw new IllegalArgumentException(manifest.id() + " is not in the chunks of its manifest");
    }
    return change(
        contents -> {
          ModelManifest there = contents.find(manifest.name(), manifest.version()).orElse(null);
          if (there != null && !there.hasContentOf(manifest)) {
            throw new ModelException(
                manifest.id()
                    + " is published already, with other content (by "
                    + there.provenance().who()
                    + " at "
                    + there.provenance().when()
                    + "); a version is immutable, publish this as another");
          }
          if (there != null && isWhole(contents, there)) {
            return List.of();
          }
          List<Supplier<ProducerRecord<byte[], byte[]>>> records = new ArrayList<>();
          for (int i = 0; i < packed.chunks().size(); i++) {
            int chunk = i;
            records.add(
                () ->
                    record(
                        TopicContents.chunkKey(manifest.name(), manifest.version(), chunk),
                        ModelRecords.chunk(chunk, packed.chunks().get(chunk))));
          }
          byte[] key = TopicContents.manifestKey(manifest.name(), manifest.version());
          records.add(() -> record(key, ModelRecords.encode(manifest)));
          return records;
        });
  }

  private static boolean isWhole(TopicContents contents, ModelManifest manifest) {
    try {
      contents.chunkOffsets(manifest);
      return true;
    } catch (ModelException e) {
      return false;
    }
  }

  /** What follows from what is on the topic. */
  public interface Editor {
    /**
     * @return the timeline as it is to be
     * @throws ModelException if that can't be
     */
    Timeline edit(TopicContents contents);
  }

  /**
   * Changes a model's timeline.
   *
   * @throws ModelsConflictException if somebody else changes the topic at the same time
   */
  public void edit(String name, Editor editor) {
    change(
        contents -> {
          byte[] timeline = ModelRecords.encode(name, editor.edit(contents));
          return List.of(() -> record(TopicContents.timelineKey(name), timeline));
        });
  }

  /** Removes a version's tensors; its manifest stays, so that the version isn't given again. */
  public void removeTensors(String name, long version) {
    change(
        contents -> {
          ModelManifest manifest = contents.get(name, version);
          List<Supplier<ProducerRecord<byte[], byte[]>>> records = new ArrayList<>();
          for (int i = 0; i < manifest.chunks(); i++) {
            byte[] key = TopicContents.chunkKey(name, version, i);
            records.add(() -> record(key, null));
          }
          return records;
        });
  }

  private ProducerRecord<byte[], byte[]> record(byte[] key, byte[] value) {
    return new ProducerRecord<>(topic, 0, key, value);
  }

  /** Records are made when they are sent, so that a large model isn't there twice. */
  private interface Change {
    List<Supplier<ProducerRecord<byte[], byte[]>>> of(TopicContents contents);
  }

  /** Whether there was something to change. */
  private boolean change(Change change) {
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      TopicTransaction transaction = TopicTransaction.begin(producer, topic);
      List<Supplier<ProducerRecord<byte[], byte[]>>> records = change.of(read());
      if (records.isEmpty()) {
        return false;
      }
      transaction.commit(records);
      return true;
    }
  }

  private KafkaProducer<byte[], byte[]> producer() {
    Map<String, Object> configs = new HashMap<>(settings.getProducerConfigs(ID));
    configs.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "eddy-models-" + topic);
    configs.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MS);
    configs.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1); // as FeedProducer
    configs.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, patience.toMillis());
    configs.put(ProducerConfig.BUFFER_MEMORY_CONFIG, BUFFER_BYTES); // a model need not be in memory
    configs.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    configs.put(ProducerConfig.ACKS_CONFIG, "all");
    return new KafkaProducer<>(configs, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(1));
  }
}
