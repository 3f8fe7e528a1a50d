package dev.eddy.streams.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.model.ModelException;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class TopicTransactionTest {
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final TopicTransaction transaction = TopicTransaction.begin(producer, "models");

  private static ProducerRecord<byte[], byte[]> record() {
    return new ProducerRecord<>("models", 0, new byte[1], new byte[2]);
  }

  private static List<Supplier<ProducerRecord<byte[], byte[]>>> two() {
    return List.of(TopicTransactionTest::record, TopicTransactionTest::record);
  }

  @Test
  void shouldCommitWhatArrived() {
    transaction.commit(two());
    assertThat(producer.history()).hasSize(2);
    assertThat(producer.transactionCommitted()).isTrue();
  }

  /** As of a disk that is full. */
  @Test
  void shouldNotTakeRecordsThatDoNotArriveForAConflict() {
    Supplier<ProducerRecord<byte[], byte[]>> second =
        () -> {
          producer.errorNext(new UnknownServerException("disk"));
          return record();
        };
    assertThatThrownBy(() -> transaction.commit(List.of(TopicTransactionTest::record, second)))
        .isExactlyInstanceOf(KafkaException.class)
        .hasMessage("sending to the topic models: disk");
    assertThat(producer.transactionCommitted()).isFalse();
    producer.sendException = new KafkaException("in error", new UnknownServerException("disk"));
    producer.abortTransaction();
    assertThatThrownBy(() -> transaction.commit(two())).isSameAs(producer.sendException);
  }

  @Test
  void shouldSayThatACommitMayBeThereOverWhichTheBrokerFailed() {
    for (KafkaException failed :
        List.of(
            new UnknownServerException("x"),
            new KafkaException("in error", new UnknownServerException("x")))) {
      producer.commitTransactionException = failed;
      assertThatThrownBy(() -> transaction.commit(two()))
          .isInstanceOf(ModelsConflictException.class)
          .hasMessage(
              "topic models: the broker failed at the commit, perhaps because somebody else changes"
                  + " the topic at the same time; whether this is there is not known: look at it"
                  + " with eddy models list, and try again")
          .hasCause(failed);
      producer.abortTransaction();
    }
  }

  @Test
  void shouldTellWhoIsShutOutThatSomebodyElseChangesTheTopic() {
    producer.commitTransactionException = new ProducerFencedException("x");
    assertThatThrownBy(() -> transaction.commit(two()))
        .isInstanceOf(ModelsConflictException.class)
        .hasMessageContaining("nothing of this is there");
    producer.abortTransaction();
    producer.commitTransactionException = new KafkaException("x");
    assertThatThrownBy(() -> transaction.commit(two()))
        .isSameAs(producer.commitTransactionException);
  }

  @Test
  void shouldAbortWhatCanNotBeRead() {
    Supplier<ProducerRecord<byte[], byte[]>> changed =
        () -> {
          throw new ModelException("has changed");
        };
    assertThatThrownBy(() -> transaction.commit(List.of(TopicTransactionTest::record, changed)))
        .isInstanceOf(ModelException.class);
    assertThat(producer.transactionAborted()).isTrue();
  }
}
