package dev.eddy.avro;

import dev.eddy.model.ModelException;
import dev.eddy.model.ModelManifest;
import dev.eddy.model.Provenance;
import dev.eddy.model.Timeline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.MessageDecoder;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * What is on the models topic as bytes: Avro's single-object encoding, which carries a fingerprint
 * of its schema and needs no registry. Schemas are in {@code schemas/}.
 */
public final class ModelRecords {
  private static final String NO_RECORD = "not a record of a models topic: ";

  // Read as generic records: Avro makes specific ones only of classes that the whole process
  // trusts.
  private static final MessageDecoder<GenericRecord> VERSION =
      decoder(ModelVersionRecord.getClassSchema());
  private static final MessageDecoder<GenericRecord> CHUNK =
      decoder(TensorChunkRecord.getClassSchema());
  private static final MessageDecoder<GenericRecord> TIMELINE =
      decoder(ModelTimelineRecord.getClassSchema());
  private static final MessageDecoder<GenericRecord> REFUSAL =
      decoder(ModelRefusalRecord.getClassSchema());

  private ModelRecords() {}

  /** A refusal of a version by a pipeline. */
  public record Refusal(
      String name, long version, String application, String reason, Instant when) {}

  public static byte[] encode(ModelManifest manifest) {
    Provenance provenance = manifest.provenance();
    return bytes(
        ModelVersionRecord.getEncoder()::encode,
        ModelVersionRecord.newBuilder()
            .setName(manifest.name())
            .setVersion(manifest.version())
            .setDescription(manifest.description())
            .setTensorBytes(manifest.tensorBytes())
            .setChunks(manifest.chunks())
            .setTensorsSha256(manifest.tensorsSha256())
            .setLayout(manifest.layout())
            .setWho(provenance.who())
            .setWhen(provenance.when())
            .setSource(provenance.source())
            .setNotes(provenance.notes())
            .setSha256(manifest.sha256())
            .setSignature(manifest.signature())
            .build());
  }

  /**
   * Reads a manifest.
   *
   * @throws ModelException if the bytes are none, or don't have the checksum that they carry
   */
  public static ModelManifest manifest(byte[] bytes) {
    GenericRecord record = record(VERSION, bytes);
    Map<String, String> notes = new HashMap<>();
    ((Map<?, ?>) record.get("notes"))
        .forEach((key, note) -> notes.put(key.toString(), note.toString()));
    ModelManifest manifest =
        new ModelManifest(
            text(record, "name"),
            (long) record.get("version"),
            text(record, "description"),
            (long) record.get("tensorBytes"),
            (int) record.get("chunks"),
            text(record, "tensorsSha256"),
            text(record, "layout"),
            new Provenance(
                text(record, "who"), time(record, "when"), text(record, "source"), notes),
            text(record, "signature"));
    if (!manifest.sha256().equals(text(record, "sha256"))) {
      throw new ModelException(
          manifest.id()
              + ": the checksum is "
              + manifest.sha256()
              + ", published was "
              + text(record, "sha256"));
    }
    return manifest;
  }

  /** A piece of tensors, by its number. */
  public static byte[] chunk(int number, byte[] piece) {
    return bytes(
        TensorChunkRecord.getEncoder()::encode,
        TensorChunkRecord.newBuilder().setChunk(number).setBytes(ByteBuffer.wrap(piece)).build());
  }

  /**
   * Reads a piece of tensors.
   *
   * @throws ModelException if the bytes are none, or it is another piece
   */
  public static byte[] chunk(byte[] bytes, int number) {
    GenericRecord record = record(CHUNK, bytes);
    if ((int) record.get("chunk") != number) {
      throw new ModelException("chunk " + record.get("chunk") + " is in the place of " + number);
    }
    ByteBuffer buffer = (ByteBuffer) record.get("bytes");
    byte[] piece = new byte[buffer.remaining()];
    buffer.get(piece);
    return piece;
  }

  public static byte[] encode(String name, Timeline timeline) {
    List<ActivationRecord> activations = new ArrayList<>();
    for (Timeline.Activation activation : timeline.activations()) {
      activations.add(
          ActivationRecord.newBuilder()
              .setVersion(activation.version())
              .setFrom(activation.fromMs())
              .setMode(activation.mode().name())
              .setSharePermille(activation.sharePermille())
              .setMade(Instant.ofEpochMilli(activation.madeMs()))
              .setWho(activation.who())
              .build());
    }
    return bytes(
        ModelTimelineRecord.getEncoder()::encode,
        ModelTimelineRecord.newBuilder().setName(name).setActivations(activations).build());
  }

  /**
   * Reads a timeline.
   *
   * @throws ModelException if the bytes are none, or hold what can't be in one
   */
  public static Timeline timeline(byte[] bytes) {
    GenericRecord record = record(TIMELINE, bytes);
    List<Timeline.Activation> activations = new ArrayList<>();
    for (Object element : (List<?>) record.get("activations")) {
      GenericRecord activation = (GenericRecord) element;
      try {
        activations.add(
            new Timeline.Activation(
                (long) activation.get("version"),
                (long) activation.get("from"),
                Timeline.Mode.valueOf(text(activation, "mode")),
                (int) activation.get("sharePermille"),
                (long) activation.get("made"),
                text(activation, "who")));
      } catch (IllegalArgumentException e) {
        throw new ModelException(
            "timeline of \""
                + text(record, "name")
                + "\", activation "
                + activations.size()
                + ": "
                + e.getMessage(),
            e);
      }
    }
    return new Timeline(activations);
  }

  public static byte[] encode(Refusal refusal) {
    return bytes(
        ModelRefusalRecord.getEncoder()::encode,
        ModelRefusalRecord.newBuilder()
            .setName(refusal.name())
            .setVersion(refusal.version())
            .setApplication(refusal.application())
            .setReason(refusal.reason())
            .setWhen(refusal.when())
            .build());
  }

  /**
   * Reads a refusal.
   *
   * @throws ModelException if the bytes are none
   */
  public static Refusal refusal(byte[] bytes) {
    GenericRecord record = record(REFUSAL, bytes);
    return new Refusal(
        text(record, "name"),
        (long) record.get("version"),
        text(record, "application"),
        text(record, "reason"),
        time(record, "when"));
  }

  private static String text(GenericRecord record, String field) {
    return record.get(field).toString();
  }

  private static Instant time(GenericRecord record, String field) {
    return Instant.ofEpochMilli((long) record.get(field));
  }

  private interface Encoding<T> {
    ByteBuffer encode(T record) throws IOException;
  }

  private static <T extends SpecificRecordBase> byte[] bytes(Encoding<T> encoding, T record) {
    try {
      ByteBuffer buffer = encoding.encode(record);
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return bytes;
    } catch (IOException e) {
      throw new IllegalStateException("encoding to memory", e);
    }
  }

  private static MessageDecoder<GenericRecord> decoder(Schema schema) {
    return new BinaryMessageDecoder<>(new GenericData(), schema);
  }

  private static GenericRecord record(MessageDecoder<GenericRecord> decoder, byte[] bytes) {
    try {
      return decoder.decode(bytes, null);
    } catch (IOException
        | AvroRuntimeException
        | IndexOutOfBoundsException
        | NegativeArraySizeException
        | UnsupportedOperationException e) {
      throw new ModelException(NO_RECORD + Quoted.line(String.valueOf(e.getMessage())), e);
    } catch (OutOfMemoryError e) {
      throw new ModelException(NO_RECORD + "claims more than memory holds", e);
    }
  }
}
