package dev.eddy.score;

import java.util.Objects;

/**
 * Says which input frame an output frame is compared with.
 *
 * @param of what output frames are
 * @param horizon of forecasts: output frame {@code j} is one of input frame {@code j + horizon},
 *     1..1000; of reconstructions 0
 * @param each whether every channel has a column of its error
 */
public record Comparison(Of of, int horizon, boolean each) {
  /** What output frames are. */
  public enum Of {
    /** Of an input frame that comes later. */
    FORECAST,
    /** Of the input frame with the same number: an autoencoder's. */
    RECONSTRUCTION
  }

  public Comparison {
    Objects.requireNonNull(of, "of");
    if (of == Of.FORECAST && (horizon < 1 || horizon > 1000)) {
      throw new IllegalArgumentException("horizon must be 1..1000, got " + horizon);
    }
    if (of == Of.RECONSTRUCTION && horizon != 0) {
      throw new IllegalArgumentException("a reconstruction has no horizon, got " + horizon);
    }
  }

  public static Comparison ofForecasts(int horizon) {
    return new Comparison(Of.FORECAST, horizon, false);
  }

  public static Comparison ofReconstructions() {
    return new Comparison(Of.RECONSTRUCTION, 0, false);
  }

  /** The same with a column for the error of every channel. */
  public Comparison withEach() {
    return new Comparison(of, horizon, true);
  }
}
