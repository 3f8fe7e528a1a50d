package dev.eddy.network;

import dev.eddy.layer.RandomWeights;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Weights;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/** Random weights for all layers of a graph, for tests. */
public final class RandomNetworkWeights {
  private RandomNetworkWeights() {}

  /** By the names of the nodes; a node whose input does not fit, and those after it, have none. */
  public static Function<String, Weights> of(Graph graph, long seed) {
    Random random = new Random(seed);
    Map<String, Weights> weights = new HashMap<>();
    Map<String, Shape> shapes = new HashMap<>(Map.of(Graph.INPUT, graph.input()));
    try {
      for (Graph.Node node : graph.nodes()) {
        Shape input = shapes.get(node.reads());
        shapes.put(node.name(), node.layer().output(input));
        weights.put(node.name(), RandomWeights.of(node.layer(), input, random));
      }
    } catch (IllegalArgumentException e) {
      // a graph to be refused
    }
    return weights::get;
  }
}
