package dev.eddy.model.onnx;

import dev.eddy.layer.Shape;
import dev.eddy.model.ModelException;
import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.network.Graph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Lowers a graph with one axis of its input taken for time, or none. */
final class Attempt {
  private static final long[] LENGTHS = {840, 1260, 2520}; // what strides and upsampling divide
  private static final long LONGER = 100; // times as long, for long windows
  private static final long[] NO_TIME = {};

  private final OnnxModel model;
  private final StatePairs pairs;
  private final List<OnnxValue> wanted;
  private final OnnxValue first;
  private final int axis;
  private Lowering lowering;

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
      return alongTime(LENGTHS);
    } catch (TooShortException e) {
      try {
        return alongTime(Arrays.stream(LENGTHS).map(length -> length * LONGER).toArray());
      } catch (TooShortException again) {
        throw again.reason();
      }
    }
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
      lowering.put(
          stream.input.name(),
          new Frames(
              node, graph.shape(node), stream.input.type(), stream.dimensions, lengths, null));
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
