package dev.eddy.model.onnx;

import dev.eddy.layer.Embedding;
import dev.eddy.layer.GlobalPool;
import dev.eddy.layer.Merge.How;
import dev.eddy.layer.RunningSum;
import dev.eddy.layer.Shape;
import dev.eddy.model.onnx.GraphBuilder.Weights;
import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.model.onnx.Value.Known;
import dev.eddy.network.Graph;
import java.util.Arrays;

/**
 * Numbers that no record makes but its place in the sequence: counted along it. A learnt table of
 * positions is looked up, a straight line (Range) is computed; how long a sequence was is known at
 * its end.
 */
final class Positions {
  private static final long[] NO_TIME = {};
  private static final double EXACT = 4 * 0x1p-24; // of the largest value: what rounding does

  private Positions() {}

  /**
   * What a constant that has time on an axis gives at each frame.
   *
   * @param like the frames that it meets
   * @return null where it is no constant of positions
   */
  static Frames along(Lowering lowering, Known known, Frames like) {
    int fromRight = like.hasTime() ? like.rank() - like.time() : 0;
    if (!like.hasTime() || known.rank() < fromRight || !known.type().isFloat()) {
      return null;
    }
    return along(lowering, known, like, known.rank() - fromRight);
  }

  /**
   * A straight line over as many places as there are frames, on whichever axis it has them.
   *
   * @return null where it is none
   */
  static Frames line(Lowering lowering, Known known, Frames like) {
    for (int axis = 0; axis < known.rank() && like.hasTime() && !known.isFixed(); axis++) {
      boolean asLong = true;
      for (int i = 0; i < lowering.lengths && asLong; i++) {
        asLong = known.sample(i).dimensions()[axis] == like.lengths()[i];
      }
      if (asLong) {
        return along(lowering, known, like, axis);
      }
    }
    return null;
  }

  private static Frames along(Lowering lowering, Known known, Frames like, int axis) {
    int longest = 0;
    for (int i = 0; i < lowering.lengths; i++) {
      int length = known.sample(i).dimensions()[axis];
      longest = length > known.sample(longest).dimensions()[axis] ? i : longest;
    }
    OnnxTensor all = known.sample(longest);
    int rows = all.dimensions()[axis];
    if (rows < 2 || !begin(known, lowering, axis, all) || isSame(all, axis)) {
      return null;
    }
    int[] dimensions = all.dimensions().clone();
    dimensions[axis] = Frames.TIME;
    float[] table = rowsFirst(all, axis);
    int size = table.length / rows;
    float[] first = Arrays.copyOf(table, size);
    float[] slope = slope(table, size, rows);
    boolean grows = !known.isFixed();
    if (slope == null && grows) {
      return null;
    }
    Frames one = lowering.constant(like, new float[] {1}, Frames.TIME, 1);
    Frames place =
        lowering.layer(one, one.node(), new RunningSum(true), Weights.NONE, Frames.TIME, 1);
    if (!grows) {
      Weights weights = Weights.NONE.with("weight", () -> table);
      return lowering.layer(place, place.node(), new Embedding(rows, size), weights, dimensions);
    }
    Frames wide = ShapeOperators.broadcast(lowering, place, Frames.TIME, size);
    Frames line = ElementwiseOperators.arithmetic(lowering, wide, How.MULTIPLY, slope, false);
    return ElementwiseOperators.arithmetic(lowering, line, How.ADD, first, false)
        .seenAs(dimensions);
  }

  /** Whether what it is for a sequence is the beginning of what it is for a longer one. */
  private static boolean begin(Known known, Lowering lowering, int axis, OnnxTensor all) {
    for (int i = 0; i < lowering.lengths; i++) {
      OnnxTensor sample = known.sample(i);
      int rows = sample.dimensions()[axis];
      OnnxTensor start = Movement.slice(all.dimensions(), axis, 0, 1, rows).apply(all, 0);
      if (!Arrays.equals(start.dimensions(), sample.dimensions())
          || !Arrays.equals(Broadcasting.floats(start), Broadcasting.floats(sample))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSame(OnnxTensor all, int axis) {
    OnnxTensor first = Movement.slice(all.dimensions(), axis, 0, 1, 1).apply(all, 0);
    OnnxTensor repeated = Movement.broadcast(first.dimensions(), all.dimensions()).apply(first, 0);
    return Arrays.equals(Broadcasting.floats(repeated), Broadcasting.floats(all));
  }

  private static float[] rowsFirst(OnnxTensor tensor, int axis) {
    int[] order = new int[tensor.rank()];
    order[0] = axis;
    for (int i = 0, at = 1; i < order.length; i++) {
      if (i != axis) {
        order[at++] = i;
      }
    }
    return Broadcasting.floats(Movement.transposed(tensor, order));
  }

  /** By how much each value grows from row to row; null where that is not always as much. */
  static float[] slope(float[] table, int size, int rows) {
    float[] slope = new float[size];
    for (int i = 0; i < size; i++) {
      double first = table[i];
      double last = table[(rows - 1) * size + i];
      double step = (last - first) / (rows - 1);
      slope[i] = (float) step;
      double tolerance = EXACT * Math.max(Math.abs(first), Math.abs(last));
      for (int row = 0; row < rows; row++) {
        if (Math.abs(table[row * size + i] - (first + step * row)) > tolerance) {
          return null;
        }
      }
    }
    return slope;
  }

  /**
   * A number that depends on how long the sequence is, as what is known at its end.
   *
   * @return null where it is not a number of frames, more or less so many
   */
  static Frames ofLength(Lowering lowering, Known known) {
    if (lowering.tried.length < 2 || known.sample(0).size() != 1) {
      return null;
    }
    double[] values = new double[lowering.lengths];
    for (int i = 0; i < values.length; i++) {
      values[i] = Parameters.number(known.sample(i), 0);
    }
    double times = (values[1] - values[0]) / (lowering.tried[1] - lowering.tried[0]);
    double more = values[0] - times * lowering.tried[0];
    for (int i = 0; i < values.length; i++) {
      if (values[i] != more + times * lowering.tried[i] || times != Math.rint(times)) {
        return null;
      }
    }
    String ones = lowering.constantFrames(Graph.INPUT, 1f);
    Frames length =
        new Frames(
            lowering.graph.add(new GlobalPool(GlobalPool.How.SUM, GlobalPool.Over.TIME), ones),
            Shape.of(1),
            known.type(),
            known.sample(0).dimensions(),
            NO_TIME,
            "the length of the sequence");
    Frames scaled =
        ElementwiseOperators.arithmetic(
            lowering, length, How.MULTIPLY, new float[] {(float) times}, false);
    return ElementwiseOperators.arithmetic(
        lowering, scaled, How.ADD, new float[] {(float) more}, false);
  }

  /** How many frames a sequence had, at its end. */
  static Frames count(Lowering lowering, Frames of) {
    String ones = lowering.constantFrames(of.node(), 1f);
    return new Frames(
        lowering.graph.add(new GlobalPool(GlobalPool.How.SUM, GlobalPool.Over.TIME), ones),
        Shape.of(1),
        of.type(),
        new int[] {1},
        NO_TIME,
        "the length of the sequence");
  }
}
