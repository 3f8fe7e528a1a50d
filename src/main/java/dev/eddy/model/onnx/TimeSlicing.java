package dev.eddy.model.onnx;

import dev.eddy.layer.Merge;
import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.network.Graph;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a slice along the time axis means for a stream: an end is known by its distance from the end
 * of the sequence or from its beginning, whichever is the same for all lengths.
 */
final class TimeSlicing {
  private TimeSlicing() {}

  /**
   * Slices the time axis.
   *
   * @param tries what is taken, for each length of the sequence that is tried
   */
  static Frames slice(OnnxNode node, Lowering lowering, Frames from, Parameters.Stretch[] tries) {
    int step = tries[0].step();
    if (step < 1) {
      throw node.error(
          "goes backwards along the time axis (step "
              + step
              + "); reversing needs the end of the"
              + " sequence first");
    }
    if (isWhole(lowering, from, tries, step)) {
      return asManyAsRecords(lowering, from);
    }
    boolean startFixed = true;
    boolean startFromEnd = true;
    boolean countFixed = true;
    boolean endFromEnd = true;
    long[] lengths = from.lengths();
    for (int i = 0; i < tries.length; i++) {
      startFixed &= tries[i].start() == tries[0].start();
      startFromEnd &= back(tries[i], lengths[i]) == back(tries[0], lengths[0]);
      countFixed &= tries[i].count() == tries[0].count();
      endFromEnd &= left(tries[i], lengths[i]) == left(tries[0], lengths[0]) || step > 1;
    }
    Parameters.Stretch first = tries[0];
    if (tries.length == 1) { // of one length only: nearer to the end than to the start?
      boolean near = back(first, lengths[0]) < first.start();
      startFixed = !near;
      startFromEnd = near;
      countFixed = near || first.count() < left(first, lengths[0]);
    }
    if (startFixed && endFromEnd && !countFixed) {
      return TimeAxis.slice(
          lowering,
          from,
          first.start(),
          step > 1 ? cut(node, tries, lengths) : left(first, lengths[0]),
          step);
    }
    if (countFixed && first.count() > 0 && (startFixed || startFromEnd)) {
      int start = startFixed ? first.start() : -back(first, lengths[0]);
      int[] places = IntStream.range(0, first.count()).map(i -> start + i * step).toArray();
      return TimeAxis.picked(lowering, node, from, places);
    }
    throw node.error(
        "where it starts and ends along the time axis is neither fixed nor at a fixed distance from"
            + " the end: "
            + Arrays.toString(tries)
            + " of "
            + Arrays.toString(lengths)
            + " frames");
  }

  /** Whether it leaves as many frames as there are records, of frames that another rate made. */
  private static boolean isWhole(
      Lowering lowering, Frames from, Parameters.Stretch[] tries, int step) {
    boolean whole = step == 1 && tries.length > 1 && from.end() == null;
    for (int i = 0; i < tries.length && whole; i++) {
      long most = Math.min(lowering.tried[i], from.lengths()[i]);
      whole = tries[i].start() == 0 && tries[i].count() == most;
    }
    return whole && lowering.graph.changesRate(from.node());
  }

  /**
   * The frames that have a record of their number: how many are too many at the end may depend on
   * the length, but they meet none. Those that always are too many are cut off.
   */
  private static Frames asManyAsRecords(Lowering lowering, Frames all) {
    long excess = Long.MAX_VALUE;
    for (int i = 0; i < lowering.tried.length; i++) {
      excess = Math.min(excess, Math.max(0, all.lengths()[i] - lowering.tried[i]));
    }
    Frames from = TimeAxis.slice(lowering, all, 0, (int) excess, 1);
    long[] lengths = from.lengths().clone();
    Arrays.setAll(lengths, i -> Math.min(lengths[i], lowering.tried[i]));
    String zeros = lowering.constantFrames(Graph.INPUT, 0f, from.shape().size());
    String node =
        lowering.graph.add(
            new Merge(Merge.How.ADD),
            List.of(from.node(), lowering.graph.reshape(zeros, from.shape())));
    return new Frames(node, from.shape(), from.type(), from.dimensions(), lengths, null);
  }

  /** Frames from the start to the end of the sequence. */
  private static int back(Parameters.Stretch stretch, long length) {
    return (int) (length - stretch.start());
  }

  /** Frames behind the last one taken. */
  private static int left(Parameters.Stretch stretch, long length) {
    return (int) (length - stretch.start() - stretch.count());
  }

  /** With a step, the end is open: no frame could have followed. */
  private static int cut(OnnxNode node, Parameters.Stretch[] tries, long[] lengths) {
    for (int i = 0; i < tries.length; i++) {
      long most = (lengths[i] - tries[i].start() + tries[i].step() - 1) / tries[i].step();
      if (tries[i].count() != most) {
        throw node.error("a step along the time axis is supported up to its end only");
      }
    }
    return 0;
  }
}
