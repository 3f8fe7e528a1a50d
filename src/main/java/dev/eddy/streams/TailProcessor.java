package dev.eddy.streams;

import dev.eddy.avro.BadRecordException;
import dev.eddy.avro.BadValue;
import dev.eddy.avro.Calendar;
import dev.eddy.avro.FrameReader;
import dev.eddy.avro.Observation;
import dev.eddy.streams.time.Arrivals;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.StreamsMetrics;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a {@link FrameTail} behind the frames of one task.
 *
 * <p>The table holds rows as they were written. One that doesn't decode stops nothing when it
 * arrives; its key's records find it, and it counts as missing.
 */
final class TailProcessor<K> implements FixedKeyProcessor<K, Observation, Observation> {
  private static final Logger LOG = LoggerFactory.getLogger(TailProcessor.class);
  private static final int TOLD = 5;

  private final String name;
  private final FrameTail tail;
  private final ContextTable table; // null for none
  private final Deserializer<Observation> rows;
  private final int calendarSize;
  private final float[] missing; // null where a record without a row can't be used
  private final float[] values; // of the tail
  private FixedKeyProcessorContext<K, Observation> context;
  private ReadOnlyKeyValueStore<K, ValueAndTimestamp<byte[]>> store;
  private Sensor without;
  private Sensor undecodable;
  private long strange;

  /**
   * @param name of the processor and of the table's store
   * @param rows decodes a row; an undecodable one becomes an unusable observation
   */
  TailProcessor(String name, FrameTail tail, Deserializer<Observation> rows) {
    this.name = name;
    this.tail = tail;
    this.table = tail.context().orElse(null);
    this.rows = rows;
    this.calendarSize = tail.calendars().stream().mapToInt(Calendar::width).sum();
    this.values = new float[tail.channels().size()];
    this.missing =
        table == null || table.missing().action() == BadValue.Action.DEAD_LETTERS
            ? null
            : FrameReader.ofNothing(table.mapping(), table.missing());
  }

  @Override
  public void init(FixedKeyProcessorContext<K, Observation> context) {
    this.context = context;
    if (table == null) {
      return;
    }
    this.store = context.getStateStore(name);
    StreamsMetrics metrics = context.metrics();
    String entity = context.taskId() + "-" + name;
    this.without =
        metrics.addRateTotalSensor("eddy", entity, "rows-missing", Sensor.RecordingLevel.INFO);
    this.undecodable =
        metrics.addRateTotalSensor("eddy", entity, "rows-undecodable", Sensor.RecordingLevel.INFO);
  }

  @Override
  public void process(FixedKeyRecord<K, Observation> record) {
    Observation observation = record.value();
    Arrivals.check(record.key(), observation, record.headers());
    if (observation == null || observation.count() == 0) {
      context.forward(record);
      return;
    }
    int at = 0;
    for (Calendar calendar : tail.calendars()) {
      calendar.write(record.timestamp(), values, at);
      at += calendar.width();
    }
    if (table != null) {
      float[] row = row(record.key());
      System.arraycopy(row, 0, values, calendarSize, row.length);
    }
    context.forward(record.withValue(observation.with(frames(observation))));
  }

  private float[] frames(Observation observation) {
    float[] before = observation.frame();
    int count = observation.count();
    int size = before.length / count;
    float[] frames = new float[count * (size + values.length)];
    for (int i = 0, to = 0; i < count; i++, to += size + values.length) {
      System.arraycopy(before, i * size, frames, to, size);
      System.arraycopy(values, 0, frames, to + size, values.length);
    }
    return frames;
  }

  private float[] row(K key) {
    ValueAndTimestamp<byte[]> stored = store.get(key);
    if (stored == null) {
      without.record();
      return missing("has no row for the key");
    }
    Observation row = rows.deserialize(table.topic(), stored.value());
    if (row.fault() != null) {
      undecodable.record();
      if (strange++ < TOLD) {
        LOG.warn(
            "task {}: a row of context topic {}: {}",
            context.taskId(),
            table.topic(),
            row.fault().getMessage());
      }
      return missing("has a row for the key that can't be used: " + row.fault().getMessage());
    }
    return row.frame();
  }

  private float[] missing(String why) {
    if (missing == null) {
      throw new BadRecordException("context topic \"" + table.topic() + "\" " + why);
    }
    return missing;
  }

  @Override
  public void close() {
    if (without != null) {
      context.metrics().removeSensor(without);
      context.metrics().removeSensor(undecodable);
    }
  }
}
