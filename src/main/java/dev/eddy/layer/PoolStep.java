package dev.eddy.layer;

import dev.eddy.kernel.Kernels;

/**
 * Pools by a plain walk over the window. What lies outside the sequence or the frame is left out of
 * a maximum by being smaller than anything, and out of a mean by not being counted, unless padding
 * is. Of a window that meets nothing else, the mean is 0.
 */
final class PoolStep extends WindowStep {
  private final Space space;
  private final boolean max;
  private final boolean countPadding;
  private final int channels;
  private final int height;
  private final int width;
  private final int outHeight;
  private final int outWidth;

  PoolStep(Pool pool, Shape input, Kernels kernels) {
    super(
        pool.space(input).time(),
        input.size(),
        pool.how() == Pool.How.MAX ? -Float.MAX_VALUE : 0f,
        kernels);
    this.space = pool.space(input);
    this.max = pool.how() == Pool.How.MAX;
    this.countPadding = pool.countPadding();
    this.channels = input.channels();
    this.height = Space.heightOf(input);
    this.width = Space.widthOf(input);
    Shape output = pool.output(input);
    this.outHeight = Space.heightOf(output);
    this.outWidth = Space.widthOf(output);
  }

  @Override
  int windowScratch() {
    return 0;
  }

  @Override
  void window(
      float[] in,
      int inOffset,
      float[] state,
      int ring,
      int position,
      int lead,
      int trail,
      float[] out,
      int outOffset,
      float[] scratch) {
    int last = time.kernel() - 1;
    int realFrames = 0;
    for (int tap = 0; tap <= last; tap++) {
      int at = tap * time.dilation();
      realFrames += at >= lead && at < time.extent() - trail ? 1 : 0;
    }
    int to = outOffset;
    for (int channel = 0; channel < channels; channel++) {
      for (int row = 0; row < outHeight; row++) {
        for (int column = 0; column < outWidth; column++, to++) {
          int top = row * space.height().stride() - space.height().before();
          int left = column * space.width().stride() - space.width().before();
          int cells = cells(top, space.height(), height) * cells(left, space.width(), width);
          float value = max ? -Float.MAX_VALUE : 0f;
          for (int tap = 0; tap <= last; tap++) {
            float[] frame = tap == last ? in : state;
            int at =
                (tap == last ? inOffset : tapOffset(ring, position, tap))
                    + channel * height * width;
            value = overFrame(frame, at, top, left, value);
          }
          int counted = countPadding ? space.taps() : Math.max(1, realFrames * cells);
          out[to] = max ? value : value / counted;
        }
      }
    }
  }

  private float overFrame(float[] frame, int at, int top, int left, float start) {
    float value = start;
    for (int i = 0, y = top; i < space.height().kernel(); i++, y += space.height().dilation()) {
      for (int j = 0, x = left; j < space.width().kernel(); j++, x += space.width().dilation()) {
        if (y >= 0 && y < height && x >= 0 && x < width) {
          float next = frame[at + y * width + x];
          value = max ? Math.max(value, next) : value + next;
        }
      }
    }
    return value;
  }

  /** Taps of a window beginning at {@code start} that lie on the axis. */
  private static int cells(int start, Axis axis, int length) {
    int cells = 0;
    for (int i = 0, at = start; i < axis.kernel(); i++, at += axis.dilation()) {
      cells += at >= 0 && at < length ? 1 : 0;
    }
    return cells;
  }
}
