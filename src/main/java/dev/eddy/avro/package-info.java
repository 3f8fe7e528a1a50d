/**
 * Records in, records out: Avro records become frames, and scores become Avro records, through a
 * schema registry.
 *
 * <p>{@link dev.eddy.avro.InputMapping} says which fields of a record are the channels of a frame;
 * {@link dev.eddy.avro.ObservationDeserializer} applies it to the bytes of a topic. {@link
 * dev.eddy.avro.ScoreSchema} describes what a model puts out; {@link dev.eddy.avro.ScoreSerializer}
 * writes it.
 *
 * <p>Faults are of three kinds, and the kind is the type: the data's ({@link
 * dev.eddy.avro.BadRecordException}: set this record aside and go on), the registry's ({@link
 * dev.eddy.avro.RegistryUnavailableException}: stop or retry, the data may be good), and the
 * schema's ({@link dev.eddy.avro.IncompatibleSchemaException}: the start fails).
 *
 * <p>Knows Avro, the registry client and Kafka's serializer interfaces; no Kafka Streams and none
 * of the other packages.
 */
package dev.eddy.avro;
