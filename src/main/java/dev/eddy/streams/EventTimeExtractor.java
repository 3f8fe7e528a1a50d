package dev.eddy.streams;

import dev.eddy.avro.Observation;
import dev.eddy.streams.time.Arrivals;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * A record's time: the field that the input mapping names, else the Kafka record's timestamp.
 *
 * <p>Kafka Streams drops a record whose extracted time is negative. So that none is lost, such a
 * record goes on at the partition's time with a mark in its headers, and the processor makes a dead
 * letter of it.
 */
public final class EventTimeExtractor implements TimestampExtractor {
  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    Arrivals.clear(record.headers());
    long time =
        record.value() instanceof Observation observation
                && observation.timeMs() != Observation.NO_TIME
            ? observation.timeMs()
            : record.timestamp();
    if (time < 0) {
      Arrivals.markWithoutTime(record.headers());
      return Math.max(partitionTime, 0);
    }
    return time;
  }
}
