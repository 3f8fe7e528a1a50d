package dev.eddy.score;

import java.util.Objects;
import java.util.Optional;

/**
 * Says how outputs foretell the next token.
 *
 * @param of what the values of an output frame are, one for each token
 * @param unit of the surprise
 * @param channel the input channel that holds the token; empty where it is the only one
 */
public record Surprise(Of of, Unit unit, Optional<String> channel) {
  /** What the values of an output frame are. */
  public enum Of {
    LOGITS,
    PROBABILITIES,
    LOG_PROBABILITIES
  }

  /** What a surprise is measured in. */
  public enum Unit {
    /** {@code -ln p}. */
    NATS,
    /** {@code -log2 p}. */
    BITS
  }

  public Surprise {
    Objects.requireNonNull(of, "of");
    Objects.requireNonNull(unit, "unit");
    Objects.requireNonNull(channel, "channel");
  }

  /** Of a model that gives logits, in nats, with the only channel as the token. */
  public static Surprise ofLogits() {
    return new Surprise(Of.LOGITS, Unit.NATS, Optional.empty());
  }

  /** The same of a model that gives something else. */
  public Surprise of(Of of) {
    return new Surprise(of, unit, channel);
  }

  /** The same in another unit. */
  public Surprise in(Unit unit) {
    return new Surprise(of, unit, channel);
  }

  /** The same with the token in a channel. */
  public Surprise channel(String channel) {
    return new Surprise(of, unit, Optional.of(channel));
  }
}
