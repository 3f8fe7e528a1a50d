package dev.eddy.model.onnx;

import dev.eddy.layer.First;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Operation;
import dev.eddy.layer.Previous;
import dev.eddy.layer.Rate;
import dev.eddy.layer.Reach;
import dev.eddy.layer.Rearrange;
import dev.eddy.layer.Reshape;
import dev.eddy.layer.Shape;
import dev.eddy.layer.TensorSpec;
import dev.eddy.model.Tensor;
import dev.eddy.network.Graph;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The nodes that a graph is lowered to, with their shapes; weights are made when all has gone well.
 */
final class GraphBuilder {

  /** Weights by the name of the tensor. */
  static final class Weights {
    static final Weights NONE = new Weights();

    private final Map<String, Supplier<float[]>> tensors = new LinkedHashMap<>();

    Weights with(String name, Supplier<float[]> values) {
      Weights more = new Weights();
      more.tensors.putAll(tensors);
      more.tensors.put(name, values);
      return more;
    }
  }

  private static final int MAX_NODES = 20_000; // of which 10,000 may be needed
  private static final int MAX_FRAME = 1 << 20; // values of a frame that are moved
  private static final int MAX_PLACED = 1 << 24; // values of all movements
  private static final int MAX_HELD = 256; // nodes that are given at every step anew, at once

  private record Made(Operation operation, List<String> reads, Shape output, Weights weights) {}

  private record Moved(String reads, Shape shape, Movement movement, float fill) {}

  private final Shape input;
  private final Map<String, Made> nodes = new LinkedHashMap<>();
  private final Map<String, Moved> moved = new HashMap<>(); // what rearranging nodes do
  private final Map<String, Integer> named = new HashMap<>(); // how often a name was given
  private final Set<String> otherRate = new HashSet<>(); // nodes behind one that changes the rate
  private long placed; // values of all movements
  private String at = "";

  GraphBuilder(Shape input) {
    this.input = input;
  }

  /** From here on nodes are named after this one of the file. */
  void at(String name) {
    this.at = name;
  }

  Shape shape(String node) {
    return node.equals(Graph.INPUT) ? input : nodes.get(node).output;
  }

  /**
   * Adds a layer.
   *
   * @throws IllegalArgumentException if it can't take those frames
   */
  String add(Layer layer, String reads, Weights weights) {
    return add(layer, List.of(reads), layer.output(shape(reads)), weights);
  }

  String add(Layer layer, String reads) {
    return add(layer, reads, Weights.NONE);
  }

  String add(Merge merge, List<String> reads) {
    return add(merge, reads, merge.output(reads.stream().map(this::shape).toList()), Weights.NONE);
  }

  private String add(Operation operation, List<String> reads, Shape output, Weights weights) {
    if (nodes.size() == MAX_NODES) {
      throw new IllegalArgumentException("it is too large: more than " + MAX_NODES + " layers");
    }
    String stem = at.isEmpty() ? operation.kind() : at;
    String name = stem;
    while (nodes.containsKey(name)) {
      name = stem + ":" + named.merge(stem, 1, Integer::sum);
    }
    named.putIfAbsent(stem, 1);
    nodes.put(name, new Made(operation, reads, output, weights));
    boolean changes =
        operation instanceof Layer layer && !layer.rate(shape(reads.get(0))).equals(Rate.ONE);
    if (changes || reads.stream().anyMatch(otherRate::contains)) {
      otherRate.add(name);
    }
    return name;
  }

  /** Feeds back what a node, named by {@link #feed}, was one step before. */
  String addPrevious(Shape shape) {
    return add(new Previous(shape), List.of(Graph.INPUT), shape, Weights.NONE);
  }

  void feed(String previous, String node) {
    Made made = nodes.get(previous);
    nodes.put(previous, new Made(made.operation, List.of(node), made.output, made.weights));
  }

  /** The same values under another shape. */
  String reshape(String node, Shape shape) {
    if (shape(node).equals(shape)) {
      return node;
    }
    Made made = nodes.get(node);
    if (made != null && made.operation instanceof Reshape) {
      return reshape(made.reads.get(0), shape);
    }
    return add(new Reshape(shape.dimensions()), node);
  }

