package dev.eddy.model.onnx;

import dev.eddy.layer.TimePad;
import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.model.onnx.Value.Known;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Concat: side by side within a frame; along time only what a padding is. */
final class ConcatOperator {
  private ConcatOperator() {}

  static void concat(OnnxNode node, Lowering lowering) {
    List<Frames> streams = new ArrayList<>();
    for (int input = 0; input < node.inputs().size(); input++) {
      Value value = lowering.value(node, input);
      if (value instanceof Frames frames) {
        streams.add(frames);
      }
    }
    Frames first = streams.get(0);
    if (!node.has("axis")) {
      throw node.error("the attribute axis is missing");
    }
    int axis = Parameters.axis(node, node.integer("axis", 1), first.rank());
    if (first.dimensions()[axis] == Frames.TIME) {
      lowering.put(node, alongTime(node, lowering));
      return;
    }
    List<Frames> meeting = FirstFrame.meeting(lowering, streams);
    lowering.checkMeet(node, meeting);
    for (int input = 0; input < node.inputs().size(); input++) {
      if (lowering.value(node, input) instanceof Value.Start
          || lowering.value(node, input) instanceof Value.Rest) {
        throw Lowering.startUsed(node, node.inputs().get(input));
      }
    }
    List<Frames> all = new ArrayList<>();
    Frames like = meeting.stream().filter(Frames::hasTime).findFirst().orElse(meeting.get(0));
    int stream = 0;
    for (int input = 0; input < node.inputs().size(); input++) {
      all.add(
          lowering.value(node, input) instanceof Frames
              ? meeting.get(stream++)
              : constant(node, lowering, input, like, axis));
    }
    lowering.put(node, within(node, lowering, all, axis));
  }

  private static Frames constant(
      OnnxNode node, Lowering lowering, int input, Frames like, int axis) {
    Known known = lowering.known(node, input);
    if (known.rank() != like.rank()) {
      throw node.error("concatenates tensors of rank " + like.rank() + " and " + known.rank());
    }
    Frames positions = PlaceFunctions.of(node, lowering, known, like);
    if (positions != null) {
      return positions;
    }
    OnnxTensor tensor = Broadcasting.withoutTime(node, lowering, known, like);
    int[] dimensions = tensor.dimensions().clone();
    if (like.hasTime()) {
      dimensions[like.time()] = Frames.TIME;
    }
    return lowering.constant(like, Broadcasting.floats(tensor), dimensions);
  }

  static Frames within(OnnxNode node, Lowering lowering, List<Frames> all, int axis) {
    Frames first = all.get(0);
    int[] dimensions = first.dimensions().clone();
    dimensions[axis] = 0;
    for (Frames frames : all) {
      for (int i = 0; i < dimensions.length; i++) {
        if (frames.rank() != dimensions.length
            || i != axis && frames.dimensions()[i] != dimensions[i]) {
          throw node.error(
              first.text() + " and " + frames.text() + " can't be concatenated along axis " + axis);
        }
      }
      dimensions[axis] += frames.dimensions()[axis];
    }
    if (all.size() == 1) {
      return first;
    }
    String side = ShapeOperators.sideBySide(lowering, all);
    Frames joined =
        new Frames(
            side,
            lowering.graph.shape(side),
            first.type(),
            new int[] {lowering.graph.shape(side).size()},
            first.lengths(),
            first.end());
    int frameAxis = first.frameAxis(axis);
    int[] frame = first.frame();
    int outer = Movement.size(Arrays.copyOf(frame, frameAxis));
    if (outer == 1) {
      return new Frames(
          side, joined.shape(), first.type(), dimensions, first.lengths(), first.end());
    }
    int[] from = new int[joined.shape().size()];
    int at = 0;
    for (int row = 0; row < outer; row++) {
      int start = 0;
      for (Frames frames : all) {
        int stretch = frames.shape().size() / outer;
        for (int i = 0; i < stretch; i++) {
          from[at++] = start + row * stretch + i;
        }
        start += frames.shape().size();
      }
    }
    return lowering.move(joined, new Movement(new int[] {from.length}, from), 0, dimensions);
  }

  /** Constants before and behind one sequence: padding. */
  private static Frames alongTime(OnnxNode node, Lowering lowering) {
    int at = -1;
    for (int input = 0; input < node.inputs().size(); input++) {
      if (lowering.value(node, input) instanceof Frames) {
        if (at >= 0) {
          throw node.error(
              "puts one sequence behind another along the time axis; a stream can't wait for the end"
                  + " of the first");
        }
        at = input;
      }
    }
    Frames made = lowering.frames(node, at);
    for (int input = at - 1; input >= 0; input--) {
      made = padded(node, lowering, input, made, true);
    }
    for (int input = at + 1; input < node.inputs().size(); input++) {
      made = padded(node, lowering, input, made, false);
    }
    return made;
  }

  private static Frames padded(
      OnnxNode node, Lowering lowering, int input, Frames from, boolean before) {
    if (before && lowering.value(node, input) instanceof Value.Start start) {
      int frames = start.dimensions()[from.time()];
      Frames made = TimeAxis.pad(lowering, from, frames, 0, TimePad.Mode.CONSTANT, 0);
      lowering.putCache(start.name(), new Lowering.Tail(made.node(), frames));
      return made;
    }
    OnnxTensor tensor = lowering.neededConstant(node, input);
    if (tensor.rank() != from.rank()) {
      throw node.error("concatenates tensors of rank " + from.rank() + " and " + tensor.rank());
    }
    int count = tensor.dimensions()[from.time()];
    float[] values = Broadcasting.floats(tensor);
    for (float value : values) {
      if (value != values[0]) {
        throw node.error(
            "input \""
                + node.inputs().get(input)
                + "\" stands before or behind the sequence and holds different values; only padding"
                + " with one value is supported");
      }
    }
    return values.length == 0
        ? from
        : TimeAxis.pad(
            lowering,
            from,
            before ? count : 0,
            before ? 0 : count,
            TimePad.Mode.CONSTANT,
            values[0]);
  }
}
