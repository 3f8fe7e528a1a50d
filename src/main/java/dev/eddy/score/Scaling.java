package dev.eddy.score;

import java.util.List;
import java.util.Objects;

/**
 * Says that input frames are standardised by what has been seen so far, right before the step:
 * {@code (value - mean) / std}, mean and deviation with the frame itself. It is undone where
 * outputs name channels.
 *
 * @param learn whose frames are learnt from
 * @param freezeAfter frames after which mean and deviation stay as they are; 0 for never
 * @param channels that are standardised; empty for all
 */
public record Scaling(Learn learn, long freezeAfter, List<String> channels) {
  /** Whose frames mean and deviation are learnt from. */
  public enum Learn {
    /** Those of the same key. */
    KEY,
    /** Those of all keys of the partition. */
    ALL
  }

  public Scaling {
    Objects.requireNonNull(learn, "learn");
    channels = List.copyOf(channels);
    if (freezeAfter < 0) {
      throw new IllegalArgumentException(
          "freeze-after must be at least 0 frames, got " + freezeAfter);
    }
  }

  /** Of all channels, by the key's own frames, for ever. */
  public static Scaling perKey() {
    return new Scaling(Learn.KEY, 0, List.of());
  }

  /** Of all channels, by all frames of the partition, for ever. */
  public static Scaling overAll() {
    return new Scaling(Learn.ALL, 0, List.of());
  }

  /** The same; after so many frames nothing more is learnt. */
  public Scaling freezeAfter(long frames) {
    return new Scaling(learn, frames, channels);
  }

  /** The same of these channels only. */
  public Scaling of(List<String> channels) {
    return new Scaling(learn, freezeAfter, channels);
  }
}
