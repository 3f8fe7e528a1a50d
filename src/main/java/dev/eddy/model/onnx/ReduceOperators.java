package dev.eddy.model.onnx;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.Activation.Function;
import dev.eddy.layer.GlobalPool;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Reduce;
import dev.eddy.model.onnx.GraphBuilder.Weights;
import dev.eddy.model.onnx.Operators.Operator;
import dev.eddy.model.onnx.Value.Frames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One value out of several: within each frame, or of the whole sequence at its end. */
final class ReduceOperators {
  private static final int MOST_ORDERED = 64;

  private ReduceOperators() {}

  static Map<String, Operator> all() {
    Map<String, Operator> all = new LinkedHashMap<>();
    all.put("ReduceMean", (n, l) -> reduce(n, l, Reduce.How.MEAN, GlobalPool.How.AVERAGE));
    all.put("ReduceSum", (n, l) -> reduce(n, l, Reduce.How.SUM, GlobalPool.How.SUM));
    all.put("ReduceMax", (n, l) -> reduce(n, l, Reduce.How.MAX, GlobalPool.How.MAX));
    all.put("ReduceMin", ReduceOperators::min);
    all.put("ReduceProd", (n, l) -> reduce(n, l, Reduce.How.PRODUCT, null));
    all.put("ReduceSumSquare", ReduceOperators::sumOfSquares);
    all.put("ReduceL1", ReduceOperators::l1);
    all.put("ReduceL2", ReduceOperators::l2);
    all.put("ReduceLogSum", ReduceOperators::logSum);
    all.put("ReduceLogSumExp", ReduceOperators::logSumExp);
    all.put("ArgMax", (n, l) -> argument(n, l, Reduce.How.ARG_MAX, Reduce.How.ARG_MAX_LAST));
    all.put("ArgMin", (n, l) -> argument(n, l, Reduce.How.ARG_MIN, Reduce.How.ARG_MIN_LAST));
    all.put("TopK", ReduceOperators::topK);
    return all;
  }

  private static void reduce(
      OnnxNode node, Lowering lowering, Reduce.How within, GlobalPool.How overTime) {
    lowering.put(node, reduced(node, lowering, lowering.frames(node, 0), within, overTime));
  }

  private static Frames reduced(
      OnnxNode node, Lowering lowering, Frames x, Reduce.How within, GlobalPool.How overTime) {
    int[] axes = ConstantReductions.axes(node, ShapeOperators.samples(node, lowering, 0), x.rank());
    boolean keep = node.integer("keepdims", 1) != 0;
    return reduced(node, lowering, x, axes, keep, within, overTime);
  }

  /**
   * Frames without some axes, or with 1 there.
   *
   * @param overTime how the time axis is taken where it is one of them; null if it can't be
   */
  static Frames reduced(
      OnnxNode node,
      Lowering lowering,
      Frames x,
      int[] axes,
      boolean keep,
      Reduce.How within,
      GlobalPool.How overTime) {
    Frames made = x;
    for (int axis : axes) {
      if (axis != x.time()) {
        made = along(lowering, made, axis, within);
      }
    }
    if (x.hasTime() && Parameters.contains(axes, x.time())) {
      if (overTime == null) {
        throw node.error(
            "is taken over the time axis, the whole sequence for each value; a stream can't wait for"
                + " the end. Supported over time: mean, sum, maximum, minimum");
      }
      int[] dimensions = made.dimensions().clone();
      dimensions[x.time()] = 1;
      String pooled =
          lowering.graph.add(new GlobalPool(overTime, GlobalPool.Over.TIME), made.node());
      made = TimeAxis.single(lowering, made, pooled, node).seenAs(dimensions);
    }
    return keep ? made : made.seenAs(ConstantReductions.without(made.dimensions(), axes));
  }

  /** One value out of those along an axis that is not time. */
  private static Frames along(Lowering lowering, Frames x, int axis, Reduce.How how) {
    int length = x.dimensions()[axis];
    int frameAxis = x.frameAxis(axis);
    int outer = Movement.size(Arrays.copyOf(x.frame(), frameAxis));
    int inner = x.shape().size() / outer / length;
    int[] dimensions = x.dimensions().clone();
    dimensions[axis] = 1;
    return lowering.layer(
        x, lowering.as(x, outer, length, inner), new Reduce(how, 1), Weights.NONE, dimensions);
  }

  private static void min(OnnxNode node, Lowering lowering) {
    Frames x = lowering.frames(node, 0);
    int[] axes = ConstantReductions.axes(node, ShapeOperators.samples(node, lowering, 0), x.rank());
    if (!x.hasTime() || !Parameters.contains(axes, x.time())) {
      reduce(node, lowering, Reduce.How.MIN, null);
      return;
    }
    Activation negate = Activation.of(Function.NEGATE);
    Frames largest =
        reduced(node, lowering, lowering.map(x, negate), Reduce.How.MAX, GlobalPool.How.MAX);
    lowering.put(node, lowering.map(largest, negate));
  }

