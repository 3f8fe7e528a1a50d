package dev.eddy.model.onnx;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Arithmetic;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Operand;
import dev.eddy.layer.Rearrange;
import dev.eddy.layer.Shape;
import dev.eddy.model.ModelException;
import dev.eddy.model.onnx.GraphBuilder.Weights;
import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.model.onnx.Value.Known;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One attempt to lower a file's graph, given which axis of each input is time: what is known of
 * each tensor so far, and the graph that is being made.
 *
 * <p>The file's tensors have dimensions; of ours, each record makes one frame. A tensor that
 * depends on the records becomes {@link Frames}: which of its axes is time is followed through the
 * graph, and the others are the dimensions of a frame. What does not depend on the records is
 * computed right away, at several lengths of the sequence at once, so that arithmetic on shapes
 * needs no algebra: what is the same at all lengths is a constant, and what grows with them speaks
 * of time.
 */
final class Lowering {
  private static final int LARGE = 1 << 12; // values
  private static final long MAX_WORK = 1 << 24; // values, besides 16 times the weights
  private static final long MAX_MADE = 1 << 23; // values, besides what weights become

  final OnnxModel model;
  final GraphBuilder graph;
  final long[] tried; // lengths of the sequence; none in a graph for one step
  final int lengths; // how many
  private final Map<String, Value> values = new HashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();
  private final Map<String, Tail> tails = new HashMap<>();
  private final Map<String, Tail> caches = new HashMap<>(); // by the name of the state
  private final Map<String, Frames> firsts = new HashMap<>(); // by the node that picks the first
  private final Map<String, Integer> unread = new HashMap<>(); // readers yet to come
  private final Map<String, OnnxNode> makers = new HashMap<>(); // made when asked for
  private Frames stream;
  private int lowered;
  private long held; // values of initializers
  private long worked; // values that were looked at
  private long spent; // values of constants made
  private OnnxNode current; // that is being lowered, or was the last
  private boolean fillsWindow; // it failed where the frames of a window become one row of values
  private boolean asksLength; // a constant was made of the length of the sequence
  private final List<String> notes = new ArrayList<>();
  private boolean sawTime; // an operator that only time can be fed to was found on the time axis

  Lowering(OnnxModel model, GraphBuilder graph, long[] tried) {
    this.model = model;
    this.graph = graph;
    this.tried = tried;
    this.lengths = Math.max(1, tried.length);
    model.initializers().forEach((name, tensor) -> values.put(name, Known.of(tensor)));
    model.initializers().values().forEach(tensor -> held += tensor.size());
    for (OnnxNode node : model.nodes()) {
      node.inputs().forEach(input -> readers.merge(input, 1, Integer::sum));
    }
    model.outputs().forEach(output -> readers.merge(output.name(), 1, Integer::sum));
    unread.putAll(readers);
  }

  /** Lowers the nodes that some outputs need. */
  void run(List<String> outputs) {
    List<OnnxNode> needed = needed(outputs);
    needed.forEach(Operators::check); // before anything is computed
    for (OnnxNode node : needed) {
      graph.at(node.name());
      current = node;
      try {
        Operators.lower(node, this);
        lowered++;
        forgetRead(node);
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw node.error(e.getMessage());
      } catch (IllegalStateException
          | IndexOutOfBoundsException
          | NegativeArraySizeException
          | NullPointerException
          | ClassCastException e) { // no check met it; fuzzing takes such a message for a find
        throw node.error("is invalid: its inputs or attributes don't fit each other (" + e + ")");
      }
    }
    graph.at("");
  }

  /** Lets go of large constants that nobody reads any more; layers hold what they need of them. */
  private void forgetRead(OnnxNode node) {
    for (String input : node.inputs()) {
      if (unread.merge(input, -1, Integer::sum) == 0
          && values.get(input) instanceof Known known
          && known.isFixed()
          && known.sample(0).size() > LARGE) {
        values.remove(input);
      }
    }
  }

  /** The nodes that outputs depend on; each comes after what it reads. */
  private List<OnnxNode> needed(List<String> outputs) {
    Set<String> read = new HashSet<>(outputs);
    Deque<OnnxNode> needed = new ArrayDeque<>();
    for (int i = model.nodes().size() - 1; i >= 0; i--) {
      OnnxNode node = model.nodes().get(i);
      read.remove(""); // an output that is left out
      if (node.outputs().stream().anyMatch(read::contains)) {
        read.addAll(node.inputs());
        needed.addFirst(node);
      }
    }
    return List.copyOf(needed);
  }

  /** Counts values that folding makes; what a file doesn't hold must not fill the memory. */
  void spend(OnnxNode node, long values) {
    spent += values;
    if (spent > MAX_MADE + 4 * held) {
      throw node.error(
          "the constants made up to here have more than "
              + (MAX_MADE + 4 * held)
              + " values, which is too many");
    }
  }

  /** The node that is being lowered, or was the last; null before the first. */
  OnnxNode current() {
    return current;
  }

  /** All frames of a sequence of fixed length become one row of values, or are weighted as such. */
  void fillsWindow() {
    fillsWindow = tried.length == 1;
  }

