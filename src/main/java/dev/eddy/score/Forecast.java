package dev.eddy.score;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A forecast of several frames ahead: from the state after a record, the network is fed its own
 * output, on a copy of the state.
 *
 * @param horizon frames ahead, 1..10,000; the first is the output that the record gave
 * @param as how it goes out
 * @param every from one forecast frame to the next; empty for as long as between the last two
 *     records of the key
 * @param hold whether channels that the model does not forecast keep their last value; else there
 *     must be none
 */
public record Forecast(int horizon, As as, Optional<Duration> every, boolean hold) {
  /** How a forecast goes out. */
  public enum As {
    /** Each frame as a record of its own, with the time that it speaks of. */
    RECORDS,
    /** In the record's row, as an array a channel. */
    ARRAY
  }

  public Forecast {
    Objects.requireNonNull(as, "as");
    if (horizon < 1 || horizon > 10_000) {
      throw new IllegalArgumentException("horizon must be 1..10000, got " + horizon);
    }
    if (every.isPresent() && every.get().toMillis() < 1) {
      throw new IllegalArgumentException("every must be at least 1ms, got " + every.get());
    }
  }

  /** As an array in each record's row. */
  public static Forecast arrays(int horizon) {
    return new Forecast(horizon, As.ARRAY, Optional.empty(), false);
  }

  /** As records. */
  public static Forecast records(int horizon) {
    return new Forecast(horizon, As.RECORDS, Optional.empty(), false);
  }

  /** The same with a given step. */
  public Forecast every(Duration step) {
    return new Forecast(horizon, as, Optional.of(step), hold);
  }

  /** The same; channels that the model does not forecast keep their last value. */
  public Forecast holdingOthers() {
    return new Forecast(horizon, as, every, true);
  }
}
