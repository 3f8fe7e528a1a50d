package dev.eddy.layer;

/**
 * {@code (x - mean) scale + shift} for each channel. The mean is taken off first: folded into the
 * shift it would cost the digits by which a mean exceeds its deviation.
 */
final class ChannelScale extends FrameMap {
  private final int positions;
  private final float[] mean; // [channels]
  private final float[] scale; // [channels]
  private final float[] shift; // [channels]

  ChannelScale(Shape shape, float[] mean, float[] scale, float[] shift) {
    super(shape);
    this.positions = shape.positions();
    this.mean = mean;
    this.scale = scale;
    this.shift = shift;
  }

  @Override
  void mapInPlace(float[] values, int offset, float[] scratch) {
    for (int channel = 0, at = offset; channel < mean.length; channel++) {
      for (int end = at + positions; at < end; at++) {
        values[at] = Math.fma(values[at] - mean[channel], scale[channel], shift[channel]);
      }
    }
  }
}
