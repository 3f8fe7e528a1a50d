package dev.eddy.model.onnx;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.Axis;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.GlobalPool;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Pool;
import dev.eddy.layer.Reduce;
import dev.eddy.layer.TimePad;
import dev.eddy.model.onnx.GraphBuilder.Weights;
import dev.eddy.model.onnx.Operators.Operator;
import dev.eddy.model.onnx.Value.Frames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Convolutions and pools: over time where time is one of their axes, else within each frame. */
final class WindowOperators {
  private WindowOperators() {}

  static Map<String, Operator> all() {
    Map<String, Operator> all = new LinkedHashMap<>();
    all.put("Conv", WindowOperators::conv);
    all.put("ConvTranspose", WindowOperators::deconv);
    all.put("MaxPool", (node, lowering) -> pool(node, lowering, Pool.How.MAX));
    all.put("AveragePool", (node, lowering) -> pool(node, lowering, Pool.How.AVERAGE));
    all.put("LpPool", WindowOperators::lpPool);
    all.put("GlobalLpPool", WindowOperators::globalLpPool);
    all.put(
        "GlobalMaxPool",
        (node, lowering) -> globalPool(node, lowering, GlobalPool.How.MAX, Reduce.How.MAX));
    all.put(
        "GlobalAveragePool",
        (node, lowering) -> globalPool(node, lowering, GlobalPool.How.AVERAGE, Reduce.How.MEAN));
    return all;
  }

  /** Frames of {@code [batch, channels, ...]}. */
  private static Frames input(OnnxNode node, Lowering lowering) {
    Frames x = lowering.frames(node, 0);
    if (x.rank() < 3) {
      throw node.error("takes [batch, channels, axes...], got " + x.text());
    }
    if (x.time() == 1) {
      throw node.error(
          "time stands where the channels are, in "
              + x.text()
              + "; a stream has no fixed number of"
              + " frames to have weights for");
    }
    if (x.time() != 0 && x.dimensions()[0] != 1) {
      throw node.error("takes a batch of 1, got " + x.text());
    }
    if (x.time() > 1) {
      lowering.sawTime();
    }
    return x;
  }

  private static void conv(OnnxNode node, Lowering lowering) {
    Frames x = input(node, lowering);
    int spatial = x.rank() - 2;
    OnnxTensor w = lowering.weights(node, 1, any(x.rank()));
    int filters = w.dimensions()[0];
    int groups = (int) node.integer("group", 1);
    int channels = x.dimensions()[1];
    if (groups < 1 || channels % groups != 0 || filters % groups != 0) {
      throw node.error(
          "group must divide the "
              + channels
              + " channels and the "
              + filters
              + " filters, got "
              + groups);
    }
    if (w.dimensions()[1] != channels / groups) {
      throw node.error(
          "weights of shape "
              + Arrays.toString(w.dimensions())
              + " take "
              + w.dimensions()[1]
              + " channels for each group, expected "
              + channels / groups
              + " of "
              + x.text());
    }
    Windows windows =
        Windows.of(node, lowering, x, Arrays.copyOfRange(w.dimensions(), 2, w.rank()));
    Frames padded = padExcess(lowering, x, windows);
    windows = windows.withoutExcess();
    boolean bias = lowering.has(node, 2);
    OnnxTensor b = bias ? lowering.weights(node, 2, filters) : null;
    Moves moves = Moves.of(node, padded, windows.axes);
    Conv layer = new Conv(filters, moves.axes, groups, bias);
    Weights weights = Weights.NONE.with("weight", () -> moves.timeFirst(w));
    weights = bias ? weights.with("bias", b::floats) : weights;
    int[] dimensions = padded.dimensions().clone();
    dimensions[1] = filters;
    long[] lengths = padded.lengths();
    for (int i = 0; i < spatial; i++) {
      Axis axis = windows.axes[i];
      if (dimensions[i + 2] == Frames.TIME) {
        lengths = windows.lengths(node, padded.lengths(), axis);
      } else {
        dimensions[i + 2] = Windows.count(node, dimensions[i + 2], axis);
      }
    }
    String made = lowering.graph.add(layer, lowering.as(padded, moves.shape), weights);
    lowering.put(
        node, new Frames(made, lowering.graph.shape(made), x.type(), dimensions, lengths, x.end()));
  }

  private static int[] any(int rank) {
    int[] any = new int[rank];
    Arrays.fill(any, -1);
    return any;
  }

  /** Zeros that a window would not reach even with its last tap are put there beforehand. */
  private static Frames padExcess(Lowering lowering, Frames x, Windows windows) {
    return padded(lowering, x, windows.excessBefore, windows.excessAfter);
  }

