package dev.eddy.model.onnx;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.Activation.Function;
import dev.eddy.layer.Merge;
import dev.eddy.layer.RunningSum;
import dev.eddy.layer.TimePad;
import dev.eddy.model.onnx.GraphBuilder.Weights;
import dev.eddy.model.onnx.Operators.Operator;
import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.model.onnx.Value.Known;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Operators that put values elsewhere: within a frame, or along time. */
final class ShapeOperators {
  private ShapeOperators() {}

  static Map<String, Operator> all() {
    Map<String, Operator> all = new LinkedHashMap<>();
    all.put("Identity", ShapeOperators::same);
    all.put("Dropout", ShapeOperators::dropout);
    all.put("Cast", (n, l) -> cast(n, l, ConstantArithmetic.target(n)));
    all.put("CastLike", (n, l) -> cast(n, l, l.value(n, 1).type()));
    all.put("Reshape", ShapeOperators::reshape);
    all.put("Flatten", ShapeOperators::flatten);
    all.put("Squeeze", ShapeOperators::squeeze);
    all.put("Unsqueeze", ShapeOperators::unsqueeze);
    all.put("Transpose", ShapeOperators::transpose);
    all.put("Slice", ShapeOperators::slice);
    all.put("Split", ShapeOperators::split);
    all.put("Concat", ConcatOperator::concat);
    all.put("Gather", GatherOperator::gather);
    all.put("OneHot", GatherOperator::oneHot);
    all.put("Expand", ShapeOperators::expand);
    all.put("Tile", ShapeOperators::tile);
    all.put("Pad", ShapeOperators::pad);
    all.put("DepthToSpace", BlockOperators::depthToSpace);
    all.put("SpaceToDepth", BlockOperators::spaceToDepth);
    all.put("CumSum", ShapeOperators::cumSum);
    return all;
  }

  private static void dropout(OnnxNode node, Lowering lowering) {
    OnnxTensor training = lowering.constant(node, 2);
    if (Parameters.number(training, 0) != 0) {
      throw node.error(
          "training_mode is on, which drops values at random; export the model in evaluation mode");
    }
    same(node, lowering);
  }

  private static void same(OnnxNode node, Lowering lowering) {
    lowering.put(node, lowering.value(node, 0));
  }

  private static void cast(OnnxNode node, Lowering lowering, ElementType type) {
    Frames from = lowering.frames(node, 0);
    Frames made = from;
    if (type == ElementType.BOOL && from.type() != ElementType.BOOL) {
      made =
          lowering.map(
              lowering.map(from, Activation.of(Function.NOT)), Activation.of(Function.NOT));
    } else if (!type.isFloat() && from.type().isFloat()) {
      made = lowering.map(from, Activation.of(Function.TRUNCATE));
    }
    lowering.put(node, made.ofType(type));
  }

  /** The samples of a node's inputs for one length; null for what isn't known. */
  static OnnxTensor[] samples(OnnxNode node, Lowering lowering, int length) {
    OnnxTensor[] samples = new OnnxTensor[node.inputs().size()];
    for (int input = 0; input < samples.length; input++) {
      samples[input] =
          lowering.find(node, input) instanceof Known known ? known.sample(length) : null;
      if (input > 0 && lowering.find(node, input) instanceof Frames) {
        throw node.error(
            "input \""
                + node.inputs().get(input)
                + "\" depends on the records, so the shape of the output would too; only a constant"
                + " is supported there");
      }
    }
    return samples;
  }

  /** How often something about lengths has to be tried. */
  static int tries(Frames frames, Lowering lowering) {
    return frames.hasTime() ? lowering.lengths : 1;
  }

  private static void reshape(OnnxNode node, Lowering lowering) {
    Frames from = lowering.frames(node, 0);
    int[][] targets = new int[tries(from, lowering)][];
    for (int i = 0; i < targets.length; i++) {
      long[] shape = Parameters.integers(node, samples(node, lowering, i), 1, "shape");
      if (shape == null) {
        throw node.error("has no shape");
      }
      targets[i] = Parameters.reshaped(node, lowering.dimensions(from, i), shape);
    }
    lowering.put(node, Reshaping.of(node, lowering, from, targets));
  }

