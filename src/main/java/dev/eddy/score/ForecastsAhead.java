package dev.eddy.score;

import dev.eddy.layer.StatePart;
import java.util.List;

/**
 * Each input frame makes a row as it arrives, with the output frame that was a forecast of it, if
 * that has come. Output frames wait in a ring.
 */
public final class ForecastsAhead implements Pairing {
  private final int horizon;
  private final int size;
  private final int pending; // frames in the ring

  /**
   * @param horizon output frame {@code j} is a forecast of input frame {@code j + horizon}
   * @param size values of an output frame
   * @param maxFrames output frames that come at once, at most
   */
  public ForecastsAhead(int horizon, int size, int maxFrames) {
    this.horizon = horizon;
    this.size = size;
    this.pending = Math.addExact(horizon, maxFrames);
  }

  @Override
  public List<StatePart> stateParts() {
    return List.of(new StatePart("pending.h" + horizon, Math.multiplyExact(pending, size)));
  }

  @Override
  public boolean perReading() {
    return true;
  }

  @Override
  public void arrived(float[] frame, long number, long emitted, float[] state, int at, Rows rows) {
    long forecast = number - horizon;
    if (forecast < 0 || forecast >= emitted) {
      rows.row(number, null, 0, frame, 0);
      return;
    }
    if (emitted - forecast > pending) {
      throw new IllegalStateException(
          "forecast " + forecast + " was overwritten, " + emitted + " are emitted");
    }
    rows.row(number, state, at + (int) (forecast % pending) * size, frame, 0);
  }

  @Override
  public void came(
      float[] values, int offset, long number, long seen, float[] state, int at, Rows rows) {
    System.arraycopy(values, offset, state, at + (int) (number % pending) * size, size);
  }
}
