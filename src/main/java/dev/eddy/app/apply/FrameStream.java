package dev.eddy.app.apply;

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

  /** Consumes the next frame of a key; {@code frame} is not kept. */
  void step(String key, float[] frame);

  /** Ends the sequence of a key. */
  void flush(String key);

  @Override
  void close();
}
