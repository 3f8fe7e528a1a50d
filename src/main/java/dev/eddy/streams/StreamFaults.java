package dev.eddy.streams;

import dev.eddy.avro.BadRecordException;
import dev.eddy.avro.IncompatibleSchemaException;
import dev.eddy.avro.RegistryUnavailableException;
import dev.eddy.model.ModelException;
import dev.eddy.network.StateMismatchException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a stream whose thread has failed: it waits and goes on where something outside
 * does not answer, and stops where only a person can help, keeping the reason. Kafka Streams itself
 * logs what stops it.
 *
 * <pre>{@code
 * StreamFaults faults = StreamFaults.standard();
 * streams.setUncaughtExceptionHandler(faults);
 * }</pre>
 *
 * <p>A registry or a broker that does not answer says nothing about the data: the thread is
 * replaced, and its records are read again from the last commit. Before that the failed thread
 * pauses, the longer the more rounds have failed one after another; it keeps its place in the group
 * meanwhile. Threads that fail together pause together and count as one round. Nothing is lost and,
 * with exactly once, nothing is written twice; it only waits, for as long as it takes. The same
 * holds for a transaction that the broker has given up because this process stood still for longer
 * than {@code transaction.timeout.ms}: Kafka Streams knows most of its forms, but not all.
 *
 * <p>One for each {@code KafkaStreams}. Thread-safe. Close it before the stream, so that a pause
 * does not hold up its end.
 */
public final class StreamFaults implements StreamsUncaughtExceptionHandler, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamFaults.class);
  private static final int MAX_CAUSES = 20;

  /** Who can help. */
  public enum Kind {
    /** Something outside does not answer, and may later; or a transaction was given up. */
    TRANSIENT,
    /** Something outside is missing or refuses: a topic, a permission, credentials. */
    OUTSIDE,
    /** Model, state, schema or input don't go together. */
    CONFIGURED,
    /** Anything else: a fault of the program or of the machine. */
    UNEXPECTED
  }

  /**
   * Why a stream has stopped.
   *
   * @param reason one line, fit for a user
   * @param thrown what the stream thread threw
   */
  public record Fault(Kind kind, String reason, Throwable thrown) {}

  private final long firstPauseMs;
  private final long longestPauseMs;
  private final LongSupplier clockMs;
  private final CountDownLatch closed = new CountDownLatch(1);
  private Fault fault;
  private long pauseMs;
  private long pauseEndsMs = Long.MIN_VALUE;

  /** Pauses of 1 second to 30. */
  public static StreamFaults standard() {
    return new StreamFaults(
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
  }

  /**
   * Pauses that double from the first to the longest, and begin anew after a calm time of twice the
   * longest.
   *
   * @param firstPause at least 1 ms
   * @param longestPause not shorter than the first; shorter than {@code max.poll.interval.ms}, or
   *     the thread loses its place in the group
   * @param clockMs any clock that only goes forward, in milliseconds
   */
  public StreamFaults(Duration firstPause, Duration longestPause, LongSupplier clockMs) {
    this.firstPauseMs = firstPause.toMillis();
    this.longestPauseMs = longestPause.toMillis();
    this.clockMs = clockMs;
    if (firstPauseMs < 1 || longestPauseMs < firstPauseMs) {
      throw new IllegalArgumentException(
          "pauses must be at least 1 ms and the longest not shorter than the first, got "
              + firstPause
              + " and "
              + longestPause);
    }
  }

  @Override
  public StreamThreadExceptionResponse handle(Throwable thrown) {
    Fault found = explain(thrown);
    if (found.kind() != Kind.TRANSIENT) {
      synchronized (this) {
        if (fault == null) {
          fault = found;
        }
      }
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    long pause = nextPauseMs();
    LOG.warn("{}; the stream goes on in {} ms", found.reason(), pause);
    try {
      return closed.await(pause, TimeUnit.MILLISECONDS)
          ? StreamThreadExceptionResponse.SHUTDOWN_CLIENT
          : StreamThreadExceptionResponse.REPLACE_THREAD;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
  }

  /** What stopped the stream first; empty while it goes on, and where it was closed in order. */
  public synchronized Optional<Fault> fault() {
    return Optional.ofNullable(fault);
  }

  /** Ends all pauses; from now on a thread that fails is not replaced. */
  @Override
  public void close() {
    closed.countDown();
  }

  /** Milliseconds to pause from now; what fails within a pause waits for its end. */
  synchronized long nextPauseMs() {
    long now = clockMs.getAsLong();
    if (pauseMs > 0 && now < pauseEndsMs) {
      return pauseEndsMs - now;
    }
    boolean calm = pauseMs == 0 || now - pauseEndsMs > 2 * longestPauseMs;
    pauseMs = calm ? firstPauseMs : Math.min(2 * pauseMs, longestPauseMs);
    pauseEndsMs = now + pauseMs;
    return pauseMs;
  }

  /** Who can help with what a stream thread threw, and the line that says so. */
  public static Fault explain(Throwable thrown) {
    Throwable cause = thrown;
    Throwable root = thrown;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      Kind kind = kind(cause);
      if (kind != Kind.UNEXPECTED) {
        return new Fault(kind, line(cause), thrown);
      }
      root = cause;
      cause = cause.getCause();
    }
    return new Fault(Kind.UNEXPECTED, line(root), thrown);
  }

  private static Kind kind(Throwable cause) {
    if (cause instanceof RegistryUnavailableException registry) {
      return registry.retriable() ? Kind.TRANSIENT : Kind.OUTSIDE;
    } else if (cause instanceof RetriableException || endsTransaction(cause)) {
      return Kind.TRANSIENT;
    } else if (cause instanceof AuthenticationException
        || cause instanceof AuthorizationException
        || cause instanceof MissingSourceTopicException) {
      return Kind.OUTSIDE;
    } else if (cause instanceof StateMismatchException
        || cause instanceof ModelException
        || cause instanceof IncompatibleSchemaException
        || cause instanceof BadRecordException) {
      return Kind.CONFIGURED;
    }
    return Kind.UNEXPECTED;
  }

  /**
   * Whether a transaction is over that its producer took for open; what it held was not written.
   */
  private static boolean endsTransaction(Throwable cause) {
    return cause instanceof InvalidTxnStateException
        || cause instanceof TransactionAbortedException
        || cause instanceof TransactionAbortableException
        || cause instanceof ProducerFencedException
        || cause instanceof InvalidProducerEpochException
        || cause instanceof InvalidPidMappingException
        || cause instanceof OutOfOrderSequenceException;
  }

  private static String line(Throwable cause) {
    String message = cause.getMessage();
    String type = cause.getClass().getSimpleName();
    if (message == null || message.isBlank()) {
      return type;
    }
    String line = message.strip().lines().findFirst().orElseThrow();
    return cause.getClass().getName().startsWith("dev.eddy.") ? line : type + ": " + line;
  }
}
