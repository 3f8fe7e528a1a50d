package dev.eddy.streams;

import dev.eddy.network.StateMismatchException;
import dev.eddy.streams.time.Silence;
import dev.eddy.streams.time.StoreScan;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsMetrics;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Which keys of a task are idle or expired.
 *
 * <p>Stream time is here the largest event time of the records that have come this far. Records
 * that waited for earlier ones come in order, so that whether a key is idle doesn't depend on their
 * order of arrival; and what a key's own record finds says the same as the clock would have, sooner
 * or later. All that is done for keys without a record at hand is bounded in each call.
 */
final class SequenceAges<K> {
  private static final int ENDS_PER_RECORD = 100;
  private static final int ENDS_PER_TICK = 1_000;
  private static final int KEYS_PER_TICK = 1_000;
  private static final int KEYS_PER_FIRST_TICK = 10_000;
  private static final int SCANS_PER_EXPIRY = 8;

  /** Ends the sequence of a key. */
  interface End<K> {
    void end(K key, byte[] stored, long lastMs);
  }

  private final Serde<K> keys;
  private final long idleMs; // -1 for never
  private final long silenceMs;
  private final long expireMs; // -1 for never
  private final boolean byWallClock;
  private final ToIntFunction<TaskId> waiting;
  private final BooleanSupplier isOver;
  private final IdleKeys idle = new IdleKeys();
  private ProcessingContext context;
  private KeyValueStore<K, byte[]> store;
  private End<K> end;
  private StreamsMetrics metrics;
  private Sensor expired;
  private StoreScan<K> firstScan; // for keys that had a state before; null when done
  private StoreScan<K> expiryScan;
  private boolean isScanning;
  private long nextScanMs = Long.MIN_VALUE;
  private long timeMs = Long.MIN_VALUE; // the stream's
  private boolean hasArrived;
  private long taskTimeMs = Long.MIN_VALUE;
  private final Silence silence;

  /**
   * @param longestWaitMs for so long records may wait before they come here, by the wall-clock,
   *     when the partition is silent; it counts though none waits, since a record that is refused
   *     lets the others go, and later ones of an earlier time may come yet
   * @param waiting how many records of a task wait before they come here
   * @param isOver asked now and then: whether the input is over, so that every key is idle
   */
  SequenceAges(
      Sequences sequences,
      Serde<K> keys,
      long longestWaitMs,
      ToIntFunction<TaskId> waiting,
      BooleanSupplier isOver) {
    this.keys = keys;
    this.idleMs = sequences.idle().map(Duration::toMillis).orElse(-1L);
    this.silenceMs = idleMs + longestWaitMs;
    this.silence = new Silence(idleMs < 0 ? Long.MAX_VALUE : idleMs);
    this.expireMs = sequences.expiry().map(expiry -> expiry.after().toMillis()).orElse(-1L);
    this.byWallClock =
        sequences.expiry().filter(e -> e.clock() == Sequences.Clock.WALL_CLOCK).isPresent();
    this.waiting = waiting;
    this.isOver = isOver;
  }

  void open(ProcessingContext context, String entity, KeyValueStore<K, byte[]> store, End<K> end) {
    this.metrics = context.metrics();
    if (!isActive()) {
      return;
    }
    forget();
    this.context = context;
    this.store = store;
    this.end = end;
    this.expired =
        metrics.addRateTotalSensor("eddy", entity, "expired-keys", Sensor.RecordingLevel.INFO);
    this.firstScan = idleMs < 0 ? null : new StoreScan<>(store, keys.serializer());
    this.expiryScan = new StoreScan<>(store, keys.serializer());
    silence.ended(context.currentSystemTimeMs());
    context.schedule(
        Duration.ofMillis(silence.tickMs()), PunctuationType.WALL_CLOCK_TIME, this::look);
  }

  /** A task is begun anew after its stores were, with the same processor. */
  private void forget() {
    idle.clear();
    isScanning = false;
    nextScanMs = Long.MIN_VALUE;
    timeMs = Long.MIN_VALUE;
    hasArrived = false;
    taskTimeMs = Long.MIN_VALUE;
  }

