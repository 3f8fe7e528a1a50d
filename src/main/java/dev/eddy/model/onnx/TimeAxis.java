package dev.eddy.model.onnx;

import dev.eddy.layer.First;
import dev.eddy.layer.Last;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Stack;
import dev.eddy.layer.TimePad;
import dev.eddy.layer.TimeSlice;
import dev.eddy.layer.Unstack;
import dev.eddy.model.onnx.Value.Frames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What can be done to the frames of a sequence along their time axis. */
final class TimeAxis {
  private static final long[] NO_TIME = {};
  private static final int MOST_PICKED = 256;

  private TimeAxis() {}

  /** Drops frames at both ends and of the rest keeps every {@code step}-th. */
  static Frames slice(Lowering lowering, Frames from, int start, int end, int step) {
    if (start == 0 && end == 0 && step == 1) {
      return from;
    }
    long[] lengths =
        Arrays.stream(from.lengths())
            .map(length -> Math.max(0, (length - start - end + step - 1) / step))
            .toArray();
    String node = lowering.graph.add(new TimeSlice(start, end, step), from.node());
    return new Frames(
        node, lowering.graph.shape(node), from.type(), from.dimensions(), lengths, from.end());
  }

  /** More frames at both ends. */
  static Frames pad(
      Lowering lowering, Frames from, int before, int after, TimePad.Mode mode, float value) {
    if (before == 0 && after == 0) {
      return from;
    }
    if (after == 0
        && mode == TimePad.Mode.CONSTANT
        && lowering.graph.operation(from.node()) instanceof TimeSlice slice
        && slice.equals(new TimeSlice(0, slice.end(), 1))) { // so that it waits for nothing
      String reads = lowering.graph.reads(from.node());
      long[] lengths = Arrays.stream(from.lengths()).map(length -> length + slice.end()).toArray();
      Frames whole =
          new Frames(
              reads,
              lowering.graph.shape(reads),
              from.type(),
              from.dimensions(),
              lengths,
              from.end());
      Frames padded = pad(lowering, whole, before, 0, mode, value);
      return slice(lowering, padded, 0, slice.end(), 1);
    }
    long[] lengths = Arrays.stream(from.lengths()).map(length -> length + before + after).toArray();
    String node = lowering.graph.add(new TimePad(before, after, mode, value), from.node());
    return new Frames(
        node, lowering.graph.shape(node), from.type(), from.dimensions(), lengths, from.end());
  }

  /** One frame, without a time axis: the one that {@code back} frames follow. */
  static Frames fromTheEnd(Lowering lowering, OnnxNode node, Frames from, int back) {
    Frames cut = slice(lowering, from, 0, back, 1);
    return single(lowering, cut, lowering.graph.add(new Last(), cut.node()), node);
  }

  /** One frame, without a time axis, of a number from 0. */
  static Frames fromTheStart(Lowering lowering, OnnxNode node, Frames from, int index) {
    Frames cut = slice(lowering, from, index, 0, 1);
    String first = lowering.graph.add(new First(), cut.node());
    if (index == 0) {
      lowering.putFirst(first, from);
    }
    return single(lowering, cut, first, node);
  }

  /** Frames of a node that emits once for a sequence. */
  static Frames single(Lowering lowering, Frames from, String node, OnnxNode by) {
    return new Frames(
        node,
        lowering.graph.shape(node),
        from.type(),
        from.frame(),
        NO_TIME,
        by.op() + " \"" + by.name() + "\"");
  }

  /**
   * Several frames of a sequence as one that is known once; time becomes an axis of it.
   *
   * @param places of the frames: from 0, or where negative from the end, -1 the last
   */
  static Frames picked(Lowering lowering, OnnxNode node, Frames from, int[] places) {
    if (places.length < 1 || places.length > MOST_PICKED) {
      throw node.error(
          "takes "
              + places.length
              + " frames along the time axis for one; supported: 1.."
              + MOST_PICKED);
    }
    List<String> frames = new ArrayList<>();
    Frames first = null;
    for (int place : places) {
      Frames one =
          place < 0
              ? fromTheEnd(lowering, node, from, -1 - place)
              : fromTheStart(lowering, node, from, place);
      first = first == null ? one : first;
      frames.add(lowering.flat(one));
    }
    int time = from.time();
    int[] dimensions = from.dimensions().clone();
    dimensions[time] = places.length;
    Frames made;
    if (places.length == 1) {
      made = first.seenAs(dimensions);
    } else {
      String side = lowering.graph.add(new Merge(Merge.How.CONCAT), frames);
      made = inPlace(lowering, first, side, from, places.length, dimensions);
    }
    if (Arrays.equals(places, IntStream.range(-places.length, 0).toArray())) {
      lowering.putTail(made.node(), new Lowering.Tail(from.node(), places.length));
    }
    return made;
  }

  /** Puts frames that stand side by side, oldest first, where the axis of time was. */
  private static Frames inPlace(
      Lowering lowering, Frames like, String side, Frames from, int count, int... dimensions) {
    int[] frame = from.frame();
    int before = Movement.size(Arrays.copyOf(frame, from.time()));
    int after = Movement.size(frame) / before;
    Movement movement = Movement.transpose(new int[] {count, before, after}, new int[] {1, 0, 2});
    Frames stacked =
        new Frames(
            side,
            lowering.graph.shape(side),
            like.type(),
            new int[] {count, before, after},
            like.lengths(),
            like.end());
    return lowering.move(stacked, movement, 0, dimensions);
  }

  /** {@code count} frames become one: an axis of that length right behind the shorter time axis. */
  static Frames stack(Lowering lowering, Frames from, int count, int... dimensions) {
    int[] frame = from.frame();
    int before = Movement.size(Arrays.copyOf(frame, from.time()));
    int after = Movement.size(frame) / before;
    String node = lowering.graph.add(new Stack(count), lowering.flat(from));
    long[] lengths = Arrays.stream(from.lengths()).map(length -> length / count).toArray();
    Movement movement = Movement.transpose(new int[] {count, before, after}, new int[] {1, 0, 2});
    String moved = lowering.graph.move(node, movement, 0);
    return new Frames(
        moved, lowering.graph.shape(moved), from.type(), dimensions, lengths, from.end());
  }

  /** One frame becomes {@code count}: the first part of what stands behind the time axis. */
  static Frames unstack(Lowering lowering, Frames from, int count, int... dimensions) {
    int[] frame = from.frame();
    int before = Movement.size(Arrays.copyOf(frame, from.time()));
    int after = Movement.size(frame) / before / count;
    Movement movement = Movement.transpose(new int[] {before, count, after}, new int[] {1, 0, 2});
    String moved = lowering.graph.move(lowering.flat(from), movement, 0);
    String node = lowering.graph.add(new Unstack(count), moved);
    long[] lengths = Arrays.stream(from.lengths()).map(length -> length * count).toArray();
    return new Frames(
        node, lowering.graph.shape(node), from.type(), dimensions, lengths, from.end());
  }
}
