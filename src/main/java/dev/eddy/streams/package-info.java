/**
 * Scoring in Kafka Streams: topologies, processors, their stores, dead letters.
 *
 * <p>{@link dev.eddy.streams.Scoring} says what is scored and how; {@link
 * dev.eddy.streams.ScoringProcessorSupplier} is that as a processor which brings its store, for a
 * topology of your own; {@link dev.eddy.streams.ScoringTopology} is a whole pipeline from topic to
 * topic.
 */
package dev.eddy.streams;
