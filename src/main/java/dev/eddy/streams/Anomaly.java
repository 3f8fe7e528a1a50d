package dev.eddy.streams;

import dev.eddy.score.AnomalyLikelihood;

/**
 * The optional last stage: output frame {@code j} is a forecast of input frame {@code j + horizon},
 * and is compared with it when it arrives.
 *
 * @param horizon frames, 1..1000
 * @param shortTerm errors averaged into the recent one, 1..1000
 * @param longTerm errors that the long-term statistics weigh most
 * @param warmUp errors of a key before its first likelihood
 */
public record Anomaly(int horizon, int shortTerm, int longTerm, int warmUp) {
  public Anomaly {
    if (horizon < 1 || horizon > 1000) {
      throw new IllegalArgumentException("horizon must be 1..1000, got " + horizon);
    }
    new AnomalyLikelihood(shortTerm, longTerm, warmUp); // checks the rest
  }

  /** One frame ahead, the last 10 errors against about 1,000, from the 500th on. */
  public static Anomaly standard() {
    return new Anomaly(1, 10, 1000, 500);
  }

  AnomalyLikelihood likelihood() {
    return new AnomalyLikelihood(shortTerm, longTerm, warmUp);
  }
}
