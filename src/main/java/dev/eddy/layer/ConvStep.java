package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.Matrix;
import java.util.Arrays;

/**
 * A convolution as one product for each position of the window within the frame: the taps are
 * gathered into one window, {@code [time][height][width][channels]}, and the matrix is {@code
 * [filters][window]}. Over time only, the gathering copies whole frames, and with one channel to a
 * group on either side (depthwise) the product is element-wise instead.
 */
final class ConvStep extends WindowStep {
  private final Space space;
  private final int channels;
  private final int height;
  private final int width;
  private final int filters;
  private final int groups;
  private final int ins; // channels of a group
  private final int outs; // filters of a group
  private final int outHeight;
  private final int outWidth;
  private final boolean overTime; // and nothing else: a window is whole frames
  private final float[] bias; // [filters] of a depthwise product, or null
  private final Matrix[] byGroup; // [groups] of [filters / groups][taps * channels / groups]
  private final float[] depthwise; // [kernel][channels], or null

  ConvStep(Conv conv, Shape input, Weights weights, Kernels kernels) {
    super(conv.space(input).time(), input.size(), 0f, kernels);
    this.space = conv.space(input);
    this.channels = input.channels();
    this.height = Space.heightOf(input);
    this.width = Space.widthOf(input);
    this.filters = conv.filters();
    this.groups = conv.groups();
    this.ins = channels / groups;
    this.outs = filters / groups;
    Shape output = conv.output(input);
    this.outHeight = Space.heightOf(output);
    this.outWidth = Space.widthOf(output);
    float[] bias = conv.bias() ? weights.tensor("bias").clone() : new float[filters];
    float[] weight = weights.tensor("weight"); // [filters][channels / groups][taps]
    this.overTime =
        height == 1
            && width == 1
            && outHeight == 1
            && outWidth == 1
            && space.taps() == time.kernel();
    boolean elementWise = input.rank() == 1 && groups == channels && filters == channels;
    this.depthwise = elementWise ? byTap(weight) : null;
    this.byGroup = elementWise ? null : byGroup(weight, bias, weights);
    this.bias = elementWise ? bias : null;
  }

  private float[] byTap(float[] weight) {
    float[] taps = new float[weight.length];
    int kernel = weight.length / channels;
    for (int channel = 0; channel < channels; channel++) {
      for (int tap = 0; tap < kernel; tap++) {
        taps[tap * channels + channel] = weight[channel * kernel + tap];
      }
    }
    return taps;
  }

  private Matrix[] byGroup(float[] weight, float[] bias, Weights weights) {
    int taps = space.taps();
    Matrix[] matrices = new Matrix[groups];
    for (int group = 0; group < groups; group++) {
      int first = group * outs;
      matrices[group] =
          weights.matrix(
              (row, to) -> {
                int from = (first + row) * ins * taps;
                for (int tap = 0; tap < taps; tap++) {
                  for (int in = 0; in < ins; in++) {
                    to[tap * ins + in] = weight[from + in * taps + tap];
                  }
                }
              },
              Arrays.copyOfRange(bias, first, first + outs),
              taps * ins);
    }
    return matrices;
  }

  @Override
  int windowScratch() {
    return depthwise != null ? 0 : space.taps() * channels + outs;
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
    if (depthwise != null) {
      multiplyDepthwise(in, inOffset, state, ring, position, out, outOffset);
    } else if (overTime) {
      multiplyFrames(in, inOffset, state, ring, position, out, outOffset, scratch);
    } else {
      multiplyPositions(in, inOffset, state, ring, position, out, outOffset, scratch);
    }
  }

  private void multiplyDepthwise(
      float[] in, int inOffset, float[] state, int ring, int position, float[] out, int outOffset) {
    int last = time.kernel() - 1;
    System.arraycopy(bias, 0, out, outOffset, filters);
    for (int tap = 0; tap < last; tap++) {
      int at = tapOffset(ring, position, tap);
      kernels.multiplyAdd(depthwise, tap * channels, state, at, out, outOffset, channels);
    }
    kernels.multiplyAdd(depthwise, last * channels, in, inOffset, out, outOffset, channels);
  }

  private void multiplyFrames(
      float[] in,
      int inOffset,
      float[] state,
      int ring,
      int position,
      float[] out,
      int outOffset,
      float[] window) {
    int last = time.kernel() - 1;
    for (int group = 0; group < groups; group++) {
      int windowOffset = group * time.kernel() * ins;
      if (groups == 1 && time.dilation() == 1) { // the ring in two pieces
        int older = (history - position) * ins;
        kernels.copy(state, ring + position * ins, window, 0, older);
        if (position > 0) {
          kernels.copy(state, ring, window, older, position * ins);
        }
      } else {
        for (int tap = 0; tap < last; tap++) {
          int at = tapOffset(ring, position, tap) + group * ins;
          kernels.copy(state, at, window, windowOffset + tap * ins, ins);
        }
      }
      kernels.copy(in, inOffset + group * ins, window, windowOffset + last * ins, ins);
      kernels.affine(
          byGroup[group],
          window,
          windowOffset,
          out,
          outOffset + group * outs,
          Turn.isBackwards(window));
    }
  }

  private void multiplyPositions(
      float[] in,
      int inOffset,
      float[] state,
      int ring,
      int position,
      float[] out,
      int outOffset,
      float[] scratch) {
    int positions = outHeight * outWidth;
    int windowLength = space.taps() * ins;
    int result = space.taps() * channels; // in scratch, behind the window
    int last = time.kernel() - 1;
    for (int row = 0; row < outHeight; row++) {
      int top = row * space.height().stride() - space.height().before();
      for (int column = 0; column < outWidth; column++) {
        int left = column * space.width().stride() - space.width().before();
        for (int group = 0; group < groups; group++) {
          for (int tap = 0; tap <= last; tap++) {
            float[] frame = tap == last ? in : state;
            int at = tap == last ? inOffset : tapOffset(ring, position, tap);
            gather(
                frame,
                at + group * ins * height * width,
                top,
                left,
                scratch,
                tap * (windowLength / time.kernel()));
          }
          kernels.affine(byGroup[group], scratch, 0, scratch, result);
          int to = outOffset + group * outs * positions + row * outWidth + column;
          for (int i = 0; i < outs; i++) {
            out[to + i * positions] = scratch[result + i];
          }
        }
      }
    }
  }

  /** One frame's part of the window, {@code [height][width][channels]}, zeros outside the frame. */
  private void gather(
      float[] frame, int frameOffset, int top, int left, float[] window, int windowOffset) {
    int to = windowOffset;
    for (int i = 0, y = top; i < space.height().kernel(); i++, y += space.height().dilation()) {
      for (int j = 0, x = left; j < space.width().kernel(); j++, x += space.width().dilation()) {
        boolean inside = y >= 0 && y < height && x >= 0 && x < width;
        int at = frameOffset + y * width + x;
        for (int channel = 0; channel < ins; channel++, to++, at += height * width) {
          window[to] = inside ? frame[at] : 0f;
        }
      }
    }
  }
}
