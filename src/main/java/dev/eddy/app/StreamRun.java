package dev.eddy.app;

import dev.eddy.avro.IncompatibleSchemaException;
import dev.eddy.avro.RegistryUnavailableException;
import dev.eddy.network.StateMismatchException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running topology, and what is done when one of its threads fails: what no new thread could mend
 * ends the run, anything else gets a new thread, a few times.
 */
final class StreamRun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamRun.class);
  private static final int REPLACEMENTS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final KafkaStreams streams;
  private final AtomicInteger replaced = new AtomicInteger();
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();

  StreamRun(Topology topology, Properties settings) {
    this.streams = new KafkaStreams(topology, new StreamsConfig(settings));
    streams.setUncaughtExceptionHandler(this::decide);
  }

  void start() {
    streams.start();
  }

  private StreamThreadExceptionResponse decide(Throwable thrown) {
    RuntimeException found = cause(thrown);
    boolean passing = found instanceof RegistryUnavailableException lost && lost.retriable();
    if (passing || !isFinal(found) && replaced.incrementAndGet() <= REPLACEMENTS) {
      LOG.warn("a thread failed and is replaced: {}", new Failure(0, found.toString()).oneLine());
      return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
    failure.compareAndSet(null, found);
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  /** The exception in a chain that says what happened; the outermost where none stands out. */
  private static RuntimeException cause(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof StateMismatchException
          || cause instanceof IncompatibleSchemaException
          || cause instanceof RegistryUnavailableException
          || cause instanceof AuthenticationException
          || cause instanceof AuthorizationException
          || cause instanceof MissingSourceTopicException) {
        return (RuntimeException) cause;
      }
    }
    return new IllegalStateException("the stream failed: " + innermost(thrown), thrown);
  }

  private static Throwable innermost(Throwable thrown) {
    Throwable inner = thrown;
    while (inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }

  private static boolean isFinal(RuntimeException found) {
    return !(found instanceof IllegalStateException);
  }

  /** Throws what has ended the run, if anything has. */
  void check() {
    if (failure.get() != null) {
      throw failure.get();
    }
    if (streams.state() == KafkaStreams.State.ERROR
        || streams.state() == KafkaStreams.State.NOT_RUNNING) {
      throw new IllegalStateException("the stream has stopped, state " + streams.state());
    }
  }

  /**
   * Commits and stops. Leaves the group: the next run would otherwise have to wait until the broker
   * takes this one for dead.
   */
  @Override
  public void close() {
    streams.close(
        CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
            .withTimeout(PATIENCE));
  }
}
