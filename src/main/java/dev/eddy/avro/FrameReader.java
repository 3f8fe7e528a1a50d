package dev.eddy.avro;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/**
 * Reads records into frames by an {@link InputMapping}.
 *
 * <p>Paths are resolved once for each schema object that comes along, so records of several schema
 * versions may be mixed. A schema that lacks a mapped field is no error by itself; each of its
 * records has a bad value there.
 *
 * <p>Thread-safe. The plans are kept in a map that is copied when a schema is new and read without
 * a lock; it is started afresh when it holds 1,000, so that a caller who makes a new schema object
 * for every record gets slow, not out of memory.
 */
public final class FrameReader {
  private static final int MAX_PLANS = 1000;

  private record Plan(Schema schema, ChannelReader[] channels, TimeReader time) {}

  private final InputMapping mapping;
  private final int frameSize;
  private volatile Plan last;
  private volatile Map<Schema, Plan> plans = new IdentityHashMap<>();

  public FrameReader(InputMapping mapping) {
    this.mapping = mapping;
    this.frameSize = mapping.frameSize();
  }

  /** The mapping that it reads by. */
  public InputMapping mapping() {
    return mapping;
  }

  /** Values of a frame. */
  public int frameSize() {
    return frameSize;
  }

  /**
   * Reads one frame.
   *
   * @param frame receives {@link #frameSize()} values from {@code offset}, NaN where a last value
   *     is to be held ({@link BadValue#HOLD}) and nowhere else; undefined when it throws
   * @throws BadRecordException if a value doesn't fit and its channel says so
   * @throws IndexOutOfBoundsException if the frame has no room
   */
  public void read(GenericRecord record, float[] frame, int offset) {
    Objects.checkFromIndexSize(offset, frameSize, frame.length);
    int at = offset;
    for (ChannelReader channel : plan(record.getSchema()).channels()) {
      channel.read(record, frame, at);
      at += channel.width();
    }
  }

  /**
   * Reads the event time.
   *
   * @return milliseconds since 1970 UTC, at least 0; {@link Observation#NO_TIME} when the mapping
   *     leaves it to the Kafka record
   * @throws BadRecordException if there is none in the field
   */
  public long timeMs(GenericRecord record) {
    TimeReader time = plan(record.getSchema()).time();
    return time == null ? Observation.NO_TIME : time.timeMs(record);
  }

  private Plan plan(Schema schema) {
    Plan plan = last;
    if (plan != null && plan.schema() == schema) {
      return plan;
    }
    plan = plans.get(schema);
    if (plan == null) {
      plan = addPlan(schema);
    }
    last = plan;
    return plan;
  }

  private synchronized Plan addPlan(Schema schema) {
    Plan plan = plans.get(schema);
    if (plan == null) {
      plan =
          new Plan(
              schema,
              mapping.channels().stream()
                  .map(spec -> ChannelReader.of(spec, schema))
                  .toArray(ChannelReader[]::new),
              mapping.time().map(time -> new TimeReader(time, schema)).orElse(null));
      Map<Schema, Plan> copy = new IdentityHashMap<>();
      if (plans.size() < MAX_PLANS) {
        copy.putAll(plans);
      }
      copy.put(schema, plan);
      plans = copy;
    }
    return plan;
  }
}
