package dev.eddy.app.apply;

import dev.eddy.avro.BadRecordException;

/** Scores the sequences of many keys, frame by frame; what comes out goes to a {@link Sink}. */
public interface FrameStream extends AutoCloseable {

  /** Takes the frames that come out, those of one key in order. */
  @FunctionalInterface
  interface Sink {

    /**
     * One output frame, during the call that made it.
     *
     * @param values holds the frame from {@code offset}; valid during the call only
     */
    void frame(String key, float[] values, int offset);
  }

  /**
   * Consumes the next frame of a key; {@code frame} is not kept.
   *
   * @throws BadRecordException if the model can't take the frame, or an output or the hidden state
   *     is not finite after it; the stream can only be closed then
   */
  void step(String key, float[] frame);

  /**
   * Ends the sequence of a key.
   *
   * @throws BadRecordException if an output is not finite
   */
  void flush(String key);

  @Override
  void close();
}