  /** The values of a node elsewhere; several movements in a row become one. */
  String move(String node, Movement movement, float fill) {
    Made made = nodes.get(node);
    if (made != null && made.operation instanceof Reshape) {
      return move(made.reads.get(0), movement, fill);
    }
    if (movement.from().length > MAX_FRAME) {
      throw new IllegalArgumentException(
          "frames of "
              + movement.from().length
              + " values are too large to be moved; at most "
              + MAX_FRAME
              + " are");
    }
    placed += movement.from().length;
    if (placed > MAX_PLACED) {
      throw new IllegalArgumentException(
          "more than "
              + MAX_PLACED
              + " values are moved within frames up to here, which is too many");
    }
    Moved before = moved.get(node);
    if (before != null && (before.fill == fill || !pads(movement) || !pads(before.movement))) {
      float kept = pads(movement) ? fill : before.fill;
      return move(before.reads, movement.after(before.movement), kept);
    }
    if (movement.isIdentity(shape(node).size())) {
      return node;
    }
    Shape shape = Shape.of(movement.from().length);
    Weights index = Weights.NONE.with("index", () -> index(movement));
    String name = add(new Rearrange(shape, fill), node, index);
    moved.put(name, new Moved(node, shape(node), movement, fill));
    return name;
  }

  private static boolean pads(Movement movement) {
    for (int from : movement.from()) {
      if (from == Movement.NONE) {
        return true;
      }
    }
    return false;
  }

  private static float[] index(Movement movement) {
    float[] index = new float[movement.from().length];
    for (int i = 0; i < index.length; i++) {
      index[i] = movement.from()[i];
    }
    return index;
  }

  /**
   * What a node gives once, made of the first frame of a sequence, given at every step instead.
   *
   * @param held what holds the frame that a {@link First} picks; null where it can't
   * @return null where it is made of something else
   */
  String atEveryStep(String node, UnaryOperator<String> held) {
    return atEveryStep(node, held, new HashMap<>());
  }

  private String atEveryStep(String node, UnaryOperator<String> held, Map<String, String> done) {
    if (!done.containsKey(node)) {
      done.put(node, null);
      done.put(node, done.size() > MAX_HELD ? null : again(node, held, done));
    }
    return done.get(node);
  }

  private String again(String node, UnaryOperator<String> held, Map<String, String> done) {
    Made made = node.equals(Graph.INPUT) ? null : nodes.get(node);
    if (made == null || made.operation instanceof Previous) {
      return null;
    }
    if (made.operation instanceof First) {
      return held.apply(node);
    }
    if (made.operation instanceof Layer layer
        && (!layer.reach(shape(made.reads.get(0))).equals(Reach.HERE)
            || !layer.rate(shape(made.reads.get(0))).equals(Rate.ONE))) {
      return null;
    }
    List<String> reads = new ArrayList<>();
    for (String read : made.reads) {
      String again = atEveryStep(read, held, done);
      if (again == null) {
        return null;
      }
      reads.add(again);
    }
    return add(made.operation, reads, made.output, made.weights);
  }

  /** Whether there are not as many frames as records, somewhere on the way to a node. */
  boolean changesRate(String node) {
    return otherRate.contains(node);
  }

  /** What computes a node; null for the network's input. */
  Operation operation(String node) {
    return node.equals(Graph.INPUT) ? null : nodes.get(node).operation;
  }

  Weights weights(String node) {
    return nodes.get(node).weights;
  }

  String reads(String node) {
    return nodes.get(node).reads.get(0);
  }

  /** The graph whose output is one node's: that node, and what it needs. */
  Graph graph(String output) {
    Set<String> needed = new HashSet<>();
    List<String> open = new ArrayList<>(List.of(output));
    while (!open.isEmpty()) {
      String node = open.remove(open.size() - 1);
      if (!node.equals(Graph.INPUT) && needed.add(node)) {
        open.addAll(nodes.get(node).reads);
      }
    }
    List<Graph.Node> list = new ArrayList<>();
    nodes.forEach(
        (name, made) -> {
          if (needed.contains(name)) {
            list.add(new Graph.Node(name, made.operation, made.reads));
          }
        });
    if (list.isEmpty() || !list.get(list.size() - 1).name().equals(output)) {
      list.add(new Graph.Node("output", new Reshape(shape(output).dimensions()), output));
    }
    return new Graph(input, list);
  }

  /**
   * Makes the tensors of a graph made of these nodes. Nothing can be done with the builder after
   * that: what a tensor is made of is let go when it is made, so that weights are not held twice.
   */
  Map<String, Tensor> takeTensors(List<TensorSpec> specs) {
    Deque<Supplier<float[]>> values = new ArrayDeque<>();
    for (TensorSpec spec : specs) {
      int dot = spec.name().lastIndexOf('.');
      Weights weights = nodes.get(spec.name().substring(0, dot)).weights;
      values.add(weights.tensors.get(spec.name().substring(dot + 1)));
    }
    nodes.clear();
    moved.clear();
    Map<String, Tensor> tensors = new HashMap<>();
    for (TensorSpec spec : specs) {
      float[] made = finite(spec.name(), values.remove().get());
      tensors.put(spec.name(), new Tensor(spec.dimensions(), made));
    }
    return tensors;
  }

  private static float[] finite(String name, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "the weights of \""
                + name
                + "\" hold "
                + values[i]
                + " at index "
                + i
                + "; weights are finite");
      }
    }
    return values;
  }
}
