package dev.eddy.streams;

import dev.eddy.avro.Observation;
import dev.eddy.avro.Score;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/** One task's scoring where every score belongs to the record at hand. */
final class ScoringProcessor<K> implements FixedKeyProcessor<K, Observation, Score> {
  private final SequenceTask<K> task;
  private FixedKeyRecord<K, Observation> record;

  ScoringProcessor(SequenceTask<K> task) {
    this.task = task;
  }

  @Override
  public void init(FixedKeyProcessorContext<K, Score> context) {
    task.open(
        context,
        (key, score, timeMs, headers) -> {
          FixedKeyRecord<K, Score> out = record.withValue(score);
          context.forward(timeMs == out.timestamp() ? out : out.withTimestamp(timeMs));
        });
  }

  @Override
  public void process(FixedKeyRecord<K, Observation> record) {
    this.record = record;
    task.process(record.key(), record.value(), record.timestamp(), record.headers());
  }

  @Override
  public void close() {
    task.close();
  }
}
