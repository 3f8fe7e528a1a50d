package dev.eddy.model.onnx;

import dev.eddy.layer.Axis;
import dev.eddy.model.onnx.Value.Frames;
import java.util.Arrays;

/** The attributes of a convolution or a pool, axis by axis. */
final class Windows {
  final Axis[] axes; // padding below the extent
  final int[] excessBefore; // padding beyond it
  final int[] excessAfter;

  private Windows(Axis[] axes, int[] excessBefore, int[] excessAfter) {
    this.axes = axes;
    this.excessBefore = excessBefore;
    this.excessAfter = excessAfter;
  }

  Windows withoutExcess() {
    return new Windows(axes, new int[axes.length], new int[axes.length]);
  }

  boolean hasExcess() {
    return Arrays.stream(excessBefore).sum() + Arrays.stream(excessAfter).sum() > 0;
  }

  static Windows of(OnnxNode node, Lowering lowering, Frames x, int... kernel) {
    int count = x.rank() - 2;
    long[] named = node.integers("kernel_shape", null);
    if (named != null && !Arrays.equals(named, Arrays.stream(kernel).asLongStream().toArray())) {
      throw node.error(
          "kernel_shape is "
              + Arrays.toString(named)
              + ", its weights have "
              + Arrays.toString(kernel));
    }
    int[] strides = positive(node, "strides", count);
    int[] dilations = positive(node, "dilations", count);
    int[] pads = pads(node, count);
    String auto = node.string("auto_pad", "NOTSET");
    Axis[] axes = new Axis[count];
    int[] excessBefore = new int[count];
    int[] excessAfter = new int[count];
    for (int i = 0; i < count; i++) {
      Axis bare = new Axis(kernel[i], strides[i], dilations[i], 0, 0);
      int before = pads[i];
      int after = pads[i + count];
      switch (auto) {
        case "NOTSET", "" -> {}
        case "VALID" -> {
          before = 0;
          after = 0;
        }
        case "SAME_UPPER", "SAME_LOWER" -> {
          int[] same = same(node, lowering, x, i + 2, bare, auto.equals("SAME_LOWER"));
          before = same[0];
          after = same[1];
        }
        default ->
            throw node.error(
                "auto_pad="
                    + auto
                    + " is not supported; supported: NOTSET, VALID, SAME_UPPER,"
                    + " SAME_LOWER");
      }
      int most = bare.extent() - 1;
      excessBefore[i] = Math.max(0, before - most);
      excessAfter[i] = Math.max(0, after - most);
      axes[i] =
          new Axis(
              kernel[i],
              strides[i],
              dilations[i],
              before - excessBefore[i],
              after - excessAfter[i]);
    }
    return new Windows(axes, excessBefore, excessAfter);
  }

  static int[] positive(OnnxNode node, String attribute, int count) {
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    long[] values = node.integers(attribute, ones);
    if (values.length != count || Arrays.stream(values).anyMatch(v -> v < 1 || v > 1 << 20)) {
      throw node.error(
          attribute
              + " must hold "
              + count
              + " numbers of 1 to 1048576, got "
              + Arrays.toString(values));
    }
    return Arrays.stream(values).mapToInt(v -> (int) v).toArray();
  }

  static int[] pads(OnnxNode node, int count) {
    long[] pads = node.integers("pads", new long[2 * count]);
    if (pads.length != 2 * count || Arrays.stream(pads).anyMatch(v -> v < 0 || v > 1 << 20)) {
      throw node.error(
          "pads must hold " + 2 * count + " numbers of 0 to 1048576, got " + Arrays.toString(pads));
    }
    return Arrays.stream(pads).mapToInt(v -> (int) v).toArray();
  }

  /** Padding that gives {@code ceil(length / stride)} windows. */
  private static int[] same(
      OnnxNode node, Lowering lowering, Frames x, int axis, Axis bare, boolean lower) {
    if (x.dimensions()[axis] != Frames.TIME) {
      return same(x.dimensions()[axis], bare, lower);
    }
    int[] padding = same(x.lengths()[0], bare, lower);
    if (lowering.lengths == 1) {
      return padding;
    }
    int after = 0;
    for (int rest = 0; rest < bare.stride(); rest++) { // whatever the length of the sequence
      int[] other = same(x.lengths()[0] + rest, bare, lower);
      if (other[0] != padding[0]) {
        throw node.error(
            "auto_pad="
                + (lower ? "SAME_LOWER" : "SAME_UPPER")
                + " with stride "
                + bare.stride()
                + " along the time axis pads the beginning by "
                + padding[0]
                + " or "
                + other[0]
                + ", depending on the length of the sequence, which a stream has not; use explicit"
                + " pads");
      }
      after = Math.max(after, other[1]);
    }
    return new int[] {padding[0], after};
  }

  private static int[] same(long length, Axis bare, boolean lower) {
    long windows = (length + bare.stride() - 1) / bare.stride();
    int total = (int) Math.max(0, (windows - 1) * bare.stride() + bare.extent() - length);
    int half = total / 2;
    return lower ? new int[] {total - half, half} : new int[] {half, total - half};
  }

  /** With the padding that is left where that of {@code done} is there already. */
  Windows without(Windows done) {
    Axis[] left = new Axis[axes.length];
    for (int i = 0; i < left.length; i++) {
      int before = axes[i].before() - done.axes[i].before();
      int after = axes[i].after() - done.axes[i].after();
      left[i] = new Axis(axes[i].kernel(), axes[i].stride(), axes[i].dilation(), before, after);
    }
    return new Windows(left, excessBefore, excessAfter);
  }

  /**
   * With a last window that sticks out, if it starts on a value or on the padding before: as much
   * more padding, up to what the window of the last value reaches.
   */
  Windows roundedUp() {
    Axis[] longer =
        Arrays.stream(axes)
            .map(
                axis ->
                    new Axis(
                        axis.kernel(),
                        axis.stride(),
                        axis.dilation(),
                        axis.before(),
                        Math.min(axis.after() + axis.stride() - 1, axis.extent() - 1)))
            .toArray(Axis[]::new);
    return new Windows(longer, excessBefore, excessAfter);
  }

  /** Windows that fit on a length. */
  static int count(OnnxNode node, long length, Axis axis) {
    long room = length + axis.before() + axis.after() - axis.extent();
    if (room < 0) {
      throw node.error(
          "a window of "
              + axis.extent()
              + " does not fit on "
              + length
              + " values with padding "
              + axis.before()
              + " and "
              + axis.after());
    }
    return (int) (room / axis.stride() + 1);
  }

  long[] lengths(OnnxNode node, long[] lengths, Axis axis) {
    long[] made = new long[lengths.length];
    for (int i = 0; i < made.length; i++) {
      if (lengths[i] + axis.before() + axis.after() < axis.extent()) {
        throw new TooShortException(node.error("its window is longer than the sequence"));
      }
      made[i] = count(node, lengths[i], axis);
    }
    return made;
  }
}
