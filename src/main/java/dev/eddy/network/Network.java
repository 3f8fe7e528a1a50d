package dev.eddy.network;

import dev.eddy.kernel.Kernels;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Rate;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Step;
import dev.eddy.layer.TensorSpec;
import dev.eddy.layer.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * A compiled network; immutable, shared by all threads. Each thread steps it through a {@link
 * NetworkTask} of its own, each key has a state of {@link #stateLength} values.
 */
public final class Network {

  /**
   * A layer in its place, with what compiling found out about it.
   *
   * @param name its name in the graph
   * @param layer its description
   * @param input the shape that comes in
   * @param output the shape that goes out
   * @param rate frames that go out per frame into the network
   * @param delayFrames frames into the network by which this output lags
   * @param receptiveField frames into the network that one output depends on; empty if unbounded
   * @param parameters learnt numbers
   * @param stateLength values of state
   * @param multiplyAddsPerFrame multiplications with a weight per frame into the network, on
   *     average
   */
  public record Part(
      String name,
      Layer layer,
      Shape input,
      Shape output,
      Rate rate,
      long delayFrames,
      OptionalLong receptiveField,
      long parameters,
      int stateLength,
      double multiplyAddsPerFrame) {}

  static final int MAX_FRAMES = 1 << 20;
  private static final long MAX_STATE = 1L << 28;

  /** What a task runs: one node, compiled. */
  static final class Compiled {
    final Step step;
    final int reads; // index of the node read, -1 for the network's input
    final int inputSize;
    final int outputSize;
    final int stateOffset;
    final int maxFrames; // the most frames written while one frame, or one flush call, goes through

    Compiled(Step step, int reads, int inputSize, int outputSize, int stateOffset, int maxFrames) {
      this.step = step;
      this.reads = reads;
      this.inputSize = inputSize;
      this.outputSize = outputSize;
      this.stateOffset = stateOffset;
      this.maxFrames = maxFrames;
    }
  }

  final Compiled[] nodes;
  final int scratchLength;
  private final Graph graph;
  private final List<Part> parts;
  private final StateLayout layout;
  private final int stateLength;

  private Network(
      Graph graph, List<Part> parts, Compiled[] nodes, int scratchLength, StateLayout layout) {
    this.graph = graph;
    this.parts = List.copyOf(parts);
    this.nodes = nodes;
    this.scratchLength = scratchLength;
    this.layout = layout;
    this.stateLength = layout.length();
  }

  /**
   * The tensors that a graph's weights hold, each named {@code node.tensor}.
   *
   * @throws IllegalArgumentException if the shapes don't fit; the message names the layer
   */
  public static List<TensorSpec> tensors(Graph graph) {
    Map<String, Shape> shapes = shapes(graph);
    List<TensorSpec> specs = new ArrayList<>();
    for (Graph.Node node : graph.nodes()) {
      for (TensorSpec spec : node.layer().tensors(shapes.get(node.reads()))) {
        specs.add(new TensorSpec(node.name() + "." + spec.name(), spec.dimensions()));
      }
    }
    return specs;
  }

  /**
   * The shape of the frames that a graph emits.
   *
   * @throws IllegalArgumentException if the shapes don't fit; the message names the layer
   */
  public static Shape outputShape(Graph graph) {
    return shapes(graph).get(graph.nodes().get(graph.nodes().size() - 1).name());
  }

  /** Frames that a graph emits per frame that comes in. */
  public static Rate rate(Graph graph) {
    Map<String, Rate> rates = new HashMap<>(Map.of(Graph.INPUT, Rate.ONE));
    Rate rate = Rate.ONE;
    for (Graph.Node node : graph.nodes()) {
      rate = rates.get(node.reads()).then(node.layer().rate());
      rates.put(node.name(), rate);
    }
    return rate;
  }

  /** The shape that each node emits, by name. */
  private static Map<String, Shape> shapes(Graph graph) {
    Map<String, Shape> shapes = new HashMap<>(Map.of(Graph.INPUT, graph.input()));
    for (Graph.Node node : graph.nodes()) {
      shapes.put(node.name(), output(node, shapes.get(node.reads())));
    }
    return shapes;
  }

  /**
   * Compiles a graph: checks shapes, packs weights, lays out the state.
   *
   * @param weights the weights of each node, by its name; they hold what {@link #tensors} names
   * @throws IllegalArgumentException if the shapes don't fit or the network is too large; the
   *     message names the layer
   */
  public static Network compile(Graph graph, Function<String, Weights> weights, Kernels kernels) {
    Map<String, Integer> indices = new HashMap<>(Map.of(Graph.INPUT, -1));
    List<Part> parts = new ArrayList<>();
    Compiled[] nodes = new Compiled[graph.nodes().size()];
    StateLayout layout = new StateLayout(List.of());
    int scratchLength = 0;
    for (int i = 0; i < nodes.length; i++) {
      Graph.Node node = graph.nodes().get(i);
      int reads = indices.get(node.reads());
      Shape input = reads < 0 ? graph.input() : parts.get(reads).output();
      Shape output = output(node, input);
      Step step = node.layer().step(input, weights.apply(node.name()), kernels);
      long maxFrames = step.maxFrames() * (reads < 0 ? 1L : nodes[reads].maxFrames);
      if (maxFrames * output.size() > MAX_FRAMES) {
        throw new IllegalArgumentException(
            where(node) + ": one record would give up to " + maxFrames + " frames of " + output);
      }
      int stateOffset = layout.length();
      layout = layout.with(node.name(), step.stateParts());
      if ((long) stateOffset + step.stateLength() > MAX_STATE) {
        throw new IllegalArgumentException(
            where(node) + ": the state of one key would hold more than " + MAX_STATE + " values");
      }
      nodes[i] =
          new Compiled(step, reads, input.size(), output.size(), stateOffset, (int) maxFrames);
      parts.add(part(node, reads < 0 ? null : parts.get(reads), input, output, step));
      scratchLength = Math.max(scratchLength, step.scratchLength());
      indices.put(node.name(), i);
    }
    return new Network(graph, parts, nodes, scratchLength, layout);
  }

  private static Shape output(Graph.Node node, Shape input) {
    try {
      return node.layer().output(input);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(where(node) + ": " + e.getMessage(), e);
    }
  }

  private static String where(Graph.Node node) {
    return "layer \"" + node.name() + "\" (" + node.layer().kind() + ")";
  }

  /** {@code before} is the node read, null for the network's input. */
  private static Part part(Graph.Node node, Part before, Shape input, Shape output, Step step) {
    Rate rate = before == null ? Rate.ONE : before.rate();
    try {
      return part(node, before, rate, input, output, step);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          where(node)
              + ": rate "
              + node.layer().rate()
              + " after rate "
              + rate
              + " is beyond what can be counted",
          e);
    }
  }

  private static Part part(
      Graph.Node node, Part before, Rate rate, Shape input, Shape output, Step step) {
    Layer layer = node.layer();
    long delay = before == null ? 0 : before.delayFrames();
    OptionalLong field = before == null ? OptionalLong.of(1) : before.receptiveField();
    OptionalLong reach =
        field.isPresent() && layer.receptiveField().isPresent()
            ? OptionalLong.of(
                field.getAsLong() + rate.inFrames(layer.receptiveField().getAsInt() - 1L))
            : OptionalLong.empty();
    return new Part(
        node.name(),
        layer,
        input,
        output,
        rate.then(layer.rate()),
        delay + rate.inFrames(layer.delayFrames()),
        reach,
        layer.tensors(input).stream().mapToLong(TensorSpec::size).sum(),
        step.stateLength(),
        layer.multiplyAdds(input) * rate.out() / rate.in());
  }

  /** What was compiled. */
  public Graph graph() {
    return graph;
  }

  /** The layers in order, with what compiling found out. */
  public List<Part> parts() {
    return parts;
  }

  /** The shape of the frames that come in. */
  public Shape input() {
    return graph.input();
  }

  /** The shape of the frames that go out. */
  public Shape output() {
    return last().output();
  }

  /** Frames out per frame in. */
  public Rate rate() {
    return last().rate();
  }

  /** Input frames by which the output lags. */
  public long delayFrames() {
    return last().delayFrames();
  }

  /** Input frames that one output frame depends on; empty where it is all that came before. */
  public OptionalLong receptiveField() {
    return last().receptiveField();
  }

  /** Learnt numbers. */
  public long parameters() {
    return parts.stream().mapToLong(Part::parameters).sum();
  }

  /** Multiplications with a weight per input frame, on average. */
  public double multiplyAddsPerFrame() {
    return parts.stream().mapToDouble(Part::multiplyAddsPerFrame).sum();
  }

  /** The most frames that one input frame gives. */
  public int maxFramesPerStep() {
    return nodes[nodes.length - 1].maxFrames;
  }

  /** The layout of a key's state. */
  public StateLayout stateLayout() {
    return layout;
  }

  /** Values in a key's state. */
  public int stateLength() {
    return stateLength;
  }

  /** Makes a state what it is before the first frame. */
  public void reset(float[] state) {
    checkState(state);
    Arrays.fill(state, 0, stateLength, 0f);
    for (Compiled node : nodes) {
      node.step.reset(state, node.stateOffset);
    }
  }

  /** A fresh state. */
  public float[] newState() {
    float[] state = new float[stateLength];
    reset(state);
    return state;
  }

  /** The scratch space of one thread. */
  public NetworkTask newTask() {
    return new NetworkTask(this);
  }

  /** A state may be longer than the network's part of it, which comes first. */
  void checkState(float[] state) {
    if (state.length < stateLength) {
      throw new IllegalArgumentException(
          "the state holds " + state.length + " values, the network needs " + stateLength);
    }
  }

  private Part last() {
    return parts.get(parts.size() - 1);
  }
}
