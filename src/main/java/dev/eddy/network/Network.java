package dev.eddy.network;

import dev.eddy.kernel.Kernels;
import dev.eddy.kernel.WeightStore;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Merge;
import dev.eddy.layer.MergeStep;
import dev.eddy.layer.Operation;
import dev.eddy.layer.Previous;
import dev.eddy.layer.Rate;
import dev.eddy.layer.Reach;
import dev.eddy.layer.Shape;
import dev.eddy.layer.StatePart;
import dev.eddy.layer.Step;
import dev.eddy.layer.TensorSpec;
import dev.eddy.layer.Weights;
import java.util.ArrayList;
import java.util.Arrays;
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
   * A node in its place, with what compiling found out about it.
   *
   * @param name its name in the graph
   * @param operation what it computes
   * @param input the shape that comes in; of a merge, from the first that it reads
   * @param output the shape that goes out
   * @param rate frames that go out per frame into the network
   * @param delayFrames frames into the network by which this output lags
   * @param reach frames into the network that one output depends on, around its place
   * @param parameters learnt numbers
   * @param stateLength values of state
   * @param multiplyAddsPerFrame multiplications with a weight per frame into the network, on
   *     average
   */
  public record Part(
      String name,
      Operation operation,
      Shape input,
      Shape output,
      Rate rate,
      long delayFrames,
      Reach reach,
      long parameters,
      int stateLength,
      double multiplyAddsPerFrame) {

    /** Frames into the network that one output depends on at most; empty if unbounded. */
    public OptionalLong receptiveField() {
      return reach.field();
    }

    /**
     * Frames into the network after which this node's own warm-up is over, counted generously;
     * {@code Long.MAX_VALUE} if they are too many to count.
     */
    long ownReach() {
      Layer layer = (Layer) operation;
      Rate before = rate; // at most as many frames come in as go out, times the layer's own rate
      long ahead = (long) Math.max(0, layer.reach(input).future());
      long own = layer.receptiveField(input).orElse(1) + ahead + 2L * layer.delayFrames(input) + 1;
      try {
        return before.inFrames(Math.multiplyExact(own, Math.max(1, layer.rate(input).out())));
      } catch (ArithmeticException e) {
        return Long.MAX_VALUE;
      }
    }

    private Part with(int stateLength, double multiplyAddsPerFrame) {
      return new Part(
          name,
          operation,
          input,
          output,
          rate,
          delayFrames,
          reach,
          parameters,
          stateLength,
          multiplyAddsPerFrame);
    }
  }

  private static final int MAX_WRITTEN = 1 << 20; // values that a node writes at once
  static final long MAX_BUFFERS = 1L << 26; // values that all nodes write at once, 256 MB
  private static final long MAX_STATE = 1L << 28;

  final Compiled[] nodes;
  final int scratchLength;
  final int last; // whose frames go out
  private final Graph graph;
  private final Map<String, String> folded;
  private final List<Part> parts;
  private final StateLayout layout;
  private final int stateLength;

  private Network(
      Graph graph,
      List<Part> parts,
      Compiled[] nodes,
      int scratchLength,
      StateLayout layout,
      Folding folding) {
    this.graph = graph;
    this.last = folding.standsFor(nodes.length - 1);
    this.folded = folding.names(graph);
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
    List<TensorSpec> specs = new ArrayList<>();
    for (Part part : Analysis.parts(graph)) {
      for (TensorSpec spec : Analysis.tensors(part.operation(), part.input())) {
        specs.add(new TensorSpec(part.name() + "." + spec.name(), spec.dimensions()));
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
    return last(Analysis.parts(graph)).output();
  }

  /**
   * Frames that a graph emits per frame that comes in.
   *
   * @throws IllegalArgumentException if the shapes don't fit; the message names the layer
   */
  public static Rate rate(Graph graph) {
    return last(Analysis.parts(graph)).rate();
  }

  /**
   * By how many frames the output of a graph of rate 1 is behind its input, at worst, while a
   * sequence goes on: what it waits for before the first, and what it looks ahead.
   *
   * @throws IllegalArgumentException if the shapes don't fit, or the lag is too long to be counted;
   *     the message names the layer
   */
  public static long lagFrames(Graph graph) {
    return Timing.lag(graph, Analysis.reads(graph), Analysis.parts(graph));
  }

  /**
   * When the frames of a graph come, beside those that go in.
   *
   * @throws IllegalArgumentException if the shapes don't fit, or the lag is too long to be counted;
   *     the message names the layer
   */
  public static OutputSchedule schedule(Graph graph) {
    return Timing.schedule(graph, Analysis.reads(graph), Analysis.parts(graph));
  }

  /**
   * Compiles a graph: checks shapes, packs weights, lays out the state.
   *
   * @param learnt the weights of each node, by its name; they hold what {@link #tensors} names
   * @throws IllegalArgumentException if the shapes don't fit or the network is too large; the
   *     message names the layer
   */
  public static Network compile(Graph graph, Function<String, Weights> learnt, Kernels kernels) {
    List<Part> parts = new ArrayList<>(Analysis.parts(graph));
    WeightStore store = WeightStore.ofAbout(parts.stream().mapToLong(Part::parameters).sum());
    Function<String, Weights> weights = name -> new StoredWeights(learnt.apply(name), store);
    int count = parts.size();
    int[][] reads = Analysis.reads(graph);
    int[][] waiting = Timing.queues(graph, reads, parts);
    Folding folding = Folding.of(graph, parts, weights, store, kernels);
    folding.redirect(reads);

    Compiled[] nodes = new Compiled[count];
    Map<String, Integer> places = Analysis.places(graph);
    List<StatePart> layout = new ArrayList<>();
    int stateOffset = 0;
    int scratchLength = 0;
    long buffers = 0;
    for (int i = 0; i < count; i++) {
      Graph.Node node = graph.nodes().get(i);
      Part part = parts.get(i);
      List<Shape> shapes = new ArrayList<>();
      long come = Long.MAX_VALUE;
      for (int port = 0; port < reads[i].length; port++) {
        int read = reads[i][port];
        shapes.add(read < 0 ? graph.input() : parts.get(read).output());
        long kept = waiting[i].length == 0 ? 0 : waiting[i][port];
        come = Math.min(come, kept + (read < 0 ? 1L : nodes[read].maxFrames));
      }
      int[] sizes = shapes.stream().mapToInt(Shape::size).toArray();
      int size = part.output().size();
      List<StatePart> state;
      if (folding.standsFor(i) != i) {
        state = List.of();
        nodes[i] = new Compiled.OfFolded(reads[i], size);
      } else if (node.operation() instanceof Layer layer) {
        Step step =
            folding.isFolded(i)
                ? folding.step(i)
                : step(node, layer, part.input(), weights, kernels);
        int frames = checkedFrames(node, come * step.maxFrames(), part.output());
        scratchLength = Math.max(scratchLength, step.scratchLength());
        state = step.stateParts();
        nodes[i] = new Compiled.OfLayer(reads[i], sizes, size, frames, step, stateOffset);
      } else if (node.operation() instanceof Previous previous) {
        state = previous.stateParts();
        nodes[i] =
            new Compiled.OfPrevious(
                reads[i],
                size,
                folding.standsFor(places.get(node.reads().get(0))),
                previous.start(weights.apply(node.name())),
                stateOffset);
      } else {
        MergeStep merge = ((Merge) node.operation()).step(shapes);
        int frames = checkedFrames(node, come, part.output());
        state = queueParts(node, waiting[i], sizes);
        nodes[i] =
            new Compiled.OfMerge(reads[i], sizes, size, frames, merge, waiting[i], stateOffset);
      }
      buffers += (long) nodes[i].maxFrames * size;
      if (buffers > MAX_BUFFERS) {
        throw buffersTooLarge(node);
      }
      long stateLength = state.stream().mapToLong(StatePart::length).sum();
      if (stateOffset + stateLength > MAX_STATE) {
        throw stateTooLarge(node);
      }
      layout.addAll(StateLayout.named(node.name(), state));
      stateOffset += (int) stateLength;
      double multiplyAdds = folding.standsFor(i) == i ? part.multiplyAddsPerFrame() : 0;
      parts.set(i, part.with((int) stateLength, multiplyAdds));
    }
    return new Network(graph, parts, nodes, scratchLength, new StateLayout(layout), folding);
  }

  /** Some values can't be: a layer says which, here it is said where. */
  static Step step(
      Graph.Node node,
      Layer layer,
      Shape input,
      Function<String, Weights> weights,
      Kernels kernels) {
    try {
      return layer.step(input, weights.apply(node.name()), kernels);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(where(node) + ": " + e.getMessage(), e);
    }
  }

  private static int checkedFrames(Graph.Node node, long frames, Shape output) {
    if (frames > MAX_WRITTEN / output.size()) {
      throw new IllegalArgumentException(
          where(node) + ": one record would give up to " + frames + " frames of " + output);
    }
    return (int) frames;
  }

  private static List<StatePart> queueParts(Graph.Node node, int[] capacities, int[] sizes) {
    List<StatePart> parts = new ArrayList<>();
    for (int port = 0; port < capacities.length; port++) {
      long length = FrameQueue.length(capacities[port], sizes[port]);
      if (length > MAX_STATE) {
        throw stateTooLarge(node);
      }
      if (length > 0) {
        parts.add(new StatePart("waiting" + port, (int) length));
      }
    }
    return parts;
  }

  private static IllegalArgumentException buffersTooLarge(Graph.Node node) {
    return new IllegalArgumentException(
        where(node)
            + ": the frames that one record gives, in this layer and those before it, would take"
            + " more than "
            + MAX_BUFFERS
            + " values");
  }

  private static IllegalArgumentException stateTooLarge(Graph.Node node) {
    return new IllegalArgumentException(
        where(node) + ": the state of one key would hold more than " + MAX_STATE + " values");
  }

  static String where(Graph.Node node) {
    return "layer \"" + node.name() + "\" (" + node.operation().kind() + ")";
  }

  /** What was compiled. */
  public Graph graph() {
    return graph;
  }

  /** The layers in order, with what compiling found out. */
  public List<Part> parts() {
    return parts;
  }

  /**
   * The nodes that others do the work of, each with the one that does: a batch normalisation whose
   * scale is in the weights of the layer before it.
   */
  public Map<String, String> folded() {
    return folded;
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

  /** Input frames that one output depends on at most; empty where it is all that came before. */
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
    return nodes[last].maxFrames;
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
      if (node instanceof Compiled.OfLayer layer) {
        layer.step.reset(state, layer.stateOffset);
      } else if (node instanceof Compiled.OfPrevious previous) {
        previous.reset(state);
      }
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

  /**
   * The scratch space of one thread that steps several keys at once.
   *
   * @param keys the most keys that it steps in one call, at least 1
   * @throws IllegalArgumentException if it would take too much memory
   */
  public NetworkBatch newBatch(int keys) {
    return new NetworkBatch(this, keys);
  }

  /** A state may be longer than the network's part of it, which comes first. */
  void checkState(float[] state) {
    if (state.length < stateLength) {
      throw new IllegalArgumentException(
          "the state holds " + state.length + " values, the network needs " + stateLength);
    }
  }

  private Part last() {
    return last(parts);
  }

  private static Part last(List<Part> parts) {
    return parts.get(parts.size() - 1);
  }
}
