package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A convolution that keeps its last taps.
 *
 * <p>The past {@code (kernel - 1) * dilation} frames live in a ring; the oldest lies at the ring's
 * position and is the first tap, the others follow {@code dilation} frames apart, and the present
 * frame is the last tap. The taps are gathered into one window and the product is one matrix:
 * {@code [filters][kernel * channels]}, taps outermost. Nothing is shifted: a step costs what its
 * taps cost, however long the history. With one channel to a group on either side (depthwise) the
 * product is element-wise instead.
 */
final class ConvStep implements Step {
  private static final int POSITION = 0;
  private static final int WAIT = 1;
  private static final int RING = 2;

  private final Kernels kernels;
  private final Conv conv;
  private final int channels;
  private final int history; // frames
  private final float[] bias; // [filters]
  private final float[][] biases; // [groups][filters / groups]
  private final Matrix[] byGroup; // [groups] of [filters / groups][kernel * channels / groups]
  private final float[] depthwise; // [kernel][channels], or null
  private final List<StatePart> parts;

  ConvStep(Conv conv, int channels, Weights weights, Kernels kernels) {
    this.kernels = kernels;
    this.conv = conv;
    this.channels = channels;
    this.history = conv.historyFrames();
    this.bias = conv.bias() ? weights.tensor("bias").clone() : new float[conv.filters()];
    int outs = conv.filters() / conv.groups();
    this.biases = new float[conv.groups()][];
    for (int group = 0; group < conv.groups(); group++) {
      biases[group] = Arrays.copyOfRange(bias, group * outs, (group + 1) * outs);
    }
    float[] weight = weights.tensor("weight"); // [filters][channels / groups][kernel]
    boolean elementWise = conv.groups() == channels && conv.filters() == channels;
    this.depthwise = elementWise ? byTap(weight, conv.kernel(), channels) : null;
    this.byGroup = elementWise ? null : byGroup(weight, conv, channels);

    List<StatePart> list = new ArrayList<>();
    String window = "k" + conv.kernel() + ".d" + conv.dilation();
    list.add(new StatePart("position." + window, 1));
    list.add(new StatePart("wait.s" + conv.stride() + "." + conv.padding().word(), 1));
    if (history > 0) {
      list.add(new StatePart("history." + window, history * channels));
    }
    this.parts = List.copyOf(list);
  }

  private static float[] byTap(float[] weight, int kernel, int channels) {
    float[] taps = new float[kernel * channels];
    for (int channel = 0; channel < channels; channel++) {
      for (int tap = 0; tap < kernel; tap++) {
        taps[tap * channels + channel] = weight[channel * kernel + tap];
      }
    }
    return taps;
  }

  private static Matrix[] byGroup(float[] weight, Conv conv, int channels) {
    int kernel = conv.kernel();
    int ins = channels / conv.groups();
    int outs = conv.filters() / conv.groups();
    Matrix[] matrices = new Matrix[conv.groups()];
    for (int group = 0; group < conv.groups(); group++) {
      float[] rows = new float[outs * kernel * ins];
      for (int out = 0; out < outs; out++) {
        for (int in = 0; in < ins; in++) {
          for (int tap = 0; tap < kernel; tap++) {
            rows[(out * kernel + tap) * ins + in] =
                weight[((group * outs + out) * ins + in) * kernel + tap];
          }
        }
      }
      matrices[group] = Matrix.ofRows(rows, outs, kernel * ins);
    }
    return matrices;
  }

  @Override
  public List<StatePart> stateParts() {
    return parts;
  }

  @Override
  public void reset(float[] state, int stateOffset) {
    Step.super.reset(state, stateOffset);
    state[stateOffset + WAIT] = conv.padding() == Conv.Padding.VALID ? history : 0;
  }

  @Override
  public int scratchLength() {
    return depthwise != null ? 0 : conv.kernel() * channels;
  }

  @Override
  public int step(
      float[] in,
      int inOffset,
      float[] state,
      int stateOffset,
      float[] out,
      int outOffset,
      float[] scratch) {
    int position = (int) state[stateOffset + POSITION];
    int wait = (int) state[stateOffset + WAIT];
    int written = 0;
    if (wait > 0) {
      state[stateOffset + WAIT] = wait - 1;
    } else {
      if (depthwise != null) {
        multiplyDepthwise(in, inOffset, state, stateOffset + RING, position, out, outOffset);
      } else {
        multiply(in, inOffset, state, stateOffset + RING, position, out, outOffset, scratch);
      }
      state[stateOffset + WAIT] = conv.stride() - 1;
      written = 1;
    }
    if (history > 0) {
      System.arraycopy(in, inOffset, state, stateOffset + RING + position * channels, channels);
      state[stateOffset + POSITION] = position + 1 == history ? 0 : position + 1;
    }
    return written;
  }

  private void multiplyDepthwise(
      float[] in, int inOffset, float[] state, int ring, int position, float[] out, int outOffset) {
    int last = conv.kernel() - 1;
    System.arraycopy(bias, 0, out, outOffset, channels);
    for (int tap = 0; tap < last; tap++) {
      int at = ring + ringFrame(position, tap) * channels;
      kernels.multiplyAdd(depthwise, tap * channels, state, at, out, outOffset, channels);
    }
    kernels.multiplyAdd(depthwise, last * channels, in, inOffset, out, outOffset, channels);
  }

  private void multiply(
      float[] in,
      int inOffset,
      float[] state,
      int ring,
      int position,
      float[] out,
      int outOffset,
      float[] window) {
    int last = conv.kernel() - 1;
    int ins = channels / conv.groups();
    int outs = conv.filters() / conv.groups();
    for (int group = 0; group < conv.groups(); group++) {
      int windowOffset = group * conv.kernel() * ins;
      for (int tap = 0; tap < last; tap++) {
        int at = ring + ringFrame(position, tap) * channels + group * ins;
        System.arraycopy(state, at, window, windowOffset + tap * ins, ins);
      }
      System.arraycopy(in, inOffset + group * ins, window, windowOffset + last * ins, ins);
      kernels.affine(
          byGroup[group], biases[group], window, windowOffset, out, outOffset + group * outs);
    }
  }

  private int ringFrame(int position, int tap) {
    int frame = position + tap * conv.dilation();
    return frame >= history ? frame - history : frame;
  }
}
