package dev.eddy.model.onnx;

import dev.eddy.layer.GlobalPool;
import dev.eddy.layer.Merge.How;
import dev.eddy.model.ModelException;
import dev.eddy.model.onnx.Value.Centred;
import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.model.onnx.Value.Known;
import java.util.List;

/**
 * The variance of a sequence as exporters write it: the mean over time is subtracted, the distances
 * are squared, and their mean or sum is taken over time. Only together can that be computed frame
 * by frame.
 */
final class Variances {
  private Variances() {}

  /** Lowers a step on the way to a variance; false where the node is none. */
  static boolean lower(OnnxNode node, Lowering lowering) {
    Value first = lowering.find(node, 0);
    switch (node.op()) {
      case "Sub":
        return centre(node, lowering);
      case "Mul":
        return first instanceof Centred centred
            && lowering.find(node, 1) == first
            && square(node, lowering, centred);
      case "Pow":
        return first instanceof Centred centred
            && lowering.find(node, 1) instanceof Known power
            && power.isFixed()
            && power.sample(0).size() == 1
            && Parameters.number(power.sample(0), 0) == 2
            && square(node, lowering, centred);
      case "Abs", "Identity":
        boolean same = first instanceof Centred centred && (centred.squared() || isIdentity(node));
        if (same) {
          lowering.put(node, first);
        }
        return same;
      case "ReduceMean", "ReduceSum", "ReduceSumSquare":
        return first instanceof Centred centred && reduce(node, lowering, centred);
      default:
        return false;
    }
  }

  private static boolean isIdentity(OnnxNode node) {
    return node.op().equals("Identity");
  }

  private static boolean centre(OnnxNode node, Lowering lowering) {
    if (lowering.find(node, 0) instanceof Frames x
        && lowering.find(node, 1) instanceof Frames mean
        && x.hasTime()
        && mean.end() != null
        && !mean.hasTime()
        && lowering.graph.operation(mean.node()) instanceof GlobalPool pool
        && pool.how() == GlobalPool.How.AVERAGE
        && pool.over() == GlobalPool.Over.TIME
        && lowering.graph.reads(mean.node()).equals(x.node())
        && mean.rank() == x.rank()
        && mean.dimensions()[x.time()] == 1) {
      try {
        lowering.checkMeet(node, List.of(x, mean));
      } catch (ModelException refusal) {
        lowering.put(node, new Centred(x, false, refusal));
        return true;
      }
    }
    return false;
  }

  private static boolean square(OnnxNode node, Lowering lowering, Centred centred) {
    if (!centred.squared()) {
      lowering.put(node, new Centred(centred.of(), true, centred.refusal()));
    }
    return !centred.squared();
  }

  private static boolean reduce(OnnxNode node, Lowering lowering, Centred centred) {
    Frames x = centred.of();
    int[] axes = ConstantReductions.axes(node, ShapeOperators.samples(node, lowering, 0), x.rank());
    boolean squares = node.op().equals("ReduceSumSquare") != centred.squared();
    if (!squares || axes.length != 1 || axes[0] != x.time()) {
      return false;
    }
    GlobalPool layer = new GlobalPool(GlobalPool.How.VARIANCE, GlobalPool.Over.TIME);
    int[] dimensions = x.dimensions().clone();
    dimensions[x.time()] = 1;
    Frames variance =
        TimeAxis.single(lowering, x, lowering.graph.add(layer, x.node()), node).seenAs(dimensions);
    if (!node.op().equals("ReduceMean")) {
      variance =
          ElementwiseOperators.combine(
              node, lowering, How.MULTIPLY, variance, Positions.count(lowering, x));
    }
    boolean keep = node.integer("keepdims", 1) != 0;
    lowering.put(
        node, keep ? variance : variance.seenAs(ConstantReductions.without(dimensions, axes)));
    return true;
  }
}
