package dev.eddy.app.pipeline;

import dev.eddy.app.terminal.OutsideException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Asks a broker about topics and offsets, and makes clients of it, all with the pipeline's own
 * settings. What a broker doesn't answer in time becomes an {@link OutsideException}.
 */
public final class Clients implements AutoCloseable {
  private static final String ID = "eddy-run";
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration CLOSE = Duration.ofSeconds(1);
  private static final Duration PATIENCE_AT_THE_END = Duration.ofSeconds(2);

  private final StreamsConfig settings;
  private final String bootstrapServers;
  private final Duration patience;
  private final BooleanSupplier stopped;
  private final Admin admin;

  /**
   * @param patience how long a broker may take to answer
   * @param stopped whether nobody waits any more; seen while waiting
   */
  public Clients(Properties settings, Duration patience, BooleanSupplier stopped) {
    this.stopped = stopped;
    this.settings = new StreamsConfig(settings);
    this.bootstrapServers = settings.getProperty(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG);
    this.patience = patience;
    try {
      this.admin = Admin.create(this.settings.getAdminConfigs(ID));
    } catch (KafkaException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new OutsideException(
          "kafka.bootstrap.servers " + bootstrapServers + ": " + reason.getMessage(), e);
    }
  }

  /** Whether nobody waits any more. */
  boolean isStopped() {
    return stopped.getAsBoolean();
  }

  /** Whether a broker answers within this time, and before it is stopped. */
  boolean answers(Duration within) {
    try {
      await(admin.describeCluster().nodes(), within, Duration.ZERO);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Waits for a broker.
   *
   * @throws OutsideException if none answers in time
   */
  public void awaitBroker() {
    if (!answers(patience)) {
      if (stopped.getAsBoolean()) {
        throw new OutsideException("interrupted before a broker answered at " + bootstrapServers);
      }
      throw new OutsideException(
          "no broker answers at "
              + bootstrapServers
              + " within "
              + patience.toSeconds()
              + " s; start one, set kafka.bootstrap.servers, or add --embedded");
    }
  }

  /**
   * Makes those topics that aren't there, one partition each, kept for ever; returns when the
   * broker knows them.
   */
  public void create(List<String> topics) {
    for (String topic : topics) {
      NewTopic made =
          new NewTopic(topic, 1, (short) 1).configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1"));
      try {
        get(admin.createTopics(List.of(made)).all(), "creating the topic " + topic);
      } catch (OutsideException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
    awaitTopics(topics);
  }

  /** A topic that was just made may not be known for a moment. */
  private void awaitTopics(List<String> topics) {
    long deadlineNs = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        partitions(topics);
        return;
      } catch (OutsideException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
            || System.nanoTime() > deadlineNs
            || stopped.getAsBoolean()) {
          throw e;
        }
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }

  /**
   * The partitions of topics that must be there.
   *
   * @throws OutsideException naming the first that isn't, and how to create it
   */
  public List<TopicPartition> partitions(Collection<String> topics) {
    List<TopicPartition> partitions = new java.util.ArrayList<>();
    for (String topic : topics) {
      TopicDescription description;
      try {
        description =
            get(
                admin.describeTopics(List.of(topic)).topicNameValues().get(topic),
                "asking for the topic " + topic);
      } catch (OutsideException e) {
        if (e.getCause() instanceof UnknownTopicOrPartitionException) {
          throw new OutsideException(
              "no topic "
                  + topic
                  + " at "
                  + bootstrapServers
                  + "; create it: kafka-topics.sh --bootstrap-server "
                  + bootstrapServers
                  + " --create --topic "
                  + topic
                  + " --partitions 4 --config retention.ms=-1; or let eddy run --create-topics do it",
              e.getCause());
        }
        throw e;
      }
      description
          .partitions()
          .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    return partitions;
  }

  /** Where the committed records of partitions end now. */
  Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, Long> ends =
        new TreeMap<>(
            java.util.Comparator.comparing(TopicPartition::topic)
                .thenComparing(TopicPartition::partition));
    get(
            admin.listOffsets(latest, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all(),
            "asking for the ends of topics")
        .forEach((partition, end) -> ends.put(partition, end.offset()));
    return ends;
  }

  /** What a group has committed of its input. */
  Map<TopicPartition, Long> committed(String group) {
    Map<TopicPartition, Long> committed = new HashMap<>();
    get(
            admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(),
            "asking for the offsets of " + group)
        .forEach(
            (partition, offset) -> {
              if (offset != null) {
                committed.put(partition, offset.offset());
              }
            });
    return committed;
  }

  KafkaProducer<byte[], byte[]> producer() {
    return FeedProducer.open(settings.getProducerConfigs(ID));
  }

  /** Reads committed records only; its partitions are assigned. */
  public KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> configs = settings.getRestoreConsumerConfigs(ID);
    configs.put("isolation.level", "read_committed");
    return new KafkaConsumer<>(configs, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * @param afterStop how long to wait still when nobody waits any more
   */
  private <T> T await(KafkaFuture<T> future, Duration within, Duration afterStop)
      throws ExecutionException, TimeoutException, InterruptedException {
    long deadlineNs = System.nanoTime() + within.toNanos();
    boolean stopping = false;
    while (true) {
      try {
        return future.get(POLL.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        long nowNs = System.nanoTime();
        if (!stopping && stopped.getAsBoolean()) {
          stopping = true;
          deadlineNs = Math.min(deadlineNs, nowNs + afterStop.toNanos());
        }
        if (nowNs >= deadlineNs) {
          throw e;
        }
      }
    }
  }

  private <T> T get(KafkaFuture<T> future, String what) {
    try {
      return await(future, patience, PATIENCE_AT_THE_END);
    } catch (ExecutionException e) {
      throw new OutsideException(
          bootstrapServers + ": " + what + ": " + e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new OutsideException(
          bootstrapServers
              + ": "
              + what
              + ": no answer within "
              + (stopped.getAsBoolean() ? PATIENCE_AT_THE_END : patience).toSeconds()
              + " s",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OutsideException(bootstrapServers + ": " + what + ": interrupted", e);
    }
  }

  @Override
  public void close() {
    admin.close(CLOSE);
  }
}
