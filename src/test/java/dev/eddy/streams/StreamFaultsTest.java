package dev.eddy.streams;

import static dev.eddy.streams.StreamFaults.Kind.CONFIGURED;
import static dev.eddy.streams.StreamFaults.Kind.OUTSIDE;
import static dev.eddy.streams.StreamFaults.Kind.TRANSIENT;
import static dev.eddy.streams.StreamFaults.Kind.UNEXPECTED;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.eddy.avro.BadRecordException;
import dev.eddy.avro.RecordDeserializer;
import dev.eddy.avro.RegistrySettings;
import dev.eddy.model.ModelException;
import dev.eddy.network.StateMismatchException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class StreamFaultsTest {
  private long clockMs = 5_000;
  private final StreamFaults faults =
      new StreamFaults(Duration.ofMillis(100), Duration.ofMillis(1_500), () -> clockMs);

  @Test
  void shouldGoOnAfterWhatMayPass() {
    assertThat(StreamFaults.explain(new StreamsException(new TimeoutException("no answer\nyet"))))
        .returns(TRANSIENT, StreamFaults.Fault::kind)
        .returns("TimeoutException: no answer", StreamFaults.Fault::reason);
    assertThat(faults.handle(new StreamsException(new TimeoutException("no answer"))))
        .isEqualTo(REPLACE_THREAD);
    assertThat(faults.fault()).isEmpty();
  }

  /** What a commit threw in an instance that had stood still for longer than its transaction. */
  @Test
  void shouldGoOnAfterATransactionThatTheBrokerHasGivenUp() {
    for (ApiException ended :
        List.of(
            new InvalidTxnStateException("a transactional operation in an invalid state"),
            new TransactionAbortedException(),
            new TransactionAbortableException("abort it"),
            new ProducerFencedException("a newer producer"),
            new InvalidProducerEpochException("an old epoch"),
            new InvalidPidMappingException("an id that has expired"),
            new UnknownProducerIdException("nothing is known of it"),
            new OutOfOrderSequenceException("records before it are missing"))) {
      assertThat(kind(ended)).as(ended.toString()).isEqualTo(TRANSIENT);
    }
  }

  @Test
  void shouldStopWhereOnlyAPersonCanHelpAndKeepTheReason() {
    StateMismatchException mismatch = new StateMismatchException("written by model version 6");
    assertThat(faults.handle(new StreamsException("in task 0_0", mismatch)))
        .isEqualTo(SHUTDOWN_CLIENT);
    assertThat(faults.handle(new ModelException("a later one"))).isEqualTo(SHUTDOWN_CLIENT);
    assertThat(faults.fault())
        .hasValueSatisfying(
            fault -> {
              assertThat(fault.kind()).isEqualTo(CONFIGURED);
              assertThat(fault.reason()).isEqualTo("written by model version 6");
              assertThat(fault.thrown()).hasRootCause(mismatch);
            });
  }

  @Test
  void shouldTellWhoCanHelp() {
    assertThat(kind(new TopicAuthorizationException("scores"))).isEqualTo(OUTSIDE);
    assertThat(kind(new MissingSourceTopicException("readings is gone"))).isEqualTo(OUTSIDE);
    assertThat(kind(new ModelException("bad model"))).isEqualTo(CONFIGURED);
    assertThat(kind(new BadRecordException("without a dead letter topic"))).isEqualTo(CONFIGURED);
    assertThat(kind(new NullPointerException())).isEqualTo(UNEXPECTED);
    assertThat(kind(new OutOfMemoryError("Java heap space"))).isEqualTo(UNEXPECTED);
    assertThat(StreamFaults.explain(new StreamsException("outer", new OutOfMemoryError("heap"))))
        .returns("OutOfMemoryError: heap", StreamFaults.Fault::reason);
    assertThat(StreamFaults.explain(new NullPointerException()).reason())
        .isEqualTo("NullPointerException");
  }

  private static StreamFaults.Kind kind(Throwable cause) {
    return StreamFaults.explain(new StreamsException("outer", new RuntimeException(cause))).kind();
  }

  @Test
  void shouldWaitForARegistryThatIsDownButNotForOneThatRefuses() throws Exception {
    assertThat(StreamFaults.explain(new StreamsException(registryAnswers(503))).kind())
        .isEqualTo(TRANSIENT);
    assertThat(StreamFaults.explain(new StreamsException(registryAnswers(401))))
        .returns(OUTSIDE, StreamFaults.Fault::kind)
        .satisfies(
            fault ->
                assertThat(fault.reason())
                    .startsWith("schema registry http://127.0.0.1:")
                    .contains("refuses the credentials (401)"));
  }

  /** What decoding throws when a registry answers so. */
  private static RuntimeException registryAnswers(int status) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    try (RecordDeserializer records =
        new RecordDeserializer(RegistrySettings.of(Map.of("url", url, "max.retries", "0")))) {
      records.deserialize("readings", new byte[] {0, 0, 0, 0, 1, 2});
      throw new AssertionError("decoded without a registry");
    } catch (RuntimeException e) {
      return e;
    } finally {
      server.stop(0);
    }
  }

  @Test
  void shouldPauseLongerWithEachRoundThatFailsAndStartAnewAfterACalmTime() {
    assertThat(faults.nextPauseMs()).isEqualTo(100);
    clockMs += 30; // another thread of the same round
    assertThat(faults.nextPauseMs()).isEqualTo(70);
    clockMs += 70;
    assertThat(faults.nextPauseMs()).isEqualTo(200);
    for (int pause : new int[] {400, 800, 1_500, 1_500}) {
      clockMs += 2_000;
      assertThat(faults.nextPauseMs()).isEqualTo(pause);
    }
    clockMs += 1_500 + 3_000 + 1;
    assertThat(faults.nextPauseMs()).isEqualTo(100);
  }

  @Test
  void shouldNotHoldUpTheEnd() throws Exception {
    StreamFaults slow =
        new StreamFaults(Duration.ofMinutes(1), Duration.ofMinutes(1), () -> clockMs);
    CompletableFuture<Object> answer =
        CompletableFuture.supplyAsync(() -> slow.handle(new TimeoutException("no answer")));
    assertThat(answer).isNotDone();
    slow.close();
    assertThat(answer.get(5, TimeUnit.SECONDS)).isEqualTo(SHUTDOWN_CLIENT);
    assertThat(slow.fault()).isEmpty();
  }

  @Test
  void shouldSayWhichPausesAreAccepted() {
    assertThatThrownBy(
            () -> new StreamFaults(Duration.ofSeconds(2), Duration.ofSeconds(1), () -> 0))
        .hasMessage(
            "pauses must be at least 1 ms and the longest not shorter than the first, got PT2S and"
                + " PT1S");
  }
}
