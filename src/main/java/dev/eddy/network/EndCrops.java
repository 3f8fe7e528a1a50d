package dev.eddy.network;

import dev.eddy.layer.Axis;
import dev.eddy.layer.Clock;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Operation;
import dev.eddy.layer.Pool;
import dev.eddy.layer.Previous;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Stack;
import dev.eddy.layer.TimePad;
import dev.eddy.layer.TimeSlice;
import dev.eddy.layer.Unstack;
import dev.eddy.layer.Upsample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes out of a graph the waits that it does not need: frames that are made at the end of a
 * sequence only to be dropped.
 *
 * <p>A slice that drops the last frames has to hold as many back, since any of them could be the
 * last. But where they are the end of a padded convolution ("chomp", the usual way of writing a
 * causal one), not making them is the same and needs no wait. So what is dropped is carried against
 * the flow, from each node to those it reads: as many frames as all of its readers drop need not be
 * made, and padding behind the sequence is the first to go. What is left after that is really
 * unknown until later frames come, and stays a slice.
 *
 * <p>Zeros put before and behind a sequence for a convolution alone become its padding.
 */
public final class EndCrops {
  private final Graph graph;
  private final Map<String, Shape> shapes = new HashMap<>();
  private final Map<String, List<Reader>> readers = new HashMap<>();
  private final Map<String, Cropped> cropped = new HashMap<>();

  private record Reader(String node, int port) {}

  /**
   * A node that makes fewer frames.
   *
   * @param operation what makes them
   * @param dropped frames that it doesn't make at the end
   * @param unread frames of what it reads, at the end, that it doesn't need for that
   */
  private record Cropped(Operation operation, long dropped, long unread) {}

  private EndCrops(Graph graph) {
    this.graph = graph;
    shapes.put(Graph.INPUT, graph.input());
    for (Graph.Node node : graph.nodes()) {
      for (int port = 0; port < node.reads().size(); port++) {
        readers
            .computeIfAbsent(node.reads().get(port), read -> new ArrayList<>())
            .add(new Reader(node.name(), port));
      }
      List<Shape> inputs = node.reads().stream().map(shapes::get).toList(); // null if fed back
      shapes.put(node.name(), output(node.operation(), inputs));
    }
  }

  private static Shape output(Operation operation, List<Shape> inputs) {
    if (operation instanceof Previous previous) {
      return previous.shape();
    }
    return operation instanceof Layer layer
        ? layer.output(inputs.get(0))
        : ((Merge) operation).output(inputs);
  }

  /** A graph that emits the same frames, none later and some earlier; names stay. */
  public static Graph absorb(Graph graph) {
    boolean crops =
        graph.nodes().stream()
            .anyMatch(n -> n.operation() instanceof TimeSlice || n.operation() instanceof TimePad);
    return crops ? new EndCrops(withoutPads(graph)).cropped() : graph;
  }

