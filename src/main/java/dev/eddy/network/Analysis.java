package dev.eddy.network;

import dev.eddy.layer.Layer;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Operation;
import dev.eddy.layer.Previous;
import dev.eddy.layer.Rate;
import dev.eddy.layer.Reach;
import dev.eddy.layer.Shape;
import dev.eddy.layer.TensorSpec;
import dev.eddy.network.Network.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What can be said of a graph without its weights. */
final class Analysis {
  private Analysis() {}

  /** The tensors of one node. */
  static List<TensorSpec> tensors(Operation operation, Shape input) {
    if (operation instanceof Layer layer) {
      return layer.tensors(input);
    }
    return operation instanceof Previous previous ? previous.tensors() : List.of();
  }

  /** The place of each node by its name, -1 for the input. */
  static Map<String, Integer> places(Graph graph) {
    Map<String, Integer> places = new HashMap<>(Map.of(Graph.INPUT, -1));
    for (Graph.Node node : graph.nodes()) {
      places.put(node.name(), places.size() - 1);
    }
    return places;
  }

  /**
   * For each node the indices of the nodes that it reads, -1 for the input. Feedback comes with
   * each input frame and reads nothing else when it does.
   */
  static int[][] reads(Graph graph) {
    Map<String, Integer> places = places(graph);
    List<int[]> reads = new ArrayList<>();
    for (Graph.Node node : graph.nodes()) {
      reads.add(
          node.operation() instanceof Previous
              ? new int[] {-1}
              : node.reads().stream().mapToInt(places::get).toArray());
    }
    return reads.toArray(int[][]::new);
  }

  /** What can be said of each node without its weights. */
  static List<Part> parts(Graph graph) {
    Part source =
        new Part(Graph.INPUT, null, graph.input(), graph.input(), Rate.ONE, 0, Reach.HERE, 0, 0, 0);
    Map<String, Part> known = new HashMap<>(Map.of(Graph.INPUT, source));
    List<Part> parts = new ArrayList<>();
    for (Graph.Node node : graph.nodes()) {
      Part part;
      try {
        part = part(node, node.reads().stream().map(known::get).toList());
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new IllegalArgumentException(Network.where(node) + ": " + e.getMessage(), e);
      }
      parts.add(part);
      known.put(node.name(), part);
    }
    checkFeedback(graph, known);
    return parts;
  }

  /** {@code reads}: null where a node comes later, which only feedback reads. */
  private static Part part(Graph.Node node, List<Part> reads) {
    if (node.operation() instanceof Previous previous) {
      Shape shape = previous.shape();
      long learnt = previous.initial() ? shape.size() : 0;
      return new Part(node.name(), previous, shape, shape, Rate.ONE, 0, Reach.ALL, learnt, 0, 0);
    }
    return node.operation() instanceof Layer layer
        ? part(node, layer, reads.get(0))
        : part(node, (Merge) node.operation(), reads);
  }

  /** What is fed back must be there at each input frame, in the shape that is said. */
  private static void checkFeedback(Graph graph, Map<String, Part> known) {
    for (Graph.Node node : graph.nodes()) {
      if (node.operation() instanceof Previous previous) {
        Part fed = known.get(node.reads().get(0));
        String wrong = null;
        if (!fed.output().equals(previous.shape())) {
          wrong = "gives frames of " + fed.output() + ", expected " + previous.shape();
        } else if (!fed.rate().equals(Rate.ONE)) {
          wrong = "gives " + fed.rate() + " frames for each that comes in; feedback takes 1/1";
        } else if (fed.delayFrames() > 0) {
          wrong = "lags by " + fed.delayFrames() + " frames; feedback takes what doesn't lag";
        }
        if (wrong != null) {
          throw new IllegalArgumentException(
              Network.where(node) + ": " + Timing.name(fed.name()) + " " + wrong);
        }
      }
    }
  }

  private static Part part(Graph.Node node, Layer layer, Part before) {
    Shape input = before.output();
    Shape output = layer.output(input);
    Rate rate = before.rate();
    return new Part(
        node.name(),
        layer,
        input,
        output,
        then(rate, layer.rate(input)),
        delay(before, layer.delayFrames(input)),
        before
            .reach()
            .then(layer.reach(input), rate.out() == 0 ? 1 : (double) rate.in() / rate.out()),
        layer.tensors(input).stream().mapToLong(TensorSpec::size).sum(),
        0,
        layer.multiplyAdds(input) * rate.out() / rate.in());
  }

  private static long delay(Part before, long own) {
    try {
      return Math.addExact(before.delayFrames(), before.rate().inFrames(own));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "a lag of " + own + " frames at rate " + before.rate() + " is beyond what can be counted",
          e);
    }
  }

  private static Rate then(Rate before, Rate own) {
    try {
      return before.then(own);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "rate " + own + " after rate " + before + " is beyond what can be counted", e);
    }
  }

  private static Part part(Graph.Node node, Merge merge, List<Part> reads) {
    Shape output = merge.output(reads.stream().map(Part::output).toList());
    Part first = reads.get(0);
    long delay = 0;
    Reach reach = first.reach();
    for (Part read : reads) {
      if (!read.rate().equals(first.rate())) {
        throw new IllegalArgumentException(
            Timing.name(first.name())
                + " gives "
                + first.rate()
                + " frames for each that comes in, "
                + Timing.name(read.name())
                + " gives "
                + read.rate()
                + "; branches that meet must have one rate");
      }
      delay = Math.max(delay, read.delayFrames());
      reach = reach.or(read.reach());
    }
    return new Part(
        node.name(), merge, first.output(), output, first.rate(), delay, reach, 0, 0, 0);
  }
}
