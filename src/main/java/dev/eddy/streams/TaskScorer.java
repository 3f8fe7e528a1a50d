package dev.eddy.streams;

import dev.eddy.avro.Score;
import java.util.List;
import org.apache.kafka.streams.processor.api.ProcessingContext;

/**
 * Scores the records of one task, one key at a time: {@link #begin} with the key's stored state,
 * {@link #consume} or {@link #end}, then {@link #save}. What differs between a model that stays and
 * one that changes. If a call throws, the stored state is untouched and simply stays.
 */
interface TaskScorer<K> {
  /**
   * Before the first record.
   *
   * @param entity what metrics name
   */
  void open(ProcessingContext context, String entity);

  /** Whether anything scores at a time. */
  boolean scoresAt(long timeMs);

  /**
   * Takes up a key's state.
   *
   * @param stored what {@link #save} gave, or null for a new key
   * @throws dev.eddy.network.StateMismatchException if the bytes can't be continued
   */
  void begin(K key, byte[] stored);

  /** Whether the key has no state yet. */
  boolean isFresh();

  /** Latest event time of the key's frames; only where the key is not fresh. */
  long lastTimeMs();

  /**
   * Steps with the frames of one record.
   *
   * @param frames one after another; not modified
   * @return the scores, valid until the next {@link #begin}; null where nothing scores, and nothing
   *     is to be saved
   * @throws dev.eddy.avro.BadRecordException if a value is missing, or an output or the state is
   *     not finite
   * @throws dev.eddy.network.StateMismatchException if the state can't be continued
   */
  List<Score> consume(K key, float[] frames, int count, long timeMs);

  /**
   * Ends the sequence: the scores since {@link #begin}, then what was held back. The key has no
   * state after this.
   */
  List<Score> end(long timeMs);

  /** The state to store. */
  byte[] save();

  /** After the last record. */
  void close();
}