  boolean hasFilledWindow() {
    return fillsWindow;
  }

  /** A constant is made of the length of the sequence. */
  void asksLength() {
    asksLength = true;
  }

  boolean hasAskedLength() {
    return asksLength;
  }

  /**
   * Counts values that are looked at to make constants, or to find out what they are; a small file
   * must not keep anybody busy.
   */
  void work(OnnxNode node, long values) {
    worked += values;
    if (worked > MAX_WORK + 16 * held) {
      throw node.error(
          "the constants up to here are worked on with more than "
              + (MAX_WORK + 16 * held)
              + " values, which is too many");
    }
  }

  /** Values that the file holds, and that were made of them. */
  long constants() {
    return held + spent;
  }

  /** The node that makes a tensor; null where none does. */
  OnnxNode maker(String tensor) {
    if (makers.isEmpty()) {
      for (OnnxNode node : model.nodes()) {
        node.outputs().forEach(output -> makers.put(output, node));
      }
    }
    return makers.get(tensor);
  }

  /** How many nodes were lowered so far. */
  int lowered() {
    return lowered;
  }

  /** The version of the operators. */
  long opset() {
    return model.opset();
  }

  /** Something that whoever reads the file should know. */
  void note(String note) {
    notes.add(note);
  }

  List<String> notes() {
    return notes;
  }

  /** A recurrence or a window was found to move along the time axis. */
  void sawTime() {
    sawTime = true;
  }

  boolean hasSeenTime() {
    return sawTime;
  }

  /** How many nodes, and outputs of the graph, read a tensor. */
  int readers(String tensor) {
    return readers.getOrDefault(tensor, 0);
  }

  void put(String tensor, Value value) {
    values.put(tensor, value);
  }

  void put(OnnxNode node, Value value) {
    put(node, 0, value);
  }

  void put(OnnxNode node, int output, Value value) {
    if (output < node.outputs().size() && !node.outputs().get(output).isEmpty()) {
      values.put(node.outputs().get(output), value);
    }
  }

  boolean hasOutput(OnnxNode node, int output) {
    return output < node.outputs().size()
        && !node.outputs().get(output).isEmpty()
        && readers(node.outputs().get(output)) > 0;
  }

  Value value(String tensor) {
    return values.get(tensor);
  }

  boolean has(OnnxNode node, int input) {
    return input < node.inputs().size() && !node.inputs().get(input).isEmpty();
  }

  /** An input; null where it is left out. */
  Value find(OnnxNode node, int input) {
    return has(node, input) ? values.get(node.inputs().get(input)) : null;
  }

  Value value(OnnxNode node, int input) {
    if (!has(node, input)) {
      throw node.error("input " + input + " is missing");
    }
    Value value = values.get(node.inputs().get(input));
    if (value == null) {
      throw node.error("input \"" + node.inputs().get(input) + "\" has no value here");
    }
    if (value instanceof Value.Centred centred) {
      throw centred.refusal();
    }
    return value;
  }

  /** An input that must depend on the records. */
  Frames frames(OnnxNode node, int input) {
    if (value(node, input) instanceof Frames frames) {
      return frames;
    }
    if (value(node, input) instanceof Known) {
      throw node.error(
          "input \""
              + node.inputs().get(input)
              + "\" is a constant; only what depends on the"
              + " records is supported there");
    }
    throw startUsed(node, node.inputs().get(input));
  }

  static ModelException startUsed(OnnxNode node, String input) {
    return node.error(
        "reads \"" + input + "\", a state that only recurrent operators may start from or end in");
  }

  /** An input that must be the same for all records; null where it is left out. */
  Known known(OnnxNode node, int input) {
    Value value = find(node, input);
    if (value == null && !has(node, input) || value instanceof Known) {
      return (Known) value;
    }
    throw node.error(
        "input \""
            + node.inputs().get(input)
            + "\" depends on the records; only a constant is"
            + " supported there");
  }

  /** An input that must be a constant, whatever the length of the sequence; null if left out. */
  OnnxTensor constant(OnnxNode node, int input) {
    Known known = known(node, input);
    if (known != null && !known.isFixed()) {
      throw node.error(
          "input \""
              + node.inputs().get(input)
              + "\" depends on the length of the sequence, which a"
              + " stream has not; only a constant is supported there");
    }
    return known == null ? null : known.sample(0);
  }

  OnnxTensor neededConstant(OnnxNode node, int input) {
    value(node, input);
    return constant(node, input);
  }

  /** A constant that holds weights. */
  OnnxTensor weights(OnnxNode node, int input, int... dimensions) {
    OnnxTensor tensor = neededConstant(node, input);
    if (!tensor.type().isFloat()) {
      throw node.error(
          "input \""
              + node.inputs().get(input)
              + "\" must have a float type, got "
              + tensor.type());
    }
    boolean fits = tensor.rank() == dimensions.length;
    for (int axis = 0; fits && axis < dimensions.length; axis++) {
      fits = dimensions[axis] < 0 || dimensions[axis] == tensor.dimensions()[axis];
    }
    if (!fits) {
      throw node.error(
          "input \""
              + node.inputs().get(input)
              + "\" has shape "
              + Arrays.toString(tensor.dimensions())
              + ", expected "
              + Arrays.toString(dimensions).replace("-1", "any"));
    }
    return tensor;
  }

