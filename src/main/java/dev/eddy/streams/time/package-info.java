/**
 * What is done to records before they are scored: put in order of time, and made into other frames
 * by the stages of {@code dev.eddy.frames}.
 *
 * <p>{@link dev.eddy.streams.time.Grace} says how long records wait for earlier ones; {@link
 * dev.eddy.streams.time.OrderProcessorSupplier} is that as a processor which brings its store.
 */
package dev.eddy.streams.time;
