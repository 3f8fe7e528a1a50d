package dev.eddy.streams;

import dev.eddy.avro.Observation;
import dev.eddy.avro.Score;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** One task's scoring where scores may be of other keys than the record at hand. */
final class SequenceProcessor<K> implements Processor<K, Observation, K, Score> {
  private final SequenceTask<K> task;

  SequenceProcessor(SequenceTask<K> task) {
    this.task = task;
  }

  @Override
  public void init(ProcessorContext<K, Score> context) {
    task.open(
        context,
        (key, score, timeMs, headers) ->
            context.forward(new Record<>(key, score, timeMs, headers)));
  }

  @Override
  public void process(Record<K, Observation> record) {
    task.process(record.key(), record.value(), record.timestamp(), record.headers());
  }

  @Override
  public void close() {
    task.close();
  }
}
