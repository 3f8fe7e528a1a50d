package dev.eddy.model.onnx;

import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.model.onnx.Value.Known;
import java.util.Arrays;
import java.util.List;

/** The dimensions of frames and constants that meet element by element, aligned at the right. */
final class Broadcasting {
  private Broadcasting() {}

  /**
   * The dimensions that several have together.
   *
   * @param all of frames, {@link Frames#TIME} in the place of time, and of constants
   */
  static int[] together(OnnxNode node, List<int[]> all) {
    int rank = all.stream().mapToInt(dimensions -> dimensions.length).max().orElse(0);
    int[] made = new int[rank];
    Arrays.fill(made, 1);
    for (int[] dimensions : all) {
      for (int axis = 0; axis < dimensions.length; axis++) {
        int at = rank - dimensions.length + axis;
        int length = dimensions[axis];
        if (length == 1 || length == made[at]) {
          continue;
        }
        if (made[at] != 1) {
          throw node.error(
              made[at] == Frames.TIME || length == Frames.TIME
                  ? "the time axis of one input meets an axis of length "
                      + Math.max(made[at], length)
                      + " of another; frame by frame only what has time on the same axis, or 1 there,"
                      + " can meet"
                  : "axes of length " + made[at] + " and " + length + " don't fit each other");
        }
        made[at] = length;
      }
    }
    long times = Arrays.stream(made).filter(length -> length == Frames.TIME).count();
    if (times > 1) {
      throw node.error(
          "time is on different axes of its inputs, so every time step would meet every other; that"
              + " needs the whole sequence and can't stream");
    }
    return made;
  }

  /**
   * A constant as each frame meets it: with length 1 on the time axis.
   *
   * @param known of the rank of {@code like} at least where time is
   */
  static OnnxTensor withoutTime(OnnxNode node, Lowering lowering, Known known, Frames like) {
    int fromRight = like.hasTime() ? like.rank() - like.time() : 0;
    if (!like.hasTime() || known.rank() < fromRight) {
      return fixed(node, known);
    }
    OnnxTensor[] samples = new OnnxTensor[lowering.lengths];
    for (int i = 0; i < samples.length; i++) {
      OnnxTensor sample = known.sample(i);
      int axis = sample.rank() - fromRight;
      if (sample.dimensions()[axis] == 1) {
        samples[i] = sample;
        continue;
      }
      if (sample.dimensions()[axis] != like.lengths()[i]) {
        throw node.error(
            "a constant of shape "
                + Arrays.toString(sample.dimensions())
                + " does not fit a sequence of "
                + like.lengths()[i]
                + " frames, "
                + like.text());
      }
      samples[i] = Movement.slice(sample.dimensions(), axis, 0, 1, 1).apply(sample, 0);
      OnnxTensor all =
          Movement.broadcast(samples[i].dimensions(), sample.dimensions()).apply(samples[i], 0);
      if (!Arrays.equals(floats(all), floats(sample))) {
        throw node.error(
            "a constant of shape "
                + Arrays.toString(sample.dimensions())
                + " has other values at each place of the time axis (a positional encoding?); a stream"
                + " has no last place, so only what is the same for all frames is supported");
      }
    }
    return fixed(node, Known.of(samples));
  }

  private static OnnxTensor fixed(OnnxNode node, Known known) {
    if (!known.isFixed()) {
      throw node.error(
          "meets a number that depends on the length of the sequence along the time axis, which is"
              + " known at its end only");
    }
    return known.sample(0);
  }

  /** Values as float32, of whatever type. */
  static float[] floats(OnnxTensor tensor) {
    return ConstantArithmetic.cast(tensor, ElementType.FLOAT).floats();
  }
}
