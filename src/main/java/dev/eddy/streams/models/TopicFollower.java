package dev.eddy.streams.models;

import dev.eddy.avro.ModelRecords;
import dev.eddy.model.ModelManifest;
import dev.eddy.model.PackedModel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a models topic for as long as it is wanted, on a thread of its own, off the stream threads.
 * What a broker doesn't answer is waited for. Thread-safe.
 */
public final class TopicFollower {
  private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);
  private static final String ID = "eddy-models-reader";
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long PAUSE_MS = 1_000;

  /** Takes what is read; called on the reader's thread. */
  public interface Listener {
    void record(long offset, byte[] key, byte[] value);

    /**
     * The topic is read up to where it ended at the start. Called again until it doesn't throw;
     * what was handed over since the last {@link #tick} comes again before that.
     */
    void caughtUp();

    /** All is handed over that was there to be read; several times a second. */
    void tick();
  }

  private final Map<String, Object> configs;
  private final String topic;
  private final Listener listener;
  private final BooleanSupplier wanted;
  private final Supplier<TopicReader> readers;
  private final long pauseMs;
  private long position; // guarded by this: the offset up to which all is handed over

  /**
   * Makes the topic where it is missing, and does not read yet.
   *
   * @param settings of Kafka Streams
   * @param wanted asked several times a second; the reader ends when it is not any more
   */
  public TopicFollower(
      Map<String, ?> settings, String topic, Listener listener, BooleanSupplier wanted) {
    Properties complete = ModelsTopic.complete(settings);
    this.configs = new StreamsConfig(complete).getRestoreConsumerConfigs(ID);
    this.topic = topic;
    this.listener = listener;
    this.wanted = wanted;
    this.readers = () -> new TopicReader(configs, topic);
    this.pauseMs = PAUSE_MS;
    try (ModelsTopic models = new ModelsTopic(settings, topic, PATIENCE)) {
      if (!models.exists()) {
        models.create();
      }
    }
  }

  /**
   * Of a topic that is there.
   *
   * @param readers makes one for the start, and after each failure
   * @param pauseMs after a failure
   */
  TopicFollower(
      String topic,
      Listener listener,
      BooleanSupplier wanted,
      Supplier<TopicReader> readers,
      long pauseMs) {
    this.configs = Map.of();
    this.topic = topic;
    this.listener = listener;
    this.wanted = wanted;
    this.readers = readers;
    this.pauseMs = pauseMs;
  }

  /** Starts reading from the beginning. */
  public void start() {
    Thread thread = new Thread(this::run, "eddy-models-" + topic);
    thread.setDaemon(true);
    thread.start();
  }

  /** Reads from the beginning until it is not wanted any more. */
  void run() {
    long end = -1;
    boolean caughtUp = false;
    while (wanted.getAsBoolean()) {
      try (TopicReader reader = readers.get()) {
        reader.seek(at());
        while (wanted.getAsBoolean()) {
          if (end < 0) {
            end = reader.end(PATIENCE);
          }
          reader.poll(
              TICK, record -> listener.record(record.offset(), record.key(), record.value()));
          long now = reader.position(PATIENCE);
          if (!caughtUp && now >= end) {
            listener.caughtUp();
            caughtUp = true; // what it couldn't make ready it is told again
          }
          moveTo(now);
          listener.tick();
        }
      } catch (KafkaException e) {
        LOG.warn("models topic {}: {}; trying again", topic, e.getMessage());
        pause();
      } catch (RuntimeException e) {
        LOG.error("models topic {}: can't be read on; trying again", topic, e);
        pause();
      }
    }
  }

  private void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(pauseMs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized long at() {
    return position;
  }

  private synchronized void moveTo(long now) {
    position = now;
    notifyAll();
  }

  /**
   * Waits until all is handed over that is on the topic now.
   *
   * @throws org.apache.kafka.common.errors.TimeoutException if the broker doesn't answer, or the
   *     reader doesn't come so far within the patience
   */
  public void awaitEnd(Duration patience) {
    long end;
    try (TopicReader asking = TopicReader.brief(configs, topic)) {
      end = asking.end(PATIENCE);
    }
    long deadlineNs = System.nanoTime() + patience.toNanos();
    synchronized (this) {
      while (position < end) {
        long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
        if (leftMs <= 0) {
          throw new org.apache.kafka.common.errors.TimeoutException(
              "models topic "
                  + topic
                  + " is not read to its end within "
                  + patience.toSeconds()
                  + " s");
        }
        try {
          wait(Math.min(leftMs, 1_000));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new org.apache.kafka.common.errors.InterruptException(e);
        }
      }
    }
  }

  /** Brings a version's tensors; from any thread. */
  public PackedModel fetch(ModelManifest manifest, long[] offsets) {
    try (TopicReader reader = TopicReader.brief(configs, topic)) {
      return ModelsTopic.fetch(reader, offsets, manifest, PATIENCE);
    }
  }

  /** Writes a refusal beside the topic; where that can't be done, it is only logged. */
  public static void refuse(Map<String, ?> settings, String topic, ModelRecords.Refusal refusal) {
    Properties complete = ModelsTopic.complete(settings);
    Map<String, Object> producing =
        new HashMap<>(new StreamsConfig(complete).getProducerConfigs(ID));
    producing.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000);
    producing.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 5_000);
    producing.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 4_000);
    producing.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    String key = refusal.name() + "/" + refusal.version() + "/" + refusal.application();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  ModelsTopic.refusals(topic),
                  key.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                  ModelRecords.encode(refusal)))
          .get();
    } catch (java.util.concurrent.ExecutionException | KafkaException e) {
      LOG.warn("{} can't be written: {}", ModelsTopic.refusals(topic), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
