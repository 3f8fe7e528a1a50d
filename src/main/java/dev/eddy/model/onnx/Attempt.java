package dev.eddy.model.onnx;

import dev.eddy.layer.Axis;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Shape;
import dev.eddy.model.ModelException;
import dev.eddy.model.onnx.GraphBuilder.Weights;
import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.network.Graph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Lowers a graph with one axis of its input taken for time, or none. */
final class Attempt {
  private static final long[] LENGTHS = {840, 1260, 2520}; // what strides and upsampling divide
  private static final long[] OTHERS = {841, 1262, 2523}; // what they don't
  private static final long LONGER = 100; // times as long, for long windows
  private static final long[] NO_TIME = {};
  private static final int MAX_WINDOW = 1 << 16; // values
  private static final int MAX_WINDOW_TAPS = 1 << 24; // weights

  private static final Set<String> MEETING =
      Set.of(
          "Add",
          "Sub",
          "Mul",
          "Div",
          "Pow",
          "Max",
          "Min",
          "Sum",
          "Mean",
          "Where",
          "And",
          "Or",
          "Xor",
          "Equal",
          "Less",
          "LessOrEqual",
          "Greater",
          "GreaterOrEqual",
          "MatMul",
          "Gemm",
          "Einsum",
          "Reshape",
          "Resize",
          "Upsample",
          "SpaceToDepth");

  private final OnnxModel model;
  private final StatePairs pairs;
  private final List<OnnxValue> wanted;
  private final OnnxValue first;
  private final int axis;
  private Lowering lowering;
  private long scale; // of the lengths that were tried; 0 where the length is fixed

  Attempt(OnnxModel model, StatePairs pairs, List<OnnxValue> wanted, OnnxValue first, int axis) {
    this.model = model;
    this.pairs = pairs;
    this.wanted = wanted;
    this.first = first;
    this.axis = axis;
  }

  /** How many nodes were lowered, until it went wrong. */
  int lowered() {
    return lowering == null ? 0 : lowering.lowered();
  }

  /** The frames of an input: its dimensions, with time where it has it. */
  private record Stream(OnnxValue input, int[] dimensions) {

    int[] frame() {
      return Arrays.stream(dimensions).filter(dimension -> dimension != Frames.TIME).toArray();
    }
  }

  /**
   * A sequence of frames along the axis.
   *
   * @throws ModelException if that axis can't be time
   */
  Lowered alongTime() {
    long size = first.dimensions().get(axis).size();
    if (size >= 0) {
      return alongTime(new long[] {size});
    }
    try {
      scale = 1;
      return alongTime(LENGTHS);
    } catch (TooShortException e) {
      try {
        scale = LONGER;
        return alongTime(Arrays.stream(LENGTHS).map(length -> length * LONGER).toArray());
      } catch (TooShortException again) {
        throw again.reason();
      }
    }
  }

  /**
   * Tries lengths that strides don't divide: there the end of a sequence must be computed as it is
   * elsewhere, but where the file's own graph can't be.
   *
   * @param lowered what came of the others
   * @throws ModelException if how the end is computed depends on the length
   */
  void checkOtherLengths(Lowered lowered) {
    if (scale == 0 || !lowered.lowering().hasAskedLength()) {
      return;
    }
    List<Graph.Node> nodes = lowered.nodes();
    List<Graph.Node> others;
    try {
      others =
          alongTime(Arrays.stream(OTHERS).map(n -> n + (scale - 1) * LENGTHS[0]).toArray()).nodes();
    } catch (TooShortException | ModelException e) {
      if (lowering.current() != null && !mustMeet(lowering.current())) {
        throw e instanceof ModelException refusal ? refusal : ((TooShortException) e).reason();
      }
      if (lowering.current() != null
          && ResizeOperators.all().containsKey(lowering.current().op())) {
        ResizeOperators.note(model, lowering.current(), lowered.lowering(), lowered.length());
      }
      return;
    }
    for (int i = 0; i < Math.max(nodes.size(), others.size()); i++) {
      if (i >= nodes.size() || i >= others.size() || !nodes.get(i).equals(others.get(i))) {
        Graph.Node other = i < others.size() ? others.get(i) : nodes.get(i);
        throw model.error(
            "node \""
                + other.name()
                + "\" is computed differently where the length of the sequence is no multiple of "
                + LENGTHS[0]
                + ", which a stream does not know before its end; make what it does independent of"
                + " the length");
      }
    }
  }

