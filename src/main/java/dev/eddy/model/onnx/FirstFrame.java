package dev.eddy.model.onnx;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Merge;
import dev.eddy.layer.RunningSum;
import dev.eddy.model.onnx.GraphBuilder.Weights;
import dev.eddy.model.onnx.Value.Frames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is made of a sequence's first frame where it meets all others, as in {@code x - x[:, :1]}:
 * it is known from the first record on, so a stream can hold it.
 */
final class FirstFrame {
  private FirstFrame() {}

  /** The same frames; those that are made of the first one are held where others come each step. */
  static List<Frames> meeting(Lowering lowering, List<Frames> all) {
    Frames steady = null;
    for (Frames frames : all) {
      steady = frames.hasTime() && frames.end() == null ? frames : steady;
    }
    List<Frames> made = new ArrayList<>();
    for (Frames frames : all) {
      Frames held = steady == null || frames.end() == null ? null : held(lowering, frames, steady);
      made.add(held == null ? frames : held);
    }
    return made;
  }

  private static Frames held(Lowering lowering, Frames once, Frames steady) {
    String node = lowering.graph.atEveryStep(once.node(), n -> hold(lowering, n, steady));
    return node == null
        ? null
        : new Frames(
            node, once.shape(), once.type(), once.dimensions(), steady.lengths(), steady.end());
  }

  /**
   * The frame times one, the others times zero, and the sum so far: the first one's very values.
   */
  private static String hold(Lowering lowering, String first, Frames steady) {
    Frames from = lowering.first(first);
    if (from == null || from.end() != null || !Arrays.equals(from.lengths(), steady.lengths())) {
      return null;
    }
    GraphBuilder graph = lowering.graph;
    String place = graph.add(new RunningSum(true), lowering.constantFrames(from.node(), 1f));
    Activation.Function not = Activation.Function.NOT;
    String isFirst =
        graph.add(new ActivationLayer(Activation.of(not)), place, Weights.NONE); // of place 0
    int size = from.shape().size();
    String mask = graph.move(isFirst, Movement.broadcast(new int[] {1}, new int[] {size}), 0);
    String only =
        graph.add(
            new Merge(Merge.How.MULTIPLY), List.of(from.node(), graph.reshape(mask, from.shape())));
    return graph.add(new RunningSum(false), only);
  }
}
