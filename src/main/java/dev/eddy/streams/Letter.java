package dev.eddy.streams;

import dev.eddy.avro.BadRecordException;
import dev.eddy.avro.Observation;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * A record that can't be used, written as Kafka Streams writes its dead letters: the original
 * bytes, and headers that say where it was read and what is wrong with it. Made here where Kafka
 * Streams would name another record than the one at fault, or another topic than that of late ones.
 */
final class Letter {
  /** By how many milliseconds a late record is late, as decimal text. */
  static final String LATE_MS = "eddy.late.ms";

  /** Of a sequence that ended as time passed, while a record of another key was in hand. */
  static final Observation.Origin NO_RECORD = new Observation.Origin(null, -1, -1, null);

  private static final String ERRORS = "__streams.errors.";

  private Letter() {}

  /**
   * @param record as the processor got it
   */
  static ProducerRecord<byte[], byte[]> to(
      String topic, ErrorHandlerContext context, Record<?, ?> record, BadRecordException fault) {
    Observation.Origin origin = origin(context, record);
    if (origin == null) {
      origin =
          new Observation.Origin(
              context.topic(), context.partition(), context.offset(), context.sourceRawValue());
    }
    byte[] key = record.key() instanceof byte[] bytes ? bytes : context.sourceRawKey();
    ProducerRecord<byte[], byte[]> letter =
        new ProducerRecord<>(topic, null, record.timestamp(), key, origin.value());
    record.headers().forEach(letter.headers()::add);
    add(letter, ERRORS + "exception", fault.getClass().getName());
    add(letter, ERRORS + "message", fault.getMessage());
    if (origin != NO_RECORD) {
      add(letter, ERRORS + "topic", String.valueOf(origin.topic()));
      add(letter, ERRORS + "partition", String.valueOf(origin.partition()));
      add(letter, ERRORS + "offset", String.valueOf(origin.offset()));
    }
    fault.lateMs().ifPresent(lateMs -> add(letter, LATE_MS, String.valueOf(lateMs)));
    return letter;
  }

  /** Where the record at fault was read, if not where the task reads now; else null. */
  static Observation.Origin origin(ErrorHandlerContext context, Record<?, ?> record) {
    if (record == null) {
      return null;
    }
    if (record.value() == null) {
      boolean isOfAnother =
          record.key() instanceof byte[] key && !Arrays.equals(key, context.sourceRawKey());
      return isOfAnother ? NO_RECORD : null;
    }
    return record.value() instanceof Observation observation
            && observation.origin() != null
            && observation.origin().topic() != null
        ? observation.origin()
        : null;
  }

  private static void add(ProducerRecord<byte[], byte[]> letter, String name, String text) {
    letter.headers().add(name, text.getBytes(StandardCharsets.UTF_8));
  }
}
