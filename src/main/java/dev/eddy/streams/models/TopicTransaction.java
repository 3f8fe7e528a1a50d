package dev.eddy.streams.models;

import dev.eddy.model.ModelException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.UnknownServerException;

/**
 * One change of a models topic, as a transaction; tells who was shut out by another from a broker
 * that fails.
 */
final class TopicTransaction {
  private final Producer<byte[], byte[]> producer;
  private final String topic;

  private TopicTransaction(Producer<byte[], byte[]> producer, String topic) {
    this.producer = producer;
    this.topic = topic;
  }

  /**
   * Shuts out whoever began before; what they sent and have not committed is aborted.
   *
   * @param producer new
   * @throws ModelsConflictException if another producer has begun meanwhile
   */
  static TopicTransaction begin(Producer<byte[], byte[]> producer, String topic) {
    TopicTransaction begun = new TopicTransaction(producer, topic);
    try {
      producer.initTransactions();
    } catch (KafkaException e) {
      throw begun.told(e);
    }
    return begun;
  }

  /**
   * Sends records and commits them.
   *
   * @throws ModelException if one can't be made; all is aborted then
   * @throws ModelsConflictException if another producer has begun meanwhile, or the broker fails at
   *     the commit, as it may over a producer that is just being shut out
   * @throws KafkaException if the records don't arrive
   */
  void commit(List<Supplier<ProducerRecord<byte[], byte[]>>> records) {
    try {
      producer.beginTransaction();
      send(records);
    } catch (KafkaException e) {
      throw told(e);
    }
    try {
      producer.commitTransaction();
    } catch (KafkaException e) {
      throw isOrCause(e, UnknownServerException.class) ? stumbled(e) : told(e);
    }
  }

  /** Waits until all have arrived, so that what fails after that is the commit. */
  private void send(List<Supplier<ProducerRecord<byte[], byte[]>>> records) {
    AtomicReference<Exception> fault = new AtomicReference<>();
    try {
      for (Supplier<ProducerRecord<byte[], byte[]>> record : records) {
        producer.send(record.get(), (metadata, e) -> fault.compareAndSet(null, e));
      }
    } catch (ModelException e) { // a file has changed, say; no reader is to wait for a time-out
      producer.abortTransaction();
      throw e;
    }
    producer.flush();
    Exception first = fault.get();
    if (first != null) {
      throw new KafkaException("sending to the topic " + topic + ": " + first.getMessage(), first);
    }
  }

  private RuntimeException told(KafkaException e) {
    boolean shutOut =
        isOrCause(e, ProducerFencedException.class)
            || isOrCause(e, InvalidProducerEpochException.class);
    return shutOut ? conflict(e) : e;
  }

  private static boolean isOrCause(KafkaException e, Class<? extends KafkaException> type) {
    return type.isInstance(e) || type.isInstance(e.getCause());
  }

  private ModelsConflictException conflict(Throwable cause) {
    return new ModelsConflictException(
        "topic "
            + topic
            + ": somebody else changes it at the same time; nothing of this is there: look at it with"
            + " eddy models list, and try again",
        cause);
  }

  private ModelsConflictException stumbled(KafkaException e) {
    return new ModelsConflictException(
        "topic "
            + topic
            + ": the broker failed at the commit, perhaps because somebody else changes the topic at"
            + " the same time; whether this is there is not known: look at it with eddy models list,"
            + " and try again",
        e);
  }
}
