package dev.eddy.app.bench;

import dev.eddy.app.pipeline.FeedProducer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The records that both topologies read: random keys, random frames, the same for a seed. */
final class BenchInput {
  static final String TOPIC = "frames";
  static final int PARTITIONS = 4;
  private static final long SEED = 2;
  private static final long START_MS = 1_767_225_600_000L; // 2026

  private final Bench.Size size;
  private final String bootstrapServers;
  private final BenchValues values;

  BenchInput(Bench.Size size, String bootstrapServers, BenchValues values) {
    this.size = size;
    this.bootstrapServers = bootstrapServers;
    this.values = values;
  }

  /** Makes the topic and fills it, until it is stopped. */
  void write(Admin admin, BooleanSupplier stopped) throws ExecutionException, InterruptedException {
    admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1))).all().get();
    byte[][] keys = new byte[size.keys()][];
    for (int key = 0; key < keys.length; key++) {
      keys[key] = String.format(Locale.ROOT, "key-%06d", key).getBytes(StandardCharsets.UTF_8);
    }
    SplittableRandom random = new SplittableRandom(SEED);
    float[] frame = new float[Bench.INPUTS];
    AtomicReference<Exception> failure = new AtomicReference<>();
    try (KafkaProducer<byte[], byte[]> producer = FeedProducer.open(bootstrapServers)) {
      for (long i = 0; i < size.records() && !stopped.getAsBoolean(); i++) {
        byte[] key = keys[random.nextInt(keys.length)];
        for (int channel = 0; channel < frame.length; channel++) {
          frame[channel] = (float) random.nextDouble(-1, 1);
        }
        byte[] value = values.write(TOPIC, frame);
        long earlierMs = size.isInOrder() ? 0 : random.nextLong(Bench.GRACE.toMillis() / 2);
        long timeMs = START_MS + i - earlierMs;
        producer.send(
            new ProducerRecord<>(TOPIC, null, timeMs, key, value),
            (metadata, e) -> {
              if (e != null) {
                failure.compareAndSet(null, e);
              }
            });
      }
    }
    if (failure.get() != null) {
      throw new IllegalStateException("the input could not be written", failure.get());
    }
  }
}
