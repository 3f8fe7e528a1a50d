package dev.eddy.model.onnx;

import dev.eddy.layer.Embedding;
import dev.eddy.model.onnx.GraphBuilder.Weights;
import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.model.onnx.Value.Known;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Gather: an embedding of tokens, some values of a frame, or some frames of the sequence. */
final class GatherOperator {
  private GatherOperator() {}

  static void gather(OnnxNode node, Lowering lowering) {
    Value data = lowering.value(node, 0);
    if (data instanceof Known) {
      lowering.put(node, embedding(node, lowering));
      return;
    }
    Frames from = lowering.frames(node, 0);
    int axis = Parameters.axis(node, node.integer("axis", 0), from.rank());
    int[] indices = lowering.known(node, 1) == null ? null : dimensionsOf(node, lowering);
    if (from.dimensions()[axis] == Frames.TIME) {
      lowering.put(node, alongTime(node, lowering, from, axis, indices));
      return;
    }
    int[] places =
        ConstantShapes.places(node, lowering.neededConstant(node, 1), from.dimensions()[axis]);
    int[] dimensions = ConstantShapes.gathered(from.dimensions(), axis, indices);
    Movement movement = Movement.gather(from.frame(), from.frameAxis(axis), places);
    lowering.put(node, lowering.move(from, movement, 0, dimensions));
  }

  /** Looks places up in a table that is shorter than the sequences that are tried; or does not. */
  static boolean ofPlaces(OnnxNode node, Lowering lowering) {
    if (!node.op().equals("Gather")
        || lowering.stream() == null
        || !(lowering.find(node, 0) instanceof Known table && table.isFixed() && table.rank() == 2)
        || !(lowering.find(node, 1) instanceof Known places && !places.isFixed())
        || node.integer("axis", 0) != 0
        || !table.type().isFloat()) {
      return false;
    }
    Frames line = Positions.line(lowering, places, lowering.stream());
    if (line != null) {
      int[] width = {table.sample(0).dimensions()[1]};
      lowering.put(node, vectors(lowering, line, table.sample(0), width));
    }
    return line != null;
  }

  /** A vector that is "on" at the place of each token: an embedding that is not learnt. */
  static void oneHot(OnnxNode node, Lowering lowering) {
    Frames tokens = lowering.frames(node, 0);
    int depth = (int) Parameters.number(lowering.neededConstant(node, 1), 0);
    float[] offOn = Broadcasting.floats(lowering.neededConstant(node, 2));
    if (depth < 1 || depth > 4096 || offOn.length != 2) {
      throw node.error("depth must be 1..4096 and values two numbers, got " + depth);
    }
    float[] table = new float[depth * depth];
    for (int i = 0; i < table.length; i++) {
      table[i] = offOn[i % (depth + 1) == 0 ? 1 : 0];
    }
    Frames last =
        vectors(
            lowering,
            tokens,
            OnnxTensor.ofFloats(new int[] {depth, depth}, table),
            new int[] {depth});
    int axis = Parameters.axis(node, node.integer("axis", -1), last.rank());
    int[] order = new int[last.rank()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i == axis ? order.length - 1 : i < axis ? i : i - 1;
    }
    lowering.put(node, ShapeOperators.transposed(lowering, last, order));
  }

  private static int[] dimensionsOf(OnnxNode node, Lowering lowering) {
    return lowering.known(node, 1).sample(0).dimensions();
  }

  private static Frames alongTime(
      OnnxNode node, Lowering lowering, Frames from, int axis, int[] indices) {
    int[][] tries = new int[lowering.lengths][];
    for (int i = 0; i < tries.length; i++) {
      OnnxTensor sample = lowering.known(node, 1).sample(i);
      tries[i] = ConstantShapes.places(node, sample, Math.toIntExact(from.lengths()[i]));
      if (Arrays.equals(tries[i], ShapeOperators.upTo((int) from.lengths()[i]))
          && indices.length == 1
          && tries.length > 1) {
        return from;
      }
    }
    if (indices.length == 1 && Arrays.stream(tries).allMatch(GatherOperator::isStretch)) {
      Parameters.Stretch[] stretches =
          Arrays.stream(tries)
              .map(taken -> new Parameters.Stretch(axis, taken[0], 1, taken.length))
              .toArray(Parameters.Stretch[]::new);
      return TimeSlicing.slice(node, lowering, from, stretches);
    }
    int[] places = new int[tries[0].length];
    for (int i = 0; i < places.length; i++) {
      places[i] = place(node, tries, from.lengths(), i);
    }
    Frames picked = TimeAxis.picked(lowering, node, from, places);
    return picked.seenAs(ConstantShapes.gathered(picked.dimensions(), axis, indices));
  }

  /** Whether frames follow each other. */
  private static boolean isStretch(int[] places) {
    return places.length > 0
        && IntStream.range(1, places.length).allMatch(i -> places[i] == places[i - 1] + 1);
  }

  /** The place from the start, or where negative from the end. */
  private static int place(OnnxNode node, int[][] tries, long[] lengths, int i) {
    boolean fromStart = IntStream.range(1, tries.length).allMatch(t -> tries[t][i] == tries[0][i]);
    int back = tries[0][i] - (int) lengths[0];
    boolean fromEnd =
        IntStream.range(1, tries.length).allMatch(t -> tries[t][i] - (int) lengths[t] == back);
    if (!fromStart && !fromEnd) {
      throw node.error(
          "takes a frame along the time axis that is neither at a fixed place nor at a fixed distance"
              + " from the end");
    }
    boolean nearEnd = fromStart && fromEnd && -back <= tries[0][i];
    return fromStart && !nearEnd ? tries[0][i] : back;
  }

  private static Frames embedding(OnnxNode node, Lowering lowering) {
    Frames tokens = lowering.frames(node, 1);
    OnnxTensor table = lowering.neededConstant(node, 0);
    int axis = Parameters.axis(node, node.integer("axis", 0), table.rank());
    if (axis != 0 || !table.type().isFloat()) {
      throw node.error(
          "looks tokens up along axis "
              + axis
              + " of "
              + table.type()
              + "; supported: axis 0 of a float table");
    }
    int[] behind = Arrays.copyOfRange(table.dimensions(), 1, table.rank());
    return vectors(lowering, tokens, table, behind);
  }

  /** The rows of a table that tokens name; what is behind a table's first axis comes last. */
  private static Frames vectors(Lowering lowering, Frames tokens, OnnxTensor table, int[] behind) {
    int rows = table.dimensions()[0];
    int[] dimensions = new int[tokens.rank() + behind.length];
    System.arraycopy(tokens.dimensions(), 0, dimensions, 0, tokens.rank());
    System.arraycopy(behind, 0, dimensions, tokens.rank(), behind.length);
    String made =
        lowering.graph.add(
            new Embedding(rows, table.size() / rows),
            lowering.flat(tokens),
            Weights.NONE.with("weight", table::floats));
    return new Frames(
        made,
        lowering.graph.shape(made),
        ElementType.FLOAT,
        dimensions,
        tokens.lengths(),
        tokens.end());
  }
}