  private static void flatten(OnnxNode node, Lowering lowering) {
    Frames from = lowering.frames(node, 0);
    int[][] targets = new int[tries(from, lowering)][];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = ConstantShapes.flattened(node, lowering.dimensions(from, i));
    }
    lowering.put(node, Reshaping.of(node, lowering, from, targets));
  }

  private static void squeeze(OnnxNode node, Lowering lowering) {
    Frames from = lowering.frames(node, 0);
    long[] axes = Parameters.integers(node, samples(node, lowering, 0), 1, "axes");
    lowering.put(node, from.seenAs(Parameters.squeezed(node, from.dimensions(), axes)));
  }

  private static void unsqueeze(OnnxNode node, Lowering lowering) {
    Frames from = lowering.frames(node, 0);
    long[] axes = Parameters.integers(node, samples(node, lowering, 0), 1, "axes");
    lowering.put(node, from.seenAs(Parameters.unsqueezed(node, from.dimensions(), axes)));
  }

  private static void transpose(OnnxNode node, Lowering lowering) {
    Frames from = lowering.frames(node, 0);
    lowering.put(node, transposed(lowering, from, ConstantShapes.order(node, from.rank())));
  }

  /** The axes in another order; within a frame only what is longer than 1 has to move. */
  static Frames transposed(Lowering lowering, Frames from, int... order) {
    int[] dimensions = Arrays.stream(order).map(axis -> from.dimensions()[axis]).toArray();
    int[] inFrame =
        Arrays.stream(order).filter(axis -> axis != from.time()).map(from::frameAxis).toArray();
    Movement movement = Movement.transpose(from.frame(), inFrame);
    return lowering.move(from, movement, 0, dimensions);
  }

  private static void slice(OnnxNode node, Lowering lowering) {
    Frames made = lowering.frames(node, 0);
    Parameters.Stretch[][] tries = new Parameters.Stretch[tries(made, lowering)][];
    for (int i = 0; i < tries.length; i++) {
      tries[i] = Parameters.slices(node, samples(node, lowering, i), lowering.dimensions(made, i));
    }
    for (int s = 0; s < tries[0].length; s++) {
      int place = s;
      Parameters.Stretch[] same =
          Arrays.stream(tries).map(list -> list[place]).toArray(Parameters.Stretch[]::new);
      int axis = same[0].axis();
      made =
          made.dimensions()[axis] == Frames.TIME
              ? TimeSlicing.slice(node, lowering, made, same)
              : within(node, lowering, made, same);
    }
    lowering.put(node, made);
  }

  private static Frames within(
      OnnxNode node, Lowering lowering, Frames from, Parameters.Stretch[] tries) {
    Parameters.Stretch s = tries[0];
    if (!Arrays.stream(tries).allMatch(s::equals)) {
      throw node.error(
          "what it takes of axis " + s.axis() + " depends on the length of the sequence");
    }
    if (s.count() < 1) {
      throw node.error("takes nothing of axis " + s.axis() + " of a tensor " + from.text());
    }
    int[] dimensions = from.dimensions().clone();
    dimensions[s.axis()] = s.count();
    Movement movement =
        Movement.slice(from.frame(), from.frameAxis(s.axis()), s.start(), s.step(), s.count());
    return lowering.move(from, movement, 0, dimensions);
  }

  private static void split(OnnxNode node, Lowering lowering) {
    Frames from = lowering.frames(node, 0);
    int axis = Parameters.axis(node, node.integer("axis", 0), from.rank());
    if (from.dimensions()[axis] == Frames.TIME) {
      throw node.error("splits the time axis; a stream has no end to split at");
    }
    int[] parts = ConstantShapes.parts(node, samples(node, lowering, 0), from.dimensions()[axis]);
    if (parts.length < node.outputs().size()) {
      throw node.error(parts.length + " parts for " + node.outputs().size() + " outputs");
    }
    int start = 0;
    for (int i = 0; i < node.outputs().size(); i++) {
      Parameters.Stretch part = new Parameters.Stretch(axis, start, 1, parts[i]);
      lowering.put(node, i, within(node, lowering, from, new Parameters.Stretch[] {part}));
      start += parts[i];
    }
  }

  private static void expand(OnnxNode node, Lowering lowering) {
    Frames from = lowering.frames(node, 0);
    int[] made = null;
    for (int i = 0; i < lowering.lengths; i++) {
      int[] shape = Folding.dimensions(node, samples(node, lowering, i)[1].integers());
      int[] dimensions = lowering.dimensions(from, i);
      int[] target = ConstantShapes.broadcast(node, dimensions, shape);
      if (from.hasTime()) {
        int time = from.time() + target.length - from.rank();
        if (target[time] != dimensions[from.time()]) {
          throw node.error("repeats the time axis");
        }
        target[time] = Frames.TIME;
      }
      if (made != null && !Arrays.equals(made, target)) {
        throw overTime(node, from);
      }
      made = target;
    }
    lowering.put(node, broadcast(lowering, from, made));
  }

  private static RuntimeException overTime(OnnxNode node, Frames from) {
    return node.error(
        "repeats "
            + (from.end() == null ? "a frame" : "what " + from.end() + " knows at the end")
            + " along the time axis, as often as the sequence is long; a stream can't wait for that");
  }

  /** Frames repeated along axes of length 1, aligned at the right; time stays. */
  static Frames broadcast(Lowering lowering, Frames from, int... target) {
    if (Arrays.equals(from.dimensions(), target)) {
      return from;
    }
    int[] padded = new int[target.length];
    Arrays.fill(padded, 1);
    System.arraycopy(from.dimensions(), 0, padded, target.length - from.rank(), from.rank());
    int time = Arrays.stream(target).boxed().toList().indexOf(Frames.TIME);
    if (time >= 0) {
      padded[time] = Frames.TIME; // of a constant, the same at all times
    }
    Frames same = from.seenAs(padded);
    int[] frame = Arrays.stream(target).filter(dimension -> dimension != Frames.TIME).toArray();
    return lowering.move(same, Movement.broadcast(same.frame(), frame), 0, target);
  }

  private static void tile(OnnxNode node, Lowering lowering) {
    Frames made = lowering.frames(node, 0);
    OnnxTensor repeats = lowering.neededConstant(node, 1);
    if (repeats.size() != made.rank()) {
      throw node.error(
          "needs one repeat for each of " + made.rank() + " axes, got " + repeats.size());
    }
    for (int axis = 0; axis < made.rank(); axis++) {
      int times = Math.toIntExact(repeats.integers()[axis]);
      if (times == 1) {
        continue;
      }
      if (made.dimensions()[axis] == Frames.TIME || times < 1) {
        throw node.error(
            "can't repeat axis " + axis + " of " + made.text() + " " + times + " times");
      }
      int[] dimensions = made.dimensions().clone();
      dimensions[axis] *= times;
      Movement movement = Movement.tile(made.frame(), made.frameAxis(axis), times);
      made = lowering.move(made, movement, 0, dimensions);
    }
    lowering.put(node, made);
  }

  private static void pad(OnnxNode node, Lowering lowering) {
    Frames made = lowering.frames(node, 0);
    int rank = made.rank();
    int[][] pads = null;
    float value = 0;
    for (int i = 0; i < tries(made, lowering); i++) {
      OnnxTensor[] in = samples(node, lowering, i);
      int[][] now = ConstantShapes.pads(node, in, rank);
      if (pads != null && !Arrays.deepEquals(pads, now)) {
        throw node.error(
            "pads by what depends on the length of the sequence, such as up to a multiple of it; a"
                + " stream does not know its length before the end. Pad by a fixed number of frames,"
                + " and feed sequences of fitting lengths");
      }
      pads = now;
      value = (float) ConstantShapes.padding(node, in);
    }
    Movement.Fill fill = ConstantShapes.fill(node);
    for (int axis = 0; axis < rank; axis++) {
      int before = pads[axis][0];
      int after = pads[axis][1];
      if (before == 0 && after == 0) {
        continue;
      }
      if (made.dimensions()[axis] == Frames.TIME) {
        made = padTime(node, lowering, made, before, after, fill, value);
        continue;
      }
      int[] dimensions = made.dimensions().clone();
      dimensions[axis] += before + after;
      if (dimensions[axis] < 1) {
        throw node.error("leaves nothing of axis " + axis + " of " + made.text());
      }
      Movement movement = Movement.pad(made.frame(), made.frameAxis(axis), before, after, fill);
      made = lowering.move(made, movement, value, dimensions);
    }
    lowering.put(node, made);
  }

  private static Frames padTime(
      OnnxNode node,
      Lowering lowering,
      Frames from,
      int before,
      int after,
      Movement.Fill fill,
      float value) {
    TimePad.Mode mode =
        switch (fill) {
          case CONSTANT -> TimePad.Mode.CONSTANT;
          case EDGE -> TimePad.Mode.EDGE;
          case REFLECT -> TimePad.Mode.REFLECT;
          case WRAP ->
              throw node.error(
                  "mode=wrap along the time axis begins with the end of the sequence; supported:"
                      + " constant, edge, reflect");
        };
    Frames padded =
        TimeAxis.pad(lowering, from, Math.max(0, before), Math.max(0, after), mode, value);
    return TimeAxis.slice(lowering, padded, Math.max(0, -before), Math.max(0, -after), 1);
  }

  private static void cumSum(OnnxNode node, Lowering lowering) {
    Frames from = lowering.frames(node, 0);
    long named = (long) Parameters.number(lowering.neededConstant(node, 1), 0);
    int axis = Parameters.axis(node, named, from.rank());
    boolean exclusive = node.integer("exclusive", 0) != 0;
    boolean reverse = node.integer("reverse", 0) != 0;
    if (axis == from.time()) {
      if (reverse) {
        throw node.error("reverse=1 along the time axis begins with the end of the sequence");
      }
      RunningSum sum = new RunningSum(exclusive);
      lowering.put(node, lowering.layer(from, from.node(), sum, Weights.NONE, from.dimensions()));
      return;
    }
    int length = from.dimensions()[axis];
    float[] triangle = new float[length * length]; // [out][in]
    for (int out = 0; out < length; out++) {
      for (int in = 0; in < length; in++) {
        boolean counts = reverse ? in >= out : in <= out;
        triangle[out * length + in] = counts && !(exclusive && in == out) ? 1 : 0;
      }
    }
    lowering.put(node, MatrixOperators.along(lowering, from, axis, length, () -> triangle));
  }

  static int[] upTo(int count) {
    return IntStream.range(0, count).toArray();
  }

  /** Frames of a merge that puts others side by side, flat. */
  static String sideBySide(Lowering lowering, List<Frames> all) {
    List<String> nodes = new ArrayList<>();
    all.forEach(frames -> nodes.add(lowering.flat(frames)));
    return nodes.size() == 1
        ? nodes.get(0)
        : lowering.graph.add(new Merge(Merge.How.CONCAT), nodes);
  }
}