  private static Frames squares(OnnxNode node, Lowering lowering) {
    Frames x = lowering.frames(node, 0);
    Frames squares = ElementwiseOperators.combine(node, lowering, Merge.How.MULTIPLY, x, x);
    return reduced(node, lowering, squares, Reduce.How.SUM, GlobalPool.How.SUM);
  }

  private static void sumOfSquares(OnnxNode node, Lowering lowering) {
    lowering.put(node, squares(node, lowering));
  }

  private static void l2(OnnxNode node, Lowering lowering) {
    lowering.put(node, lowering.map(squares(node, lowering), Activation.of(Function.SQRT)));
  }

  private static void l1(OnnxNode node, Lowering lowering) {
    Frames sizes = lowering.map(lowering.frames(node, 0), Activation.of(Function.ABS));
    lowering.put(node, reduced(node, lowering, sizes, Reduce.How.SUM, GlobalPool.How.SUM));
  }

  private static void logSum(OnnxNode node, Lowering lowering) {
    Frames sum =
        reduced(node, lowering, lowering.frames(node, 0), Reduce.How.SUM, GlobalPool.How.SUM);
    lowering.put(node, lowering.map(sum, Activation.of(Function.LOG)));
  }

  private static void logSumExp(OnnxNode node, Lowering lowering) {
    Frames x = lowering.frames(node, 0);
    int[] axes = ConstantReductions.axes(node, ShapeOperators.samples(node, lowering, 0), x.rank());
    if (!x.hasTime() || !Parameters.contains(axes, x.time())) {
      reduce(node, lowering, Reduce.How.LOG_SUM_EXP, null);
      return;
    }
    Frames powers = lowering.map(x, Activation.of(Function.EXP));
    Frames sum = reduced(node, lowering, powers, Reduce.How.SUM, GlobalPool.How.SUM);
    lowering.put(node, lowering.map(sum, Activation.of(Function.LOG)));
  }

  private static void argument(
      OnnxNode node, Lowering lowering, Reduce.How first, Reduce.How last) {
    Frames x = lowering.frames(node, 0);
    int axis = Parameters.axis(node, node.integer("axis", 0), x.rank());
    Reduce.How how = node.integer("select_last_index", 0) != 0 ? last : first;
    boolean keep = node.integer("keepdims", 1) != 0;
    Frames made = reduced(node, lowering, x, new int[] {axis}, keep, how, null);
    lowering.put(node, made.ofType(ElementType.INT64));
  }

  /** The largest, or smallest, one after the other: each time without those found before. */
  private static void topK(OnnxNode node, Lowering lowering) {
    Frames x = lowering.frames(node, 0);
    int axis = Parameters.axis(node, node.integer("axis", -1), x.rank());
    if (axis == x.time()) {
      throw node.error(
          "needs all values before it can order them, so it can't stream along the time axis");
    }
    int count = (int) node.integer("k", (long) Parameters.number(lowering.constant(node, 1), 0));
    int length = x.dimensions()[axis];
    if (count < 1 || count > Math.min(length, MOST_ORDERED)) {
      throw node.error("k must be 1.." + Math.min(length, MOST_ORDERED) + ", got " + count);
    }
    boolean largest = node.integer("largest", 1) != 0;
    Reduce.How place = largest ? Reduce.How.ARG_MAX : Reduce.How.ARG_MIN;
    Reduce.How most = largest ? Reduce.How.MAX : Reduce.How.MIN;
    float least = largest ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
    int[] alone = new int[x.rank()];
    Arrays.fill(alone, 1);
    alone[axis] = length;
    float[] row = new float[length];
    for (int i = 0; i < length; i++) {
      row[i] = i;
    }
    Value places = Value.Known.of(OnnxTensor.ofFloats(alone, row));
    float[] gone = new float[x.shape().size()];
    Arrays.fill(gone, least);
    List<Frames> values = new ArrayList<>();
    List<Frames> indices = new ArrayList<>();
    Frames left = x;
    for (int i = 0; i < count; i++) {
      Frames index = along(lowering, left, axis, place);
      values.add(along(lowering, left, axis, most));
      indices.add(index);
      if (i < count - 1) {
        Frames found = ElementwiseOperators.combine(node, lowering, Merge.How.EQUAL, index, places);
        Frames none = lowering.constant(left, gone, x.dimensions());
        List<String> choice =
            List.of(lowering.flat(found), lowering.flat(none), lowering.flat(left));
        String chosen = lowering.graph.add(new Merge(Merge.How.SELECT), choice);
        left = lowering.made(x, chosen, x.dimensions());
      }
    }
    lowering.put(node, 0, ConcatOperator.within(node, lowering, values, axis));
    lowering.put(
        node, 1, ConcatOperator.within(node, lowering, indices, axis).ofType(ElementType.INT64));
  }

  /** The axes of a frame that a norm shares its statistics over, refused if time is among them. */
  static void refuseTime(OnnxNode node, Frames x, List<Integer> axes, String what) {
    if (axes.contains(x.time())) {
      throw node.error(
          what
              + " is taken over the time axis (axis "
              + x.time()
              + " of "
              + x.text()
              + "), the whole sequence for every frame; a stream can't wait for the end. Take it over"
              + " the channels, or use batch normalisation or a running standardisation");
    }
  }
}