  private Graph cropped() {
    List<Graph.Node> nodes = graph.nodes();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Graph.Node node = nodes.get(i);
      long wanted = unread(node.name());
      Shape input = shapes.get(node.reads().get(0));
      cropped.put(node.name(), crop(node.operation(), input, Math.max(0, wanted)));
    }
    return rebuilt();
  }

  /** Frames at a node's end that none of its readers needs; the last node's are all needed. */
  private long unread(String node) {
    long least = Long.MAX_VALUE;
    for (Reader reader : readers.getOrDefault(node, List.of())) {
      Cropped crop = cropped.get(reader.node);
      least = Math.min(least, crop == null ? 0 : crop.unread); // feedback reads what comes later
    }
    boolean last = node.equals(graph.nodes().get(graph.nodes().size() - 1).name());
    return last || least == Long.MAX_VALUE ? 0 : least;
  }

  private Graph rebuilt() {
    Map<String, String> renamed = new HashMap<>();
    Set<String> slices = new HashSet<>();
    List<Graph.Node> made = new ArrayList<>();
    String last = graph.nodes().get(graph.nodes().size() - 1).name();
    for (Graph.Node node : graph.nodes()) {
      Cropped crop = cropped.get(node.name());
      List<String> reads = new ArrayList<>();
      for (String read : node.reads()) {
        long done = read.equals(Graph.INPUT) ? 0 : cropped.get(read).dropped;
        String from = renamed.getOrDefault(read, read);
        reads.add(sliced(from, (int) (crop.unread - done), slices, made));
      }
      boolean nothing = crop.operation.equals(new TimeSlice(0, 0, 1));
      if (nothing && !node.name().equals(last)) {
        renamed.put(node.name(), reads.get(0));
      } else {
        made.add(new Graph.Node(node.name(), crop.operation, reads));
      }
    }
    made.replaceAll(
        node ->
            node.operation() instanceof Previous previous
                ? new Graph.Node(
                    node.name(),
                    previous,
                    renamed.getOrDefault(node.reads().get(0), node.reads().get(0)))
                : node);
    return new Graph(graph.input(), made);
  }

  private static String sliced(String read, int frames, Set<String> slices, List<Graph.Node> made) {
    if (frames == 0) {
      return read;
    }
    String name = (read.isEmpty() ? "input" : read) + ":end-" + frames;
    if (slices.add(name)) {
      made.add(new Graph.Node(name, new TimeSlice(0, frames, 1), read));
    }
    return name;
  }

  /** What makes as many frames fewer as it can, {@code wanted} at most. */
  private static Cropped crop(Operation operation, Shape input, long wanted) {
    if (operation instanceof TimeSlice slice) {
      TimeSlice open = new TimeSlice(slice.start(), 0, slice.step());
      return new Cropped(open, wanted, slice.end() + wanted * slice.step());
    }
    if (operation instanceof Previous) {
      return new Cropped(operation, 0, 0);
    }
    if (!(operation instanceof Layer layer) || wanted == 0) {
      return new Cropped(operation, wanted, wanted);
    }
    if (layer instanceof TimePad pad) {
      return crop(pad, wanted);
    }
    if (layer instanceof Conv conv && isOverTime(conv.axes(), input)) {
      Axis time = conv.axes().get(0);
      List<Axis> axes = withTime(conv.axes(), after(time, fewer(time, wanted)));
      Conv left = new Conv(conv.filters(), axes, conv.groups(), conv.bias());
      return new Cropped(left, wanted, wanted * time.stride() - fewer(time, wanted));
    }
    if (layer instanceof Pool pool && isOverTime(pool.axes(), input)) {
      Axis time = pool.axes().get(0);
      List<Axis> axes = withTime(pool.axes(), after(time, fewer(time, wanted)));
      Pool left = new Pool(pool.how(), axes, pool.countPadding());
      return new Cropped(left, wanted, wanted * time.stride() - fewer(time, wanted));
    }
    if (layer instanceof Deconv deconv && isOverTime(deconv.axes(), input)) {
      return crop(deconv, wanted);
    }
    if (layer instanceof Stack stack) {
      return new Cropped(layer, wanted, wanted * stack.frames());
    }
    if (layer instanceof Unstack unstack) {
      return whole(layer, unstack.frames(), wanted);
    }
    if (layer instanceof Upsample upsample && upsample.mode() == Upsample.Mode.NEAREST) {
      return whole(layer, upsample.time(), wanted);
    }
    boolean oneForOne =
        layer.clock(input) == Clock.EVERY
            || layer instanceof Conv
            || layer instanceof Pool
            || layer instanceof Deconv;
    return oneForOne ? new Cropped(layer, wanted, wanted) : new Cropped(layer, 0, 0);
  }

  private static boolean isOverTime(List<Axis> axes, Shape input) {
    return axes.size() == input.rank();
  }

  private static List<Axis> withTime(List<Axis> axes, Axis time) {
    List<Axis> made = new ArrayList<>(axes);
    made.set(0, time);
    return made;
  }

  /** Padding behind the sequence that windows which aren't made don't need. */
  private static long fewer(Axis time, long windows) {
    return Math.min(time.after(), windows * time.stride());
  }

  private static Axis after(Axis axis, long fewer) {
    return new Axis(
        axis.kernel(), axis.stride(), axis.dilation(), axis.before(), (int) (axis.after() - fewer));
  }

  private static Cropped crop(TimePad pad, long wanted) {
    long gone = Math.min(pad.after(), wanted);
    TimePad left = new TimePad(pad.before(), (int) (pad.after() - gone), pad.mode(), pad.value());
    // A constant, or the first frame, does not hang on where the sequence ends.
    // But frames before the sequence come with its first one, which should not be late for that.
    boolean more = pad.mode() != TimePad.Mode.REFLECT && pad.before() == 0;
    return more ? new Cropped(left, wanted, wanted - gone) : new Cropped(left, gone, 0);
  }

  /** What is cropped off the output anyway is more; frames that are added to it go first. */
  private static Cropped crop(Deconv deconv, long wanted) {
    Axis time = deconv.axes().get(0);
    long added = Math.min(deconv.outputPadding().get(0), wanted);
    List<Integer> outputPadding = new ArrayList<>(deconv.outputPadding());
    outputPadding.set(0, (int) (outputPadding.get(0) - added));
    long off = Math.min(wanted - added, time.extent() - 1L - time.after());
    List<Axis> axes = withTime(deconv.axes(), after(time, -off));
    Deconv left = new Deconv(deconv.filters(), axes, outputPadding, deconv.groups(), deconv.bias());
    return new Cropped(left, added + off, 0);
  }

  /** Frames that come several at a time are dropped as many at a time. */
  private static Cropped whole(Layer layer, int frames, long wanted) {
    long inputs = wanted / frames;
    return new Cropped(layer, inputs * frames, inputs);
  }

  /** Zeros that are put before and behind a sequence for convolutions alone become theirs. */
  private static Graph withoutPads(Graph graph) {
    Map<String, Graph.Node> pads = new HashMap<>();
    for (Graph.Node node : graph.nodes()) {
      if (node.operation() instanceof TimePad pad
          && pad.mode() == TimePad.Mode.CONSTANT
          && pad.value() == 0f) {
        pads.put(node.name(), node);
      }
    }
    Map<String, Shape> shapes = new EndCrops(graph).shapes;
    Set<String> read = new HashSet<>();
    List<Graph.Node> made = new ArrayList<>();
    for (Graph.Node node : graph.nodes()) {
      Graph.Node pad = pads.get(node.reads().get(0));
      Graph.Node kept = node;
      if (pad != null
          && node.operation() instanceof Conv conv
          && isOverTime(conv.axes(), shapes.get(pad.name()))) {
        Conv padded = padded(conv, (TimePad) pad.operation());
        kept = padded == conv ? node : new Graph.Node(node.name(), padded, pad.reads().get(0));
      }
      read.addAll(kept.reads());
      made.add(kept);
    }
    String last = made.get(made.size() - 1).name();
    made.removeIf(
        n -> pads.containsKey(n.name()) && !read.contains(n.name()) && !n.name().equals(last));
    return new Graph(graph.input(), made);
  }

  /** The convolution itself where its window would not reach all of the padding. */
  private static Conv padded(Conv conv, TimePad pad) {
    Axis time = conv.axes().get(0);
    int before = time.before() + pad.before();
    int after = time.after() + pad.after();
    if (before >= time.extent() || after >= time.extent()) {
      return conv;
    }
    Axis padded = new Axis(time.kernel(), time.stride(), time.dilation(), before, after);
    return new Conv(conv.filters(), withTime(conv.axes(), padded), conv.groups(), conv.bias());
  }
}
