package dev.eddy.app.pipeline;

import dev.eddy.streams.StreamFaults;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;

/** A running topology, which {@link StreamFaults} keeps going or stops. */
public final class StreamRun implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final KafkaStreams streams;
  private final StreamFaults faults = StreamFaults.standard();

  /** Does not start yet. */
  public StreamRun(Topology topology, Properties settings) {
    this.streams = new KafkaStreams(topology, new StreamsConfig(settings));
    streams.setUncaughtExceptionHandler(faults);
  }

  /** Joins the group and processes. */
  public void start() {
    streams.start();
  }

  /** Joins the group, and processes nothing before {@link #resume}. */
  public void startPaused() {
    streams.pause();
    streams.start();
  }

  /** Processes from now on. */
  public void resume() {
    streams.resume();
  }

  /** Whether stores of this process hold nothing, as far as they can be asked now. */
  boolean isEmpty(List<String> stores) {
    try {
      for (String store : stores) {
        try (KeyValueIterator<byte[], byte[]> all =
            streams
                .store(
                    StoreQueryParameters.fromNameAndType(
                        store, QueryableStoreTypes.<byte[], byte[]>keyValueStore()))
                .all()) {
          if (all.hasNext()) {
            return false;
          }
        }
      }
      return true;
    } catch (InvalidStateStoreException e) {
      return false; // while tasks move; check() says when the stream has stopped
    }
  }

  /**
   * Whether the stream goes on.
   *
   * @throws StreamStoppedException if it doesn't
   */
  public void check() {
    Optional<StreamFaults.Fault> fault = faults.fault();
    if (fault.isPresent()) {
      throw new StreamStoppedException(fault.get());
    }
    if (streams.state() == KafkaStreams.State.ERROR
        || streams.state() == KafkaStreams.State.NOT_RUNNING) {
      throw new IllegalStateException("the stream has stopped, state " + streams.state());
    }
  }

  /**
   * Commits and stops; a second call does nothing. Leaves the group: the next run would otherwise
   * have to wait until the broker takes this one for dead.
   */
  @Override
  public void close() {
    faults.close();
    streams.close(
        CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
            .withTimeout(PATIENCE));
  }

  /** Stops, and removes the states from this machine. */
  public void closeAndRemoveStates() {
    close();
    streams.cleanUp();
  }
}