  /** Whether keys grow old at all. */
  boolean isActive() {
    return idleMs >= 0 || expireMs >= 0;
  }

  /** Whether a key whose last record was of one time has fallen idle before another. */
  boolean isIdle(long lastMs, long nowMs) {
    return idleMs >= 0 && nowMs - lastMs > idleMs;
  }

  /** Whether a key's state has expired by stream time. */
  boolean isExpired(long lastMs, long nowMs) {
    return expireMs >= 0 && !byWallClock && nowMs - lastMs > expireMs;
  }

  void countExpired() {
    expired.record();
  }

  /** The time by which a record finds its key's state idle or expired. */
  long timeMs() {
    return timeMs;
  }

  /** A record has come; ends what is idle by its time. */
  void arrived(long recordMs) {
    if (!isActive()) {
      return;
    }
    hasArrived = true;
    timeMs = Math.max(timeMs, recordMs);
    if (idleMs >= 0) {
      endIdle(timeMs, ENDS_PER_RECORD);
    }
  }

  /** A key has a state since a record of this time. */
  void began(K key, long recordMs) {
    if (idleMs >= 0) {
      idle.add(bytes(key), recordMs + idleMs);
    }
  }

  private Bytes bytes(K key) {
    return Bytes.wrap(keys.serializer().serialize(null, key));
  }

  private void endIdle(long untilMs, int most) {
    for (int i = 0; i < most; i++) {
      Bytes next = idle.poll(untilMs);
      if (next == null) {
        return;
      }
      K key = keys.deserializer().deserialize(null, next.get());
      byte[] stored = store.get(key);
      if (stored != null) {
        long lastMs = KeyState.lastTimeMsOf(stored);
        if (lastMs + idleMs < untilMs) {
          end.end(key, stored, lastMs);
        } else {
          idle.add(next, lastMs + idleMs);
        }
      }
    }
  }

  private void look(long wallClockMs) {
    boolean moves = hasArrived || context.currentStreamTimeMs() != taskTimeMs;
    if (moves || waiting.applyAsInt(context.taskId()) > 0) {
      hasArrived = false;
      taskTimeMs = context.currentStreamTimeMs();
      silence.ended(wallClockMs);
    }
    long silentMs = silence.at(wallClockMs);
    if (idleMs >= 0) {
      if (firstScan != null && firstScan.next(KEYS_PER_FIRST_TICK, this::takeUp)) {
        firstScan = null;
      }
      boolean silent = silentMs > silenceMs || isOver.getAsBoolean();
      endIdle(silent ? Long.MAX_VALUE : timeMs, ENDS_PER_TICK);
    }
    if (expireMs >= 0) {
      scan(byWallClock ? wallClockMs : timeMs);
    }
  }

  private void takeUp(K key, byte[] stored) {
    idle.add(bytes(key), KeyState.lastTimeMsOf(stored) + idleMs);
  }

  /** Each scan begins a part of the time after the one before in which states expire. */
  private void scan(long nowMs) {
    if (!isScanning && nowMs < nextScanMs || nowMs == Long.MIN_VALUE) {
      return;
    }
    if (!isScanning) {
      isScanning = true;
      nextScanMs = nowMs + Math.max(1, expireMs / SCANS_PER_EXPIRY);
    }
    isScanning =
        !expiryScan.next(
            KEYS_PER_TICK,
            (key, stored) -> {
              if (hasExpired(stored, nowMs)) {
                store.delete(key);
                expired.record();
              }
            });
  }

  private boolean hasExpired(byte[] stored, long nowMs) {
    try {
      return nowMs - KeyState.lastTimeMsOf(stored) > expireMs;
    } catch (StateMismatchException e) {
      return false; // its key's next record says what is wrong with it
    }
  }

  void close() {
    if (expired != null) {
      metrics.removeSensor(expired);
    }
  }
}
