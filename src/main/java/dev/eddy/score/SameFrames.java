package dev.eddy.score;

import dev.eddy.layer.StatePart;
import java.util.List;

/**
 * An output frame and the input frame with the same number make a row as soon as both have come;
 * whichever comes first waits in a ring. Output frames beyond the last input frame make none.
 */
public final class SameFrames implements Pairing {
  private final int size;
  private final int inputs; // frames in the ring of input frames
  private final int outputs;

  /**
   * @param size values of a frame, in and out
   * @param lag input frames by which the output lags, at most
   * @param ahead output frames by which the input lags, at most: such as come in bursts
   */
  public SameFrames(int size, long lag, long ahead) {
    this.size = size;
    this.inputs = Math.toIntExact(lag + 1);
    this.outputs = Math.toIntExact(ahead);
    Math.multiplyExact(inputs + outputs, size);
  }

  @Override
  public List<StatePart> stateParts() {
    StatePart waiting = new StatePart("inputs", inputs * size);
    return outputs == 0
        ? List.of(waiting)
        : List.of(waiting, new StatePart("outputs", outputs * size));
  }

  @Override
  public boolean perReading() {
    return false;
  }

  @Override
  public void arrived(float[] frame, long number, long emitted, float[] state, int at, Rows rows) {
    System.arraycopy(frame, 0, state, at + input(number), size);
    if (number < emitted) {
      rows.row(number, state, at + output(number), state, at + input(number));
    }
  }

  @Override
  public void came(
      float[] values, int offset, long number, long seen, float[] state, int at, Rows rows) {
    if (number < seen) {
      rows.row(number, values, offset, state, at + input(number));
    } else if (number - seen < outputs) {
      System.arraycopy(values, offset, state, at + output(number), size);
    }
  }

  private int input(long number) {
    return (int) (number % inputs) * size;
  }

  private int output(long number) {
    return inputs * size + (int) (number % outputs) * size;
  }
}
