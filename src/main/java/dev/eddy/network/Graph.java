package dev.eddy.network;

import dev.eddy.layer.Layer;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Operation;
import dev.eddy.layer.Previous;
import dev.eddy.layer.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A network's description: named nodes in an order in which each comes after what it reads, but for
 * feedback, which may read what comes later.
 *
 * @param input the shape of the frames that come in
 * @param nodes at least one; the last one's frames go out
 */
public record Graph(Shape input, List<Node> nodes) {

  /** In the place of a node's name: the frames that come into the network. */
  public static final String INPUT = "";

  private static final int MAX_NODES = 10_000;

  /**
   * One layer, or one meeting of branches, in its place.
   *
   * @param name unique in the graph; the prefix of its tensors
   * @param operation what it computes
   * @param reads the names of the nodes whose frames it takes, or {@link #INPUT}: one for a layer
   *     and for feedback, two or more for a merge
   */
  public record Node(String name, Operation operation, List<String> reads) {
    public Node {
      Objects.requireNonNull(operation, "operation");
      reads = List.copyOf(reads);
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a layer needs a name");
      }
      boolean several = operation instanceof Merge;
      if (several ? reads.size() < 2 : reads.size() != 1) {
        throw new IllegalArgumentException(
            "layer \""
                + name
                + "\" ("
                + operation.kind()
                + ") reads from "
                + (several ? "at least two layers" : "one layer")
                + ", got "
                + reads.size());
      }
    }

    /** A layer, or feedback, that reads one node. */
    public Node(String name, Operation operation, String reads) {
      this(name, operation, List.of(reads));
    }
  }

  public Graph {
    Objects.requireNonNull(input, "input");
    nodes = List.copyOf(nodes);
    if (nodes.isEmpty() || nodes.size() > MAX_NODES) {
      throw new IllegalArgumentException(
          "a network has 1.." + MAX_NODES + " layers, got " + nodes.size());
    }
    Set<String> known = new HashSet<>(Set.of(INPUT));
    for (Node node : nodes) {
      for (String read : node.reads) {
        if (!known.contains(read) && !(node.operation instanceof Previous)) {
          throw new IllegalArgumentException(
              "layer \"" + node.name + "\" reads \"" + read + "\", which no layer before it is");
        }
      }
      if (!known.add(node.name)) {
        throw new IllegalArgumentException("two layers are named \"" + node.name + "\"");
      }
    }
    for (Node node : nodes) {
      if (!known.containsAll(node.reads)) {
        throw new IllegalArgumentException(
            "layer \"" + node.name + "\" reads \"" + node.reads.get(0) + "\", which no layer is");
      }
    }
  }

  /** Layers one after the other, named by their place: "0", "1", ... as in PyTorch's Sequential. */
  public static Graph sequential(Shape input, List<Layer> layers) {
    List<Node> nodes = new ArrayList<>();
    String reads = INPUT;
    for (Layer layer : layers) {
      String name = Integer.toString(nodes.size());
      nodes.add(new Node(name, layer, reads));
      reads = name;
    }
    return new Graph(input, nodes);
  }
}