  private static int[] before(Axis[] axes) {
    return Arrays.stream(axes).mapToInt(Axis::before).toArray();
  }

  private static int[] after(Axis[] axes) {
    return Arrays.stream(axes).mapToInt(Axis::after).toArray();
  }

  private static Frames padded(Lowering lowering, Frames x, int[] allBefore, int[] allAfter) {
    Frames made = x;
    for (int i = 0; i < allBefore.length; i++) {
      int before = allBefore[i];
      int after = allAfter[i];
      if (before == 0 && after == 0) {
        continue;
      }
      int axis = i + 2;
      if (made.dimensions()[axis] == Frames.TIME) {
        made = TimeAxis.pad(lowering, made, before, after, TimePad.Mode.CONSTANT, 0);
        continue;
      }
      int[] dimensions = made.dimensions().clone();
      dimensions[axis] += before + after;
      Movement movement =
          Movement.pad(made.frame(), made.frameAxis(axis), before, after, Movement.Fill.CONSTANT);
      made = lowering.move(made, movement, 0, dimensions);
    }
    return made;
  }

  private static void deconv(OnnxNode node, Lowering lowering) {
    Frames x = input(node, lowering);
    OnnxTensor w = lowering.weights(node, 1, any(x.rank()));
    int groups = (int) node.integer("group", 1);
    int channels = x.dimensions()[1];
    if (groups < 1 || channels % groups != 0 || w.dimensions()[0] != channels) {
      throw node.error(
          "weights of shape "
              + Arrays.toString(w.dimensions())
              + " in "
              + groups
              + " groups don't fit the channels of "
              + x.text());
    }
    int filters = w.dimensions()[1] * groups;
    DeconvWindows windows =
        DeconvWindows.of(node, lowering, x, Arrays.copyOfRange(w.dimensions(), 2, w.rank()));
    boolean bias = lowering.has(node, 2);
    OnnxTensor b = bias ? lowering.weights(node, 2, filters) : null;
    Moves moves = Moves.of(node, x, windows.axes());
    List<Integer> outputPadding = moves.kept.stream().map(i -> windows.outputPadding()[i]).toList();
    Deconv layer = new Deconv(filters, moves.axes, outputPadding, groups, bias);
    Weights weights = Weights.NONE.with("weight", () -> moves.timeFirst(w));
    weights = bias ? weights.with("bias", b::floats) : weights;
    int[] dimensions = x.dimensions().clone();
    dimensions[1] = filters;
    long[] lengths = x.lengths();
    for (int i = 0; i < windows.axes().length; i++) {
      if (dimensions[i + 2] == Frames.TIME) {
        int axis = i;
        lengths = Arrays.stream(lengths).map(length -> windows.length(axis, length)).toArray();
      } else {
        dimensions[i + 2] = (int) windows.length(i, dimensions[i + 2]);
      }
    }
    String made = lowering.graph.add(layer, lowering.as(x, moves.shape), weights);
    lowering.put(
        node, new Frames(made, lowering.graph.shape(made), x.type(), dimensions, lengths, x.end()));
  }

  private static void pool(OnnxNode node, Lowering lowering, Pool.How how) {
    Frames x = input(node, lowering);
    boolean countPadding = node.integer("count_include_pad", 0) != 0;
    boolean ceil = node.integer("ceil_mode", 0) != 0;
    lowering.put(node, pooled(node, lowering, x, how, countPadding, !ceil));
  }

  /**
   * @param countPadding whether padding counts as zeros in a mean
   * @param countExcess whether that also holds for what a last window sticks out by
   */
  private static Frames pooled(
      OnnxNode node,
      Lowering lowering,
      Frames x,
      Pool.How how,
      boolean countPadding,
      boolean countExcess) {
    if (lowering.hasOutput(node, 1)) {
      throw node.error("its second output, the indices, is not supported");
    }
    long[] kernel = node.integers("kernel_shape", null);
    if (kernel == null || kernel.length != x.rank() - 2) {
      throw node.error("kernel_shape must name " + (x.rank() - 2) + " axes");
    }
    int[] sizes = Arrays.stream(kernel).mapToInt(Math::toIntExact).toArray();
    Windows windows = Windows.of(node, lowering, x, sizes);
    if (windows.hasExcess()) {
      throw node.error("pads must be smaller than the window");
    }
    Windows reached = node.integer("ceil_mode", 0) != 0 ? windows.roundedUp() : windows;
    Frames padded = x;
    boolean count = countPadding;
    if (how == Pool.How.AVERAGE && countPadding && !countExcess) {
      padded = padded(lowering, x, before(windows.axes), after(windows.axes)); // counts as values
      windows = reached.without(windows);
      count = false;
    } else {
      windows = reached;
    }
    Moves moves = Moves.of(node, padded, windows.axes);
    Pool layer = new Pool(how, moves.axes, count);
    int[] dimensions = padded.dimensions().clone();
    long[] lengths = padded.lengths();
    for (int i = 0; i < windows.axes.length; i++) {
      if (dimensions[i + 2] == Frames.TIME) {
        lengths = windows.lengths(node, lengths, windows.axes[i]);
      } else {
        dimensions[i + 2] = Windows.count(node, dimensions[i + 2], windows.axes[i]);
      }
    }
    String made = lowering.graph.add(layer, lowering.as(padded, moves.shape));
    return new Frames(made, lowering.graph.shape(made), x.type(), dimensions, lengths, x.end());
  }

