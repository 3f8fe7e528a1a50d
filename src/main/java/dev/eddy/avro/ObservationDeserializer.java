package dev.eddy.avro;

import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Decodes record values into {@link Observation}s: {@link RecordDeserializer}, then {@link
 * FrameReader}.
 *
 * <p>Null, a tombstone, stays null: the end of a sequence. {@link #configure} is not needed and
 * does nothing. Thread-safe, as Kafka Streams hands one deserializer to all its threads. To be
 * closed.
 */
public final class ObservationDeserializer implements Deserializer<Observation> {
  private final FrameReader frames;
  private final RecordDeserializer records;

  public ObservationDeserializer(InputMapping mapping, RegistrySettings settings) {
    this.frames = new FrameReader(mapping);
    this.records = new RecordDeserializer(settings);
  }

  @Override
  public Observation deserialize(String topic, byte[] data) {
    return deserialize(topic, null, data);
  }

  /**
   * Decodes one value.
   *
   * @return a new observation; null for null
   * @throws BadRecordException if the bytes or a value don't fit
   * @throws RegistryUnavailableException if the schema can't be asked for
   */
  @Override
  public Observation deserialize(String topic, Headers headers, byte[] data) {
    GenericRecord record;
    try {
      record = records.deserialize(topic, headers, data);
    } catch (BadRecordException e) {
      throw frames.mapping().time().isEmpty() ? e : e.at(Observation.UNREADABLE_TIME);
    }
    return record == null ? null : frames.read(record);
  }

  @Override
  public void close() {
    records.close();
  }
}
