package dev.eddy.model.onnx;

import dev.eddy.layer.Axis;
import dev.eddy.model.onnx.Value.Frames;
import java.util.Arrays;

/**
 * The attributes of a ConvTranspose, axis by axis.
 *
 * @param axes with what is cropped off the output as their padding
 * @param outputPadding what is added behind the output
 */
record DeconvWindows(Axis[] axes, int[] outputPadding) {

  static DeconvWindows of(OnnxNode node, Lowering lowering, Frames x, int... kernel) {
    int count = x.rank() - 2;
    long[] named = node.integers("kernel_shape", null);
    if (named != null && !Arrays.equals(named, Arrays.stream(kernel).asLongStream().toArray())) {
      throw node.error(
          "kernel_shape is "
              + Arrays.toString(named)
              + ", its weights have "
              + Arrays.toString(kernel));
    }
    int[] strides = Windows.positive(node, "strides", count);
    int[] dilations = Windows.positive(node, "dilations", count);
    int[] pads = Windows.pads(node, count);
    long[] added = node.integers("output_padding", new long[count]);
    long[] shape = node.integers("output_shape", null);
    if (added.length != count || shape != null && shape.length < count) {
      throw node.error("output_padding and output_shape must hold " + count + " numbers");
    }
    String auto = node.string("auto_pad", "NOTSET");
    Axis[] axes = new Axis[count];
    int[] outputPadding = new int[count];
    for (int i = 0; i < count; i++) {
      int before = pads[i];
      int after = pads[i + count];
      int extra = Math.toIntExact(added[i]);
      int extent = (kernel[i] - 1) * dilations[i] + 1;
      boolean lower = auto.equals("SAME_LOWER");
      if (shape != null) {
        long wanted = shape[shape.length - count + i];
        int total = total(node, lowering, x, i + 2, strides[i], extent + extra, wanted);
        extra += Math.max(0, -total);
        before = Math.max(0, total) / 2;
        after = Math.max(0, total) - before;
        if (!auto.equals("SAME_UPPER")) {
          int swapped = before;
          before = after;
          after = swapped;
        }
      } else if (lower || auto.equals("SAME_UPPER")) {
        int total = Math.max(0, extent + extra - strides[i]);
        before = lower ? total - total / 2 : total / 2;
        after = total - before;
      } else if (auto.equals("VALID")) {
        before = 0;
        after = 0;
      } else if (!auto.equals("NOTSET")) {
        throw node.error(
            "auto_pad="
                + auto
                + " is not supported; supported: NOTSET, VALID, SAME_UPPER,"
                + " SAME_LOWER");
      }
      if (extra < 0 || extra >= Math.max(strides[i], dilations[i])) {
        throw node.error(
            "output_padding must be at least 0 and below the stride or the dilation, got " + extra);
      }
      axes[i] = new Axis(kernel[i], strides[i], dilations[i], before, after);
      outputPadding[i] = extra;
    }
    return new DeconvWindows(axes, outputPadding);
  }

  /** What is cropped at both ends together so that the output has the length wanted. */
  private static int total(
      OnnxNode node, Lowering lowering, Frames x, int axis, int stride, int extent, long wanted) {
    if (x.dimensions()[axis] != Frames.TIME) {
      return Math.toIntExact((x.dimensions()[axis] - 1L) * stride + extent - wanted);
    }
    if (lowering.lengths > 1) {
      throw node.error(
          "output_shape names the length of the time axis, which a stream has not; use pads and"
              + " output_padding");
    }
    return Math.toIntExact((x.lengths()[0] - 1) * stride + extent - wanted);
  }

  /** The length of an axis that goes out. */
  long length(int i, long length) {
    Axis axis = axes[i];
    return (length - 1) * axis.stride()
        + axis.extent()
        + outputPadding[i]
        - axis.before()
        - axis.after();
  }
}
