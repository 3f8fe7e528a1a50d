package dev.eddy.avro;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
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

  private record Plan(
      Schema schema, ChannelReader[] channels, TimeReader time, EndReader end, TextReader text) {}

  private final InputMapping mapping;
  private final int frameSize;
  private final ChannelSpec.Text text; // null where a record is a frame
  private final int textAt; // in the frame
  private volatile Plan last;
  private volatile Map<Schema, Plan> plans = new IdentityHashMap<>();

  public FrameReader(InputMapping mapping) {
    this.mapping = mapping;
    this.frameSize = mapping.frameSize();
    ChannelSpec.Text found = null;
    int at = 0;
    int foundAt = 0;
    for (ChannelSpec channel : mapping.channels()) {
      if (channel instanceof ChannelSpec.Text one) {
        found = one;
        foundAt = at;
      }
      at += channel.width();
    }
    this.text = found;
    this.textAt = foundAt;
  }

  /**
   * The frame of a record that has none of a mapping's fields.
   *
   * @param bad what becomes of each value that is missing
   * @throws BadRecordException if that is to refuse the record
   */
  public static float[] ofNothing(InputMapping mapping, BadValue bad) {
    InputMapping lenient =
        new InputMapping(
            mapping.channels().stream().map(channel -> channel.withBad(bad)).toList(),
            Optional.empty());
    float[] frame = new float[lenient.frameSize()];
    Schema nothing = Schema.createRecord("Nothing", null, "dev.eddy", false, List.of());
    new FrameReader(lenient).read(new GenericData.Record(nothing), frame, 0);
    return frame;
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
   * @throws IllegalStateException if the mapping gives several frames; {@link #read(GenericRecord)}
   *     reads them
   */
  public void read(GenericRecord record, float[] frame, int offset) {
    if (text != null) {
      throw new IllegalStateException("the mapping gives several frames a record");
    }
    Objects.checkFromIndexSize(offset, frameSize, frame.length);
    readFrame(record, frame, offset);
  }

  private void readFrame(GenericRecord record, float[] frame, int offset) {
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

  /**
   * Reads a record whole: its frames and time, and whether it ends a sequence.
   *
   * @return a new observation; without a frame where only the end counts
   * @throws BadRecordException if a value doesn't fit and its channel says so; with the time, where
   *     that can be read
   */
  public Observation read(GenericRecord record) {
    try {
      return readWhole(record);
    } catch (BadRecordException e) {
      throw mapping.time().isEmpty() ? e : e.at(readableTimeMs(record));
    }
  }

  private long readableTimeMs(GenericRecord record) {
    try {
      return timeMs(record);
    } catch (BadRecordException e) {
      return Observation.UNREADABLE_TIME;
    }
  }

  private Observation readWhole(GenericRecord record) {
    EndReader end = plan(record.getSchema()).end();
    boolean ends = end != null && end.ends(record);
    if (ends && !mapping.end().orElseThrow().include()) {
      return new Observation(new float[0], 0, timeMs(record)).ending();
    }
    Observation observation = text == null ? frame(record) : frames(record);
    return ends ? observation.ending() : observation;
  }

  private Observation frame(GenericRecord record) {
    float[] frame = new float[frameSize];
    readFrame(record, frame, 0);
    return new Observation(frame, timeMs(record));
  }

  /** A frame for each token, the rest the same in each. */
  private Observation frames(GenericRecord record) {
    int[] tokens = plan(record.getSchema()).text().read(record);
    float[] frame = new float[frameSize];
    readFrame(record, frame, 0);
    float[] frames = new float[tokens.length * frameSize];
    for (int i = 0; i < tokens.length; i++) {
      frame[textAt] = tokens[i];
      System.arraycopy(frame, 0, frames, i * frameSize, frameSize);
    }
    return new Observation(frames, tokens.length, timeMs(record));
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
              mapping.time().map(time -> new TimeReader(time, schema)).orElse(null),
              mapping.end().map(end -> new EndReader(end, schema)).orElse(null),
              text == null ? null : new TextReader(text, schema));
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
