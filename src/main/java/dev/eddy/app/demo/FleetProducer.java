package dev.eddy.app.demo;

import dev.eddy.app.pipeline.FeedProducer;
import dev.eddy.avro.RecordSerializer;
import dev.eddy.avro.RegistrySettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Lets a fleet run and sends its readings, tick by tick, as fast as the broker takes them: one
 * thread's work.
 */
final class FleetProducer implements Runnable {
  /** Event time of tick 0. */
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** Event time from one tick to the next. */
  static final Duration TICK = Duration.ofMinutes(1);

  private static final long CLOSE_MS = 10_000;

  private final PumpFleet fleet;
  private final int pumps;
  private final long ticks;
  private final String topic;
  private final RecordSerializer serializer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private volatile boolean stopped;
  private volatile boolean finished;

  FleetProducer(
      PumpFleet fleet,
      int pumps,
      long ticks,
      String topic,
      String bootstrapServers,
      RegistrySettings registry) {
    this.fleet = fleet;
    this.pumps = pumps;
    this.ticks = ticks;
    this.topic = topic;
    this.serializer = new RecordSerializer(registry);
    this.producer = FeedProducer.open(bootstrapServers);
  }

  static Instant time(long tick) {
    return START.plus(TICK.multipliedBy(tick));
  }

  @Override
  public void run() {
    try (serializer) {
      byte[][] keys = new byte[pumps][];
      for (int pump = 0; pump < pumps; pump++) {
        keys[pump] = PumpFleet.name(pump).getBytes(StandardCharsets.UTF_8);
      }
      for (long i = 0; i < ticks && !stopped && failure.get() == null; i++) {
        long tick = fleet.advance();
        for (int pump = 0; pump < pumps; pump++) {
          send(keys[pump], reading(tick, pump));
        }
      }
      if (!stopped) {
        producer.flush();
      }
    } catch (Exception e) {
      failure.compareAndSet(null, e);
    } finally {
      producer.close(Duration.ofMillis(stopped ? 0 : CLOSE_MS));
      finished = true;
    }
  }

  /** Generic: Avro writes objects of generated classes only where a JVM-wide list trusts them. */
  private GenericRecord reading(long tick, int pump) {
    GenericRecord reading = new GenericData.Record(PumpReading.getClassSchema());
    reading.put(0, time(tick).toEpochMilli());
    for (int channel = 0; channel < PumpFleet.CHANNELS.size(); channel++) {
      reading.put(1 + channel, (double) fleet.value(pump, channel));
    }
    return reading;
  }

  private void send(byte[] key, GenericRecord reading) {
    producer.send(
        new ProducerRecord<>(topic, key, serializer.serialize(topic, reading)),
        (metadata, e) -> {
          if (e == null) {
            acknowledged.incrementAndGet();
          } else {
            failure.compareAndSet(null, e);
          }
        });
  }

  /** Ends the work early, between two ticks. */
  void stop() {
    stopped = true;
  }

  /**
   * Whether the last reading is acknowledged.
   *
   * @throws IllegalStateException if one could not be sent
   */
  boolean isFinished() {
    Exception e = failure.get();
    if (e != null) {
      throw new IllegalStateException("a reading could not be sent: " + e.getMessage(), e);
    }
    return finished;
  }

  /** Readings that the broker has. */
  long acknowledged() {
    return acknowledged.get();
  }
}
