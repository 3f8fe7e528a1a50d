package dev.eddy.layer;

/**
 * A step without memory that looks at all channels of one position at a time: gathers them side by
 * side, changes them in place, and puts them back.
 */
abstract class ChannelMap extends FrameMap {
  final int channels;
  private final int positions;

  ChannelMap(Shape shape) {
    super(shape);
    this.channels = shape.channels();
    this.positions = shape.positions();
  }

  /**
   * Changes {@link #channels} values from {@code offset}.
   *
   * @param scratch as many values again from {@code channels}
   */
  abstract void mapChannelsInPlace(float[] values, int offset, float[] scratch);

  @Override
  public final int scratchLength() {
    return 2 * channels;
  }

  @Override
  final void mapInPlace(float[] values, int offset, float[] scratch) {
    if (positions == 1) {
      mapChannelsInPlace(values, offset, scratch);
      return;
    }
    for (int position = offset; position < offset + positions; position++) {
      for (int channel = 0; channel < channels; channel++) {
        scratch[channel] = values[position + channel * positions];
      }
      mapChannelsInPlace(scratch, 0, scratch);
      for (int channel = 0; channel < channels; channel++) {
        values[position + channel * positions] = scratch[channel];
      }
    }
  }
}