  /** The root of the sum of powers: that of the mean, times the window, where padding counts. */
  private static void lpPool(OnnxNode node, Lowering lowering) {
    Frames x = input(node, lowering);
    Frames powers = powers(node, lowering, x);
    Frames mean = pooled(node, lowering, powers, Pool.How.AVERAGE, true, true);
    long window = Arrays.stream(node.integers("kernel_shape", null)).reduce(1, (a, b) -> a * b);
    Frames sum =
        ElementwiseOperators.arithmetic(
            lowering, mean, Merge.How.MULTIPLY, new float[] {window}, false);
    lowering.put(node, root(node, lowering, sum));
  }

  private static void globalLpPool(OnnxNode node, Lowering lowering) {
    Frames x = input(node, lowering);
    Frames powers = powers(node, lowering, x);
    int[] axes = IntStream.range(2, x.rank()).toArray();
    Frames sum =
        ReduceOperators.reduced(
            node, lowering, powers, axes, true, Reduce.How.SUM, GlobalPool.How.SUM);
    lowering.put(node, root(node, lowering, sum));
  }

  private static Frames powers(OnnxNode node, Lowering lowering, Frames x) {
    Frames sizes = lowering.map(x, Activation.of(Activation.Function.ABS));
    float[] p = {node.integer("p", 2)};
    return ElementwiseOperators.arithmetic(lowering, sizes, Merge.How.POWER, p, false);
  }

  private static Frames root(OnnxNode node, Lowering lowering, Frames sum) {
    float[] p = {1f / node.integer("p", 2)};
    return ElementwiseOperators.arithmetic(lowering, sum, Merge.How.POWER, p, false);
  }

  private static void globalPool(
      OnnxNode node, Lowering lowering, GlobalPool.How overTime, Reduce.How within) {
    Frames x = input(node, lowering);
    int[] axes = IntStream.range(2, x.rank()).toArray();
    lowering.put(node, ReduceOperators.reduced(node, lowering, x, axes, true, within, overTime));
  }

  /**
   * How a window moves over frames: the shape they are seen in, and the layer's axes, time first.
   * Axes of one value and one tap are left out.
   */
  private record Moves(int[] shape, List<Axis> axes, List<Integer> kept) {

    static Moves of(OnnxNode node, Frames x, Axis[] windows) {
      List<Axis> axes = new ArrayList<>();
      List<Integer> kept = new ArrayList<>();
      List<Integer> shape = new ArrayList<>(List.of(x.dimensions()[1]));
      int time = x.time() - 2;
      if (time >= 0) {
        axes.add(windows[time]);
        kept.add(time);
      }
      int spare = windows.length - (time >= 0 ? 1 : 0) - 2;
      for (int i = 0; i < windows.length; i++) {
        boolean trivial = x.dimensions()[i + 2] == 1 && windows[i].equals(Axis.ONE);
        if (i == time || trivial && spare > 0) {
          spare -= i == time ? 0 : 1;
          continue;
        }
        axes.add(windows[i]);
        kept.add(i);
        shape.add(x.dimensions()[i + 2]);
      }
      if (shape.size() > 3) {
        throw node.error(
            "moves over "
                + (shape.size() - 1)
                + " axes within a frame of "
                + x.text()
                + "; supported: up to 2 besides time");
      }
      return new Moves(shape.stream().mapToInt(Integer::intValue).toArray(), axes, kept);
    }

    /** Weights with their axes in the order of the layer's. */
    float[] timeFirst(OnnxTensor w) {
      int[] all = w.dimensions();
      int[] order = new int[all.length];
      order[1] = 1;
      int at = 2;
      for (int i : kept) {
        order[at++] = i + 2;
      }
      for (int i = 0; i < all.length - 2; i++) {
        if (!kept.contains(i)) {
          order[at++] = i + 2;
        }
      }
      return Movement.transposed(w, order).floats();
    }
  }
}