  /** Whether a node can fail because its inputs don't have one length, as it would in the file. */
  private boolean mustMeet(OnnxNode node) {
    if (node.op().equals("Concat")) {
      long axis = node.integer("axis", 0);
      for (int input = 0; input < node.inputs().size(); input++) {
        if (lowering.find(node, input) instanceof Frames frames
            && frames.time() == (axis < 0 ? axis + frames.rank() : axis)) {
          return false;
        }
      }
      return true;
    }
    return MEETING.contains(node.op());
  }

  private Lowered alongTime(long[] lengths) {
    List<Stream> streams = new ArrayList<>();
    for (OnnxValue input : model.inputs()) {
      if (!pairs.isState(input.name())) {
        streams.add(new Stream(input, dimensions(input, timeOf(input))));
      }
    }
    begin(streams, lengths);
    for (OnnxValue input : model.inputs()) {
      if (pairs.isState(input.name())) {
        int[] dimensions =
            input.dimensions().stream().mapToInt(d -> (int) Math.max(1, d.size())).toArray();
        lowering.put(input.name(), new Value.Start(input.name(), input.type(), dimensions));
      }
    }
    List<OnnxValue> caches =
        model.inputs().stream()
            .filter(input -> pairs.isPaired(input.name()) && !pairs.isRecurrentState(input.name()))
            .toList();
    List<String> outputs = new ArrayList<>(wanted());
    caches.forEach(cache -> outputs.add(pairs.output(cache.name())));
    lowering.run(outputs);
    for (OnnxValue cache : caches) {
      String out = pairs.output(cache.name());
      if (!lowering.isCache(cache.name(), lowering.value(out))) {
        throw model.error(
            "the state \""
                + cache.name()
                + "\" does not go out, as \""
                + out
                + "\", as the last frames of what it is put before");
      }
    }
    return lowered(lengths[0], caches.stream().map(c -> pairs.output(c.name())).toList());
  }

  /** Of further inputs the axis of the same name, else at the same place, else of that length. */
  private int timeOf(OnnxValue input) {
    if (input == first) {
      return axis;
    }
    OnnxDimension time = first.dimensions().get(axis);
    int rank = input.dimensions().size();
    for (int other = 0; other < rank && !time.name().isEmpty(); other++) {
      if (input.dimensions().get(other).name().equals(time.name())) {
        return other;
      }
    }
    int[] same =
        IntStream.range(0, rank)
            .filter(other -> input.dimensions().get(other).size() == time.size())
            .toArray();
    if (same.length == 0) {
      throw model.error(
          "input \""
              + input.name()
              + "\" has no axis like the time axis of \""
              + first.name()
              + "\", and no recurrent operator starts from it");
    }
    return Parameters.contains(same, axis) ? axis : same[0];
  }

  private int[] dimensions(OnnxValue input, int time) {
    int rank = input.dimensions().size();
    int[] dimensions = new int[rank];
    for (int other = 0; other < rank; other++) {
      OnnxDimension dimension = input.dimensions().get(other);
      boolean batch = dimension.size() < 0 && (time == 0 ? other == 1 : other == 0);
      if (dimension.size() < 0 && other != time && !batch) {
        throw model.error(
            "input \""
                + input.name()
                + "\": axis "
                + other
                + (dimension.name().isEmpty() ? "" : " (\"" + dimension.name() + "\")")
                + " has no fixed length; only time, and a batch before the other axes, may be dynamic."
                + " Say which axis is time with --time-axis K");
      }
      dimensions[other] =
          other == time ? Frames.TIME : batch ? 1 : Math.toIntExact(dimension.size());
    }
    return dimensions;
  }

  /**
   * A graph for one step: each record is all of its input, and states are fed back.
   *
   * @throws ModelException if it can't be that either
   */
  Lowered oneStep() {
    List<Stream> streams = new ArrayList<>();
    for (OnnxValue input : model.inputs()) {
      if (!pairs.isPaired(input.name())) {
        streams.add(new Stream(input, ones(input)));
      }
    }
    begin(streams, NO_TIME);
    List<Fed> fed = new ArrayList<>();
    for (OnnxValue input : model.inputs()) {
      if (pairs.isPaired(input.name())) {
        int[] dimensions = ones(input);
        Shape shape = Shape.of(Movement.size(dimensions));
        lowering.graph.at(input.name());
        String node = lowering.graph.addPrevious(shape);
        Frames frames = new Frames(node, shape, input.type(), dimensions, NO_TIME, null);
        lowering.put(input.name(), frames);
        fed.add(new Fed(node, shape, pairs.output(input.name())));
      }
    }
    List<String> outputs = new ArrayList<>(wanted());
    fed.forEach(state -> outputs.add(state.output));
    lowering.run(outputs);
    for (Fed state : fed) {
      Frames frames = frames(state.output);
      if (frames.shape().size() != state.shape.size()) {
        throw model.error(
            "the state that goes out as \""
                + state.output
                + "\" has "
                + frames.shape().size()
                + " values, the one that comes in "
                + state.shape.size());
      }
      lowering.graph.at(state.output);
      lowering.graph.feed(state.node, lowering.as(frames, state.shape.size()));
    }
    lowering.graph.at("");
    return lowered(1, fed.stream().map(Fed::output).toList());
  }

