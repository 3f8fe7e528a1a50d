package dev.eddy.app.demo;

import dev.eddy.app.demo.Findings.Finding;
import dev.eddy.avro.RecordDeserializer;
import dev.eddy.avro.RegistrySettings;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads scores as anybody would, and checks that each pump's come once each and in order.
 *
 * <p>Not thread-safe.
 */
final class ScoreJudge implements AutoCloseable {
  private final RecordDeserializer records;
  private final Findings findings;
  private final Map<String, Integer> pumps = new HashMap<>();
  private final long[] nextFrame; // [pumps]
  private long scores;
  private long outOfSequence;

  ScoreJudge(int pumps, Findings findings, RegistrySettings registry) {
    this.records = new RecordDeserializer(registry);
    this.findings = findings;
    this.nextFrame = new long[pumps];
    for (int pump = 0; pump < pumps; pump++) {
      this.pumps.put(PumpFleet.name(pump), pump);
    }
  }

  /** Takes the next score of its pump. */
  Optional<Finding> score(ConsumerRecord<byte[], byte[]> record) {
    GenericRecord score = records.deserialize(record.topic(), record.headers(), record.value());
    Integer pump = pumps.get(new String(record.key(), StandardCharsets.UTF_8));
    long frame = (Long) score.get("frame"); // a pump's frames are its ticks
    scores++;
    if (pump == null || frame != nextFrame[pump] || record.timestamp() != timeMs(frame)) {
      outOfSequence++;
    }
    if (pump == null) {
      return Optional.empty();
    }
    nextFrame[pump] = frame + 1;
    return findings.score(pump, frame, (Double) score.get("anomaly_likelihood"));
  }

  private static long timeMs(long tick) {
    return FleetProducer.time(tick).toEpochMilli();
  }

  Findings findings() {
    return findings;
  }

  /** Scores taken. */
  long scores() {
    return scores;
  }

  /** Scores that were not the next of their pump: one missing, one twice, or a wrong time. */
  long outOfSequence() {
    return outOfSequence;
  }

  @Override
  public void close() {
    records.close();
  }
}
