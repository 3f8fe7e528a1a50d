package dev.eddy.model.onnx;

import dev.eddy.model.onnx.Value.Frames;
import java.util.Arrays;

/** Follows the time axis through a change of shape. */
final class Reshaping {
  private Reshaping() {}

  /**
   * Frames seen under another shape.
   *
   * @param targets the shape for each length of the sequence that is tried
   */
  static Frames of(OnnxNode node, Lowering lowering, Frames from, int[][] targets) {
    if (!from.hasTime()) {
      return from.seenAs(targets[0]);
    }
    int rank = targets[0].length;
    int before = Movement.size(Arrays.copyOf(from.frame(), from.time()));
    int after = Movement.size(from.frame()) / before;
    for (int axis = 0; axis < rank; axis++) {
      if (isFixedBut(axis, targets)
          && size(targets[0], 0, axis) == before
          && size(targets[0], axis + 1, rank) == after
          && factor(from, targets, axis) == 1) {
        return from.seenAs(withTime(targets[0], axis));
      }
    }
    for (int axis = 0; axis < rank; axis++) {
      if (!isFixedBut(axis, targets) || size(targets[0], 0, axis) != before) {
        continue;
      }
      double factor = factor(from, targets, axis);
      long behind = size(targets[0], axis + 1, rank);
      if (factor > 1 && factor == Math.rint(factor) && behind * factor == after) {
        return TimeAxis.unstack(lowering, from, (int) factor, withTime(targets[0], axis));
      }
      long count = Math.round(1 / factor);
      boolean windows = targets.length > 1 || targets[0][axis] > 1;
      if (windows && factor > 0 && factor < 1 && behind == count * after) {
        return TimeAxis.stack(lowering, from, (int) count, withTime(targets[0], axis));
      }
    }
    lowering.fillsWindow();
    throw node.error(
        "reshapes "
            + from.text()
            + " to "
            + Arrays.toString(targets[0])
            + (targets.length > 1 ? " (for " + from.lengths()[0] + " frames)" : "")
            + ", which mixes the time axis with others or flattens it away; a stream has one frame"
            + " at a time. Keep time an axis of its own");
  }

  private static int[] withTime(int[] target, int axis) {
    int[] made = target.clone();
    made[axis] = Frames.TIME;
    return made;
  }

  /** Whether all other axes have the same length whatever the length of the sequence. */
  private static boolean isFixedBut(int axis, int[][] targets) {
    for (int[] target : targets) {
      for (int other = 0; other < target.length; other++) {
        if (other != axis && target[other] != targets[0][other]) {
          return false;
        }
      }
    }
    return true;
  }

  private static long size(int[] dimensions, int start, int end) {
    return Movement.size(Arrays.copyOfRange(dimensions, start, end));
  }

  /** How many times as long an axis is as the sequence; 0 where that differs. */
  private static double factor(Frames from, int[][] targets, int axis) {
    double factor = (double) targets[0][axis] / from.lengths()[0];
    for (int i = 1; i < targets.length; i++) {
      if ((double) targets[i][axis] / from.lengths()[i] != factor) {
        return 0;
      }
    }
    return factor;
  }
}
