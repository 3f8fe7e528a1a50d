package dev.eddy.streams;

import java.security.PublicKey;
import java.time.Duration;
import java.util.List;

/**
 * Where new versions of a model come from, and what becomes of a key's state when it meets one.
 * Immutable. Start from {@link #from} and refine.
 *
 * @param topic the models topic
 * @param onChange what is done with a key's state, in order of preference: the first that is
 *     possible; where none is, it is reset
 * @param warmUpFrames so many of its last frames are kept for each key, 0 to 100,000; 0 for none
 * @param dualRunFrames for so many frames the old version goes on beside the new one; 0 for the
 *     receptive field of the new one, where that is bounded
 * @param keepStatesFor so long, in event time, a key's state by the version before is kept, for a
 *     roll-back
 * @param maxBytes larger models are refused
 * @param publicKeys with one of them a version must be signed; empty for no matter
 */
public record ModelUpdates(
    String topic,
    List<StatePolicy> onChange,
    int warmUpFrames,
    int dualRunFrames,
    Duration keepStatesFor,
    long maxBytes,
    List<PublicKey> publicKeys) {
  /** What {@link #maxBytes} is where nothing is said: 512 MiB. */
  public static final long MAX_BYTES = 512L << 20;

  /** The most frames that can be kept, or run beside each other. */
  public static final int MAX_FRAMES = 100_000;

  public ModelUpdates {
    onChange = List.copyOf(onChange);
    publicKeys = List.copyOf(publicKeys);
    if (!topic.matches("[A-Za-z0-9._-]{1,200}")) {
      throw new IllegalArgumentException(
          "models topic \"" + topic + "\": a topic is 1 to 200 letters, digits, '.', '_' or '-'");
    }
    if (onChange.isEmpty() || onChange.stream().distinct().count() != onChange.size()) {
      throw new IllegalArgumentException(
          "on a change of model, name one policy or several different ones, got " + onChange);
    }
    checkFrames("warm-up", warmUpFrames);
    checkFrames("dual-run", dualRunFrames);
    if (keepStatesFor.isNegative() || maxBytes < 1) {
      throw new IllegalArgumentException(
          "states are kept for 0 or longer, models have at most 1 byte or more, got "
              + keepStatesFor
              + ", "
              + maxBytes);
    }
  }

  private static void checkFrames(String what, int frames) {
    if (frames < 0 || frames > MAX_FRAMES) {
      throw new IllegalArgumentException(
          what + " frames must be 0.." + MAX_FRAMES + ", got " + frames);
    }
  }

  /** Keep, transfer, warm up, run both, reset, in this order; no frames and no old states kept. */
  public static ModelUpdates from(String topic) {
    return new ModelUpdates(
        topic, List.of(StatePolicy.values()), 0, 0, Duration.ZERO, MAX_BYTES, List.of());
  }

  public ModelUpdates onChange(StatePolicy... policies) {
    return new ModelUpdates(
        topic, List.of(policies), warmUpFrames, dualRunFrames, keepStatesFor, maxBytes, publicKeys);
  }

  public ModelUpdates warmUpFrames(int frames) {
    return new ModelUpdates(
        topic, onChange, frames, dualRunFrames, keepStatesFor, maxBytes, publicKeys);
  }

  public ModelUpdates dualRunFrames(int frames) {
    return new ModelUpdates(
        topic, onChange, warmUpFrames, frames, keepStatesFor, maxBytes, publicKeys);
  }

  public ModelUpdates keepStatesFor(Duration time) {
    return new ModelUpdates(
        topic, onChange, warmUpFrames, dualRunFrames, time, maxBytes, publicKeys);
  }

  public ModelUpdates maxBytes(long bytes) {
    return new ModelUpdates(
        topic, onChange, warmUpFrames, dualRunFrames, keepStatesFor, bytes, publicKeys);
  }

  public ModelUpdates publicKeys(List<PublicKey> keys) {
    return new ModelUpdates(
        topic, onChange, warmUpFrames, dualRunFrames, keepStatesFor, maxBytes, keys);
  }
}
