package dev.eddy.streams.time;

import dev.eddy.avro.BadRecordException;
import dev.eddy.avro.Observation;
import dev.eddy.frames.FramePlan;
import dev.eddy.frames.FrameStateException;
import dev.eddy.frames.FrameTask;
import dev.eddy.frames.LateFrameException;
import dev.eddy.frames.MissingValueException;
import dev.eddy.frames.TimedFrameSink;
import dev.eddy.network.StateMismatchException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsMetrics;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * One task's frames between order and scoring.
 *
 * <p>A key's frames depend on its records alone. What they leave open until time has passed, such
 * as a window's end, comes out with the key's next record, or before it: when stream time has
 * passed it by grace. When the partition is silent, stream time is taken to go on as the wall-clock
 * does. Beside the store stands which keys wait for which time; it is made of the store at first. A
 * call looks at a bounded number of keys; those left over are looked at in the next. But where all
 * keys' frames come in order of time, a call gives all that is due, however much time has passed.
 */
final class FramesProcessor<K>
    implements Processor<K, Observation, K, Observation>, TimedFrameSink, FrameExpiry.Keys {
  private static final int KEYS_PER_CALL = 5_000;
  private static final int KEYS_TAKEN_UP_PER_TICK = 10_000;
  private static final Observation.Origin NOWHERE = new Observation.Origin("", -1, -1, null);

  private final FramesProcessorSupplier<K> settings;
  private final FramePlan plan;
  private final boolean oneForOne;
  private final Serde<K> keys;
  private final long behindMs; // the stream
  private final long idleMs;
  private final boolean inOrderOfTime; // over all keys
  private final DueKeys due;
  private final FrameTask task;
  private final Silence silence;
  private final List<float[]> ofOneRecord = new ArrayList<>(); // frames that go on as one record
  private ProcessorContext<K, Observation> context;
  private FrameStore store;
  private Sensor late;
  private Sensor resets;
  private Sensor expired;
  private StoreScan<byte[]>
      firstScan; // for what was left when the task was stopped; null when done
  private FrameExpiry expiry; // null for never
  private int counted; // how many waiting keys the supplier was told of
  private long timeMs; // the largest of a record that came here, or up to which all have come
  private long timeBeforeMs; // the same before the record in hand
  private boolean waited; // whether records were held before this since one came

  private Record<K, Observation> record; // in hand; null while time passes
  private K key;
  private Observation.Origin lastOrigin; // of the key's record before
  private long notedMs; // until when it waits, as is noted; Long.MIN_VALUE where that isn't known

  FramesProcessor(FramesProcessorSupplier<K> settings) {
    this.settings = settings;
    this.plan = settings.plan();
    this.inOrderOfTime = settings.isInOrderOfTime();
    this.due = new DueKeys(inOrderOfTime);
    this.oneForOne = plan.oneForOne();
    this.keys = settings.keys();
    this.behindMs = settings.grace().behindMs();
    this.idleMs = settings.grace().idle().toMillis();
    this.task = plan.newTask(settings.expireAfter().isPresent());
    this.silence = new Silence(idleMs);
  }

  @Override
  public void init(ProcessorContext<K, Observation> context) {
    due.clear(); // a task is begun anew after its stores were, with the same processor
    record = null;
    this.context = context;
    KeyValueStore<byte[], byte[]> states = context.getStateStore(settings.storeName());
    this.store = new FrameStore(states);
    this.firstScan = FrameStore.scan(states);
    long streamMs = context.currentStreamTimeMs(); // goes on over restarts
    this.timeMs = streamMs < 0 ? Long.MIN_VALUE : streamMs - behindMs;
    this.waited = false;
    StreamsMetrics metrics = context.metrics();
    String entity = context.taskId() + "-" + settings.storeName();
    this.late =
        metrics.addRateTotalSensor("eddy", entity, "late-records", Sensor.RecordingLevel.INFO);
    this.resets =
        metrics.addRateTotalSensor("eddy", entity, "state-resets", Sensor.RecordingLevel.INFO);
    this.expired =
        metrics.addRateTotalSensor("eddy", entity, "expired-keys", Sensor.RecordingLevel.INFO);
    this.expiry =
        settings
            .expireAfter()
            .map(
                after ->
                    new FrameExpiry(
                        after,
                        settings.byWallClock(),
                        states,
                        due,
                        this,
                        expired,
                        FrameExpiry.CELLS_PER_CALL))
            .orElse(null);
    silence.ended(context.currentSystemTimeMs());
    count();
    context.schedule(
        Duration.ofMillis(silence.tickMs()), PunctuationType.WALL_CLOCK_TIME, this::look);
    if (settings.grace().holds() && !settings.isToldTime()) {
      context.schedule(
          Duration.ofMillis(1),
          PunctuationType.STREAM_TIME,
          streamTimeMs -> passed(streamTimeMs - behindMs));
    }
  }

  @Override
  public void process(Record<K, Observation> record) {
    if (settings.isToldTime() && record.key() == null && Arrivals.isPassed(record.headers())) {
      passed(record.timestamp());
      return;
    }
    RecordMetadata place = context.recordMetadata().filter(m -> m.topic() != null).orElse(null);
    if (inOrderOfTime && settings.isToldTime()) {
      // one of more than may be held of a key goes on early: others may yet come before it
      long passedMs = place == null ? Long.MAX_VALUE : context.currentStreamTimeMs() - behindMs;
      pass(Math.min(record.timestamp() - 1, passedMs));
    }
    timeBeforeMs = timeMs;
    boolean waits = settings.grace().holds(); // it has come in order, behind the stream
    timeMs = Math.max(timeMs, waits ? record.timestamp() : context.currentStreamTimeMs());
    Arrivals.check(record.key(), record.value(), record.headers());
    if (place != null) {
      silence.ended(context.currentSystemTimeMs());
      waited = false;
    }
    Bytes bytes = Bytes.wrap(keys.serializer().serialize(null, record.key()));
    begin(bytes, record.key(), record.timestamp());
    this.record = record;
    try {
      Observation observation = record.value();
      if (observation != null && observation.count() > 0) {
        take(record);
      }
      if (observation == null || observation.ends()) {
        task.end(record.timestamp(), this);
      }
    } finally {
      this.record = null;
    }
    save(bytes, origin(record.value(), place));
  }

  /** All records up to a time have come. */
  private void passed(long untilMs) {
    timeMs = Math.max(timeMs, untilMs);
    pass(untilMs);
  }

  private void take(Record<K, Observation> record) {
    Observation observation = record.value();
    ofOneRecord.clear();
    try {
      task.frames(
          record.timestamp(),
          settings.lateToleranceMs(),
          observation.frame(),
          observation.count(),
          this);
      forwardOfOneRecord();
    } catch (MissingValueException e) {
      throw new BadRecordException(e.getMessage());
    } catch (LateFrameException e) {
      late.record();
      throw BadRecordException.late(
          e.openFromMs() - record.timestamp(),
          "the record is of "
              + Instant.ofEpochMilli(record.timestamp())
              + ", its key takes records from "
              + Instant.ofEpochMilli(e.openFromMs())
              + " on");
    }
  }

  private static Observation.Origin origin(Observation observation, RecordMetadata place) {
    if (observation != null
        && observation.origin() != null
        && observation.origin().topic() != null) {
      return observation.origin();
    }
    return place == null
        ? NOWHERE
        : new Observation.Origin(place.topic(), place.partition(), place.offset(), null);
  }

  /** Some of what was left when the task was stopped. */
  private void takeUp() {
    if (firstScan != null && firstScan.next(KEYS_TAKEN_UP_PER_TICK, this::takeUp)) {
      firstScan = null;
    }
  }

  private void takeUp(byte[] stateKey, byte[] stored) {
    if (!FrameStore.isGone(stored)) {
      due.set(Bytes.wrap(FrameStore.recordKey(stateKey)), FrameStore.dueMs(stored));
    }
  }

  /**
   * @param recordMs time of the record in hand; {@link Long#MIN_VALUE} for none
   */
  private void begin(Bytes bytes, K key, long recordMs) {
    this.key = key;
    byte[] stored = store.begin(bytes.get());
    lastOrigin = stored == null ? NOWHERE : store.origin(stored);
    boolean isNoted = stored != null && recordMs > Long.MIN_VALUE && firstScan == null;
    notedMs = isNoted ? FrameStore.dueMs(stored) : Long.MIN_VALUE;
    try {
      task.begin(stored, stored == null ? 0 : FrameStore.stateOffset(stored), store);
      if (recordMs > Long.MIN_VALUE
          && stored != null
          && expiry != null
          && expiry.isOld(stored, timeMs)) {
        leaveOld(bytes, recordMs, FrameStore.lastTimeMs(stored));
      }
    } catch (FrameStateException e) {
      if (!settings.resetsOtherLayouts()) {
        throw new StateMismatchException(
            "task "
                + context.taskId()
                + ", store \""
                + settings.storeName()
                + "\", key 0x"
                + HexFormat.of().formatHex(bytes.get())
                + ": "
                + e.getMessage());
      }
      resets.record();
      store.deleteAll();
      task.begin(null, 0, store);
    }
  }

  /**
   * Forgets a key, unless something of it waits for more; what does not comes out before. So far as
   * time had come before the record, a scan has let go the same, or would have.
   */
  private void leaveOld(Bytes bytes, long recordMs, long lastMs) {
    task.advance(Math.max(recordMs, timeBeforeMs) - 1, this);
    if (task.dueMs() < Long.MAX_VALUE) {
      save(bytes, lastOrigin); // the record may yet be refused
      return;
    }
    expiry.count();
    store.deleteAll();
    restart(lastMs);
    lastOrigin = NOWHERE;
    task.begin(null, 0, store);
  }

  @Override
  public boolean letGo(byte[] key) {
    Bytes bytes = Bytes.wrap(key);
    letGo(bytes, Math.max(1, timeMs) - 1);
    byte[] stored = store.begin(key);
    return stored != null && FrameStore.dueMs(stored) == Long.MAX_VALUE;
  }

  @Override
  public void forgotten(byte[] key, long lastMs) {
    this.key = keys.deserializer().deserialize(null, key);
    restart(lastMs);
  }

  private void letGo(Bytes bytes, long untilMs) {
    begin(bytes, keys.deserializer().deserialize(null, bytes.get()), Long.MIN_VALUE);
    task.advance(untilMs, this);
    save(bytes, lastOrigin);
  }

  /** Puts the state of the key in hand into the store, and notes until when it waits. */
  private void save(Bytes bytes, Observation.Origin origin) {
    byte[] state = task.save(store.room(origin));
    if (state == null) {
      store.delete();
      return;
    }
    long dueMs = task.dueMs();
    store.put(state, dueMs, origin);
    if (dueMs != notedMs) { // seldom where a window has many records
      due.set(bytes, dueMs);
    }
    count();
  }

  /**
   * Lets go what time has closed, of so many keys as a call may cost; where all keys' frames come
   * in order of time, step by step, and all.
   */
  private void pass(long untilMs) {
    while (inOrderOfTime && firstScan != null) {
      takeUp();
    }
    for (int i = 0; i < KEYS_PER_CALL || inOrderOfTime; i++) {
      DueKeys.Due next = due.poll(untilMs);
      if (next == null) {
        break;
      }
      letGo(next.key(), inOrderOfTime ? next.timeMs() : untilMs);
    }
    count();
  }

  /** Whether the partition has fallen silent; what then closes is what time would have closed. */
  private void look(long wallClockMs) {
    takeUp();
    long nowMs = context.currentStreamTimeMs() - behindMs;
    boolean drained = settings.isDrained();
    long silenceMs = silenceMs(wallClockMs);
    if (silenceMs >= idleMs || drained && nothingWaits()) {
      pass(drained ? Long.MAX_VALUE : nowMs + silenceMs);
    } else if (settings.grace().holds()) {
      pass(nowMs);
    }
    if (expiry != null) {
      expiry.look(timeMs, wallClockMs);
    }
    count();
  }

  /**
   * For how long nothing has come to the task. Records that are held came without being seen here;
   * once they are let go because nothing has come for that long, it is so long already.
   */
  private long silenceMs(long wallClockMs) {
    if (!nothingWaits()) {
      waited = true;
      silence.ended(wallClockMs);
      return 0;
    }
    return silence.at(wallClockMs) + (waited ? idleMs : 0);
  }

  /** Whether no record is held that is to come here. */
  private boolean nothingWaits() {
    return settings.waitingBefore(context.taskId()) == 0;
  }

  /** One more while it is not known whether there are more. */
  private void count() {
    count(due.size() + (firstScan == null ? 0 : 1));
  }

  private void count(int waiting) {
    if (waiting != counted) { // what tasks share is touched seldom
      settings.countWaiting(waiting - counted);
      counted = waiting;
    }
  }

  /**
   * A frame that is one record's goes on in its place; of others is said which record of their key
   * came last before them.
   */
  @Override
  public void frame(long timeMs, float[] values) {
    if (oneForOne && record.value().count() > 1) {
      ofOneRecord.add(values.clone());
      return;
    }
    Observation observation = new Observation(values.clone(), timeMs);
    if (oneForOne) {
      forward(observation.from(record.value().origin()), timeMs, record.headers());
      return;
    }
    boolean earlier = record == null || timeMs < record.timestamp();
    Observation.Origin origin =
        earlier || record.value() == null ? lastOrigin : record.value().origin();
    if (origin != null && origin != NOWHERE) {
      observation = observation.from(origin);
    }
    forward(observation, timeMs, new RecordHeaders());
  }

  /** Frames of one record stay one record, of which all are scored or none. */
  private void forwardOfOneRecord() {
    if (ofOneRecord.isEmpty()) {
      return;
    }
    int size = ofOneRecord.get(0).length;
    float[] frames = new float[ofOneRecord.size() * size];
    for (int i = 0; i < ofOneRecord.size(); i++) {
      System.arraycopy(ofOneRecord.get(i), 0, frames, i * size, size);
    }
    Observation observation = new Observation(frames, ofOneRecord.size(), record.timestamp());
    forward(observation.from(record.value().origin()), record.timestamp(), record.headers());
  }

  @Override
  public void end(long timeMs) {
    boolean asked = record != null && (record.value() == null || record.value().ends());
    forward(null, timeMs, asked ? record.headers() : new RecordHeaders());
  }

  @Override
  public void restart(long timeMs) {
    Headers headers = new RecordHeaders();
    Arrivals.markRestart(headers);
    forward(null, timeMs, headers);
  }

  private void forward(Observation observation, long timeMs, Headers headers) {
    context.forward(new Record<>(key, observation, Math.max(0, timeMs), headers));
  }

  @Override
  public void close() {
    count(0);
    context.metrics().removeSensor(late);
    context.metrics().removeSensor(resets);
    context.metrics().removeSensor(expired);
  }
}
