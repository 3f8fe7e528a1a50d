package dev.eddy.network;

import dev.eddy.layer.Layer;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Operation;
import dev.eddy.layer.Previous;
import dev.eddy.layer.RandomWeights;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Weights;
import java.util.HashMap;
import java.util.List;
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
    Map<String, Shape> shapes = shapes(graph);
    for (Graph.Node node : graph.nodes()) {
      if (node.operation() instanceof Previous previous) {
        weights.put(node.name(), RandomWeights.of(previous, random));
        continue;
      }
      Shape input = shapes.get(node.reads().get(0));
      if (shapes.containsKey(node.name()) && node.operation() instanceof Layer layer) {
        weights.put(node.name(), RandomWeights.of(layer, input, random));
      }
    }
    return weights::get;
  }

  /** The shapes of all nodes' frames, by name, as far as they fit. */
  static Map<String, Shape> shapes(Graph graph) {
    Map<String, Shape> shapes = new HashMap<>(Map.of(Graph.INPUT, graph.input()));
    try {
      for (Graph.Node node : graph.nodes()) {
        List<Shape> inputs = node.reads().stream().map(shapes::get).toList();
        shapes.put(node.name(), output(node.operation(), inputs));
      }
    } catch (IllegalArgumentException e) {
      // a graph to be refused
    }
    return shapes;
  }

  private static Shape output(Operation operation, List<Shape> inputs) {
    if (operation instanceof Previous previous) {
      return previous.shape();
    }
    return operation instanceof Layer layer
        ? layer.output(inputs.get(0))
        : ((Merge) operation).output(inputs);
  }
}