  /** Frames that a layer makes of others, which have the shape that it takes. */
  Frames layer(Frames from, String reads, Layer layer, Weights weights, int... dimensions) {
    return made(from, graph.add(layer, reads, weights), dimensions);
  }

  /** Frames of a node, of the type and the length of others. */
  Frames made(Frames from, String node, int... dimensions) {
    return new Frames(node, graph.shape(node), from.type(), dimensions, from.lengths(), from.end());
  }

  Frames map(Frames from, Activation activation) {
    return layer(
        from, from.node(), new ActivationLayer(activation), Weights.NONE, from.dimensions());
  }

  /** The node of frames, seen under a shape. */
  String as(Frames frames, int... shape) {
    return graph.reshape(frames.node(), Shape.of(shape));
  }

  /** All values of a frame as channels. */
  String flat(Frames frames) {
    return as(frames, frames.shape().size());
  }

  /** Frames whose values are those of others elsewhere. */
  Frames move(Frames from, Movement movement, float fill, int... dimensions) {
    return made(from, graph.move(from.node(), movement, fill), dimensions);
  }

  /** Frames that hold the same values at all times, as many and as long as others. */
  Frames constant(Frames like, float[] values, int... dimensions) {
    Shape shape = Shape.of(values.length);
    float first = values[0];
    boolean same = true;
    for (float value : values) {
      same &= value == first;
    }
    String node = constantFrames(like.node(), same ? first : 0f, values.length);
    if (!same) {
      node =
          graph.add(
              new Arithmetic(Merge.How.ADD, Operand.FRAME, false),
              node,
              Weights.NONE.with("operand", () -> values));
    }
    return new Frames(node, shape, ElementType.FLOAT, dimensions, like.lengths(), like.end());
  }

  /** A frame of one value for each that a node gives. */
  String constantFrames(String like, float value) {
    return constantFrames(like, value, 1);
  }

  String constantFrames(String like, float value, int count) {
    Weights index =
        Weights.NONE.with(
            "index",
            () -> {
              float[] none = new float[count];
              Arrays.fill(none, Movement.NONE);
              return none;
            });
    return graph.add(new Rearrange(Shape.of(count), value), like, index);
  }

  /** Refuses to let frames meet that don't come at the same times. */
  void checkMeet(OnnxNode node, List<Frames> all) {
    Frames first = all.get(0);
    for (Frames frames : all) {
      if ((frames.end() == null) != (first.end() == null)) {
        String end = frames.end() == null ? first.end() : frames.end();
        throw node.error(
            "needs at every time step what "
                + end
                + " knows at the end of the sequence only, along the time axis; a stream would have to"
                + " wait for the end. Take it over the channels, or over a window of past frames");
      }
      if (!Arrays.equals(frames.lengths(), first.lengths())) {
        throw node.error(
            "its inputs "
                + first.text()
                + " and "
                + frames.text()
                + " have different lengths along the time axis: "
                + Arrays.toString(first.lengths())
                + " and "
                + Arrays.toString(frames.lengths())
                + " frames");
      }
    }
  }

  /** The last frames of what a node gives. */
  record Tail(String of, int count) {}

  /** A node gives the last frames of another, side by side, once. */
  void putTail(String node, Tail tail) {
    tails.put(node, tail);
  }

  /** The frames of the model's first input. */
  void putStream(Frames stream) {
    this.stream = stream;
  }

  /** The frames of the model's first input; null in a graph over windows. */
  Frames stream() {
    return stream;
  }

  /** A node gives the first of some frames. */
  void putFirst(String node, Frames from) {
    firsts.put(node, from);
  }

  /** The frames of which a node gives the first; null where it gives another. */
  Frames first(String node) {
    return firsts.get(node);
  }

  /** A state stood before the frames of a sequence, as so many frames of zeros. */
  void putCache(String state, Tail frames) {
    caches.put(state, frames);
  }

  /** Whether a state that comes in as frames before the sequence goes out as the last of them. */
  boolean isCache(String state, Value out) {
    Tail frames = caches.get(state);
    return frames != null && out instanceof Frames end && frames.equals(tails.get(end.node()));
  }

  /** The dimensions of a value when the sequence has one of the lengths tried. */
  int[] dimensions(Value value, int length) {
    if (value instanceof Frames frames) {
      int[] dimensions = frames.dimensions().clone();
      if (frames.hasTime()) {
        dimensions[frames.time()] = Math.toIntExact(frames.lengths()[length]);
      }
      return dimensions;
    }
    if (value instanceof Known known) {
      return known.sample(length).dimensions();
    }
    if (value instanceof Value.Start start) {
      return start.dimensions().clone();
    }
    if (value instanceof Value.Centred centred) {
      return dimensions(centred.of(), length);
    }
    throw new IllegalArgumentException("reads a state that only a graph output may be");
  }
}
