package dev.eddy.score;

import dev.eddy.layer.StatePart;
import java.util.List;

/** Each output frame makes a row as it comes. */
public final class OutputsAlone implements Pairing {
  @Override
  public List<StatePart> stateParts() {
    return List.of();
  }

  @Override
  public boolean perReading() {
    return false;
  }

  @Override
  public void arrived(float[] frame, long number, long emitted, float[] state, int at, Rows rows) {
    // nothing to remember
  }

  @Override
  public void came(
      float[] values, int offset, long number, long seen, float[] state, int at, Rows rows) {
    rows.row(number, values, offset, null, 0);
  }
}
