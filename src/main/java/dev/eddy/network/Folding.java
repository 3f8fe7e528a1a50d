package dev.eddy.network;

import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.WeightStore;
import dev.eddy.layer.BatchNorm;
import dev.eddy.layer.FoldedNorm;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Step;
import dev.eddy.layer.Weights;
import dev.eddy.network.Network.Part;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which batch normalisations are done by the layers before them: those that alone read a layer that
 * {@link FoldedNorm} can scale, and that keeps nothing which the scale would change.
 */
final class Folding {
  private final int[] standsFor; // [nodes] who does its work, itself or one before
  private final Map<Integer, Step> steps = new HashMap<>(); // of the nodes that do

  private Folding(int nodes) {
    standsFor = new int[nodes];
    for (int i = 0; i < nodes; i++) {
      standsFor[i] = i;
    }
  }

  static Folding of(
      Graph graph,
      List<Part> parts,
      Function<String, Weights> weights,
      WeightStore store,
      Kernels kernels) {
    Folding folding = new Folding(parts.size());
    Map<String, Integer> readers = new HashMap<>();
    for (Graph.Node node : graph.nodes()) {
      node.reads().forEach(read -> readers.merge(read, 1, Integer::sum));
    }
    Map<String, Integer> places = Analysis.places(graph);
    for (int i = 0; i < parts.size(); i++) {
      int before = places.get(graph.nodes().get(i).reads().get(0));
      if (before >= 0
          && before < i
          && readers.get(parts.get(before).name()) == 1
          && FoldedNorm.isPossible(
              parts.get(before).operation(), parts.get(i).operation(), parts.get(before).input())) {
        folding.fold(graph, parts, before, i, weights, store, kernels);
      }
    }
    return folding;
  }

  private void fold(
      Graph graph,
      List<Part> parts,
      int before,
      int norm,
      Function<String, Weights> weights,
      WeightStore store,
      Kernels kernels) {
    Part part = parts.get(before);
    Optional<FoldedNorm> folded;
    try {
      folded =
          FoldedNorm.of(
              (Layer) part.operation(),
              part.input(),
              weights.apply(part.name()),
              (BatchNorm) parts.get(norm).operation(),
              weights.apply(parts.get(norm).name()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          Network.where(graph.nodes().get(norm)) + ": " + e.getMessage(), e);
    }
    if (folded.isPresent() && !folded.get().keepsOutputs(part.input(), kernels)) {
      Weights scaled = new StoredWeights(folded.get().weights(), store);
      standsFor[norm] = before;
      steps.put(before, folded.get().layer().step(part.input(), scaled, kernels));
    }
  }

  /** The node that does a node's work; -1 stays -1, the network's input. */
  int standsFor(int node) {
    return node < 0 ? node : standsFor[node];
  }

  /** Whether a node does another's work too. */
  boolean isFolded(int node) {
    return steps.containsKey(node);
  }

  Step step(int node) {
    return steps.get(node);
  }

  /** Lets those that read a node read the one that does its work. */
  void redirect(int[][] reads) {
    for (int[] ports : reads) {
      for (int port = 0; port < ports.length; port++) {
        ports[port] = standsFor(ports[port]);
      }
    }
  }

  /** Names of nodes, each with the name of the one that does its work. */
  Map<String, String> names(Graph graph) {
    Map<String, String> names = new HashMap<>();
    for (int i = 0; i < standsFor.length; i++) {
      if (standsFor[i] != i) {
        names.put(graph.nodes().get(i).name(), graph.nodes().get(standsFor[i]).name());
      }
    }
    return Map.copyOf(names);
  }
}
