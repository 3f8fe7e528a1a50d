package dev.eddy.layer;

import java.util.List;

/**
 * How a window moves along one axis: time, height or width.
 *
 * @param kernel taps, 1..65536
 * @param stride from one window to the next, 1..1024
 * @param dilation from one tap to the next, 1..65536
 * @param before padding before the first value; less than the window's extent
 * @param after padding behind the last value, in time a lookahead; less than the window's extent
 */
public record Axis(int kernel, int stride, int dilation, int before, int after) {
  private static final int MAX_EXTENT = 1 << 20;

  public Axis {
    Checks.inRange("kernel", kernel, 1, 65536);
    Checks.inRange("stride", stride, 1, 1024);
    Checks.inRange("dilation", dilation, 1, 65536);
    if ((kernel - 1L) * dilation >= MAX_EXTENT) {
      throw new IllegalArgumentException(
          "(kernel - 1) * dilation must be below "
              + MAX_EXTENT
              + ", got "
              + (kernel - 1L) * dilation);
    }
    int most = (kernel - 1) * dilation;
    Checks.inRange("padding before", before, 0, most);
    Checks.inRange("padding after", after, 0, most);
  }

  /** One tap and no padding: an axis that the window does not reach along. */
  public static final Axis ONE = valid(1);

  /** No padding, stride 1. */
  public static Axis valid(int kernel) {
    return new Axis(kernel, 1, 1, 0, 0);
  }

  /** Zeros before the first frame, so that it gives an output; nothing behind the last. */
  public static Axis causal(int kernel, int stride, int dilation) {
    return new Axis(kernel, stride, dilation, (kernel - 1) * dilation, 0);
  }

  /** Values from the first tap to the last, both counted. */
  public int extent() {
    return (kernel - 1) * dilation + 1;
  }

  /** What a window over time looks at. */
  Reach reach() {
    return new Reach(before, extent() - 1 - before);
  }

  /**
   * Windows that fit on {@code length} values.
   *
   * @throws IllegalArgumentException if none does
   */
  int windows(int length) {
    int reach = length + before + after - extent();
    if (reach < 0) {
      throw new IllegalArgumentException(
          "a window of "
              + extent()
              + " does not fit on "
              + length
              + " values with padding "
              + before
              + " and "
              + after);
    }
    return reach / stride + 1;
  }

  /**
   * The axes of a frame of a shape, time first, where a layer names those of time and space or of
   * space only.
   */
  static boolean overTime(String kind, List<Axis> axes, Shape input) {
    int space = input.rank() - 1;
    if (axes.size() != space && axes.size() != space + 1) {
      throw new IllegalArgumentException(
          kind
              + " with "
              + axes.size()
              + (axes.size() == 1 ? " axis" : " axes")
              + " can't move over frames of "
              + input
              + "; it takes "
              + (space == 0
                  ? "1 (time)"
                  : space + " (within the frame) or " + (space + 1) + " (and time)"));
    }
    return axes.size() == space + 1;
  }
}