  /**
   * The graph over each window of as many frames as the axis is long: what it makes of a window is
   * a frame, which comes with the window's last record.
   *
   * @throws ModelException if it can't be that either
   */
  Lowered overWindows() {
    int[] dimensions = ones(first);
    int window = dimensions[axis];
    int[] frame =
        IntStream.range(0, dimensions.length)
            .filter(i -> i != axis)
            .map(i -> dimensions[i])
            .toArray();
    int size = Movement.size(frame);
    if ((long) size * window > MAX_WINDOW || (long) size * window * window > MAX_WINDOW_TAPS) {
      throw model.error(
          "takes windows of "
              + window
              + " frames of "
              + size
              + " values as one, which is too large");
    }
    GraphBuilder graph = new GraphBuilder(OnnxImport.frame(List.of(frame)));
    lowering = new Lowering(model, graph, NO_TIME);
    graph.at(first.name());
    Conv taps = new Conv(size * window, List.of(new Axis(window, 1, 1, 0, 0)), size, false);
    Weights weights = Weights.NONE.with("weight", () -> identities(size, window));
    String node = graph.add(taps, graph.reshape(Graph.INPUT, Shape.of(size)), weights);
    int before = Movement.size(Arrays.copyOf(frame, axis));
    Movement movement =
        Movement.transpose(new int[] {before, size / before, window}, new int[] {0, 2, 1});
    node = graph.move(node, movement, 0);
    lowering.put(
        first.name(), new Frames(node, graph.shape(node), first.type(), dimensions, NO_TIME, null));
    lowering.run(wanted());
    graph.at("");
    return lowered(1, List.of());
  }

  /** For each value of a frame as many filters as taps, each of which gives one. */
  private static float[] identities(int size, int window) {
    float[] weights = new float[size * window * window];
    for (int i = 0; i < size * window; i++) {
      weights[i * window + i % window] = 1;
    }
    return weights;
  }

  boolean hasFilledWindow() {
    return lowering != null && lowering.hasFilledWindow();
  }

  boolean hasSeenTime() {
    return lowering != null && lowering.hasSeenTime();
  }

  private record Fed(String node, Shape shape, String output) {}

  private static int[] ones(OnnxValue input) {
    return input.dimensions().stream()
        .mapToInt(d -> Math.toIntExact(Math.max(1, d.size())))
        .toArray();
  }

  private void begin(List<Stream> streams, long[] lengths) {
    Shape shape = OnnxImport.frame(streams.stream().map(Stream::frame).toList());
    GraphBuilder graph = new GraphBuilder(shape);
    lowering = new Lowering(model, graph, lengths);
    int start = 0;
    for (Stream stream : streams) {
      int size = Movement.size(stream.frame());
      String node = Graph.INPUT;
      if (streams.size() > 1) {
        graph.at(stream.input.name());
        node =
            graph.move(Graph.INPUT, Movement.slice(new int[] {shape.size()}, 0, start, 1, size), 0);
        start += size;
      }
      Frames frames =
          new Frames(
              node, graph.shape(node), stream.input.type(), stream.dimensions, lengths, null);
      lowering.put(stream.input.name(), frames);
      if (stream.input == first) {
        lowering.putStream(frames);
      }
    }
  }

  private List<String> wanted() {
    return wanted.stream().map(OnnxValue::name).toList();
  }

  private Frames frames(String output) {
    Value value = lowering.value(output);
    if (value instanceof Frames frames) {
      return frames;
    }
    if (value instanceof Value.Centred centred) {
      throw centred.refusal();
    }
    throw model.error("output \"" + output + "\" does not depend on the records");
  }

  private Lowered lowered(long length, List<String> states) {
    List<String> names = new ArrayList<>();
    List<Frames> outputs = new ArrayList<>();
    for (OnnxValue output : wanted) {
      Value value = lowering.value(output.name());
      if (states.contains(output.name())
          || value instanceof Value.Rest
          || value instanceof Value.Start) {
        continue;
      }
      names.add(output.name());
      outputs.add(frames(output.name()));
    }
    boolean one = lowering.lengths == 1 && length > 1;
    long fixedLength = one ? length : 0;
    if (outputs.isEmpty()) {
      throw model.error("has no output besides its states");
    }
    return new Lowered(lowering, names, outputs, length, fixedLength, lowering.hasSeenTime());
  }
}
