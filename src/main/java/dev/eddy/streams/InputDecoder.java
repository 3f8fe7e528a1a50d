package dev.eddy.streams;

import dev.eddy.avro.BadRecordException;
import dev.eddy.avro.Observation;
import dev.eddy.avro.RegistryUnavailableException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes so that neither a bad record nor a registry's short absence fails the stream thread.
 *
 * <p>An undecodable record is handed on to the processor, which throws the reason. Kafka Streams'
 * own path makes the dead letter as soon as the record is next in line, and what it commits then
 * has the dead letter but not yet the record's offset; after a crash the dead letter is made again.
 * One that fails in the processor is committed with its offset.
 *
 * <p>A registry that does not answer is waited for here, on the stream thread. The thread stays a
 * member of its group meanwhile. Were it to fail and be replaced, its partitions would stand still
 * until the group gives up the failed member, after {@code session.timeout.ms}: 45 s by default. A
 * transaction that is open longer than {@code transaction.timeout.ms} is aborted, and the thread
 * goes back to the last commit by itself.
 */
final class InputDecoder implements Deserializer<Observation> {
  private static final Logger LOG = LoggerFactory.getLogger(InputDecoder.class);
  private static final long FIRST_PAUSE_MS = 50;
  private static final long LONGEST_PAUSE_MS = 2_000;

  private final Deserializer<Observation> decoder;
  private final long patienceNanos;
  private final boolean keepsSource;

  /**
   * @param keepsSource whether observations keep the bytes that they were made of
   * @param patience how long to wait for a registry; much shorter than {@code max.poll.interval.ms}
   */
  InputDecoder(Deserializer<Observation> decoder, Duration patience, boolean keepsSource) {
    this.decoder = decoder;
    this.keepsSource = keepsSource;
    this.patienceNanos = patience.toNanos();
  }

  @Override
  public Observation deserialize(String topic, byte[] data) {
    return deserialize(topic, null, data);
  }

  /**
   * Decodes one value; an undecodable one becomes an unusable observation.
   *
   * @throws RegistryUnavailableException if the registry is still away after all patience, or
   *     refuses
   */
  @Override
  public Observation deserialize(String topic, Headers headers, byte[] data) {
    long start = System.nanoTime();
    for (long pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        Observation observation = decoder.deserialize(topic, headers, data);
        return keepsSource && observation != null
            ? observation.from(new Observation.Origin(null, -1, -1, data))
            : observation;
      } catch (BadRecordException e) {
        return Observation.unusable(e);
      } catch (RegistryUnavailableException e) {
        long left = patienceNanos - (System.nanoTime() - start);
        if (!e.retriable() || left <= 0) {
          throw e;
        }
        if (pauseMs == FIRST_PAUSE_MS) {
          LOG.warn("{}; waiting for it", e.getMessage());
        }
        pause(Math.min(pauseMs, TimeUnit.NANOSECONDS.toMillis(left) + 1), e);
      }
    }
  }

  private static void pause(long pauseMs, RegistryUnavailableException why) {
    try {
      Thread.sleep(pauseMs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw why;
    }
  }

  @Override
  public void close() {
    decoder.close();
  }
}
