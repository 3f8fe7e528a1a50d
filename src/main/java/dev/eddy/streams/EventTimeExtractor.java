package dev.eddy.streams;

import dev.eddy.avro.Observation;
import dev.eddy.streams.time.Arrivals;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * A record's time: the field that the input mapping names, else the Kafka record's timestamp.
 *
 * <p>A record whose own time can't be read goes on at the partition's time, so that it moves none;
 * so does one of a time beyond the year 9999, which would make all that follow late. Kafka Streams
 * drops a record whose extracted time is negative. So that none is lost, such a record goes on at
 * the partition's time too, with a mark in its headers, and the processor makes a dead letter of
 * it.
 */
public final class EventTimeExtractor implements TimestampExtractor {
  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    Arrivals.clear(record.headers());
    long ownMs =
        record.value() instanceof Observation observation
            ? observation.timeMs()
            : Observation.NO_TIME;
    if (ownMs == Observation.UNREADABLE_TIME) {
      return Math.max(partitionTime, 0);
    }
    long timeMs = ownMs == Observation.NO_TIME ? record.timestamp() : ownMs;
    if (timeMs < 0 || timeMs > Observation.LATEST_TIME_MS) {
      Arrivals.markWithoutTime(record.headers());
      return Math.max(partitionTime, 0);
    }
    return timeMs;
  }
}
