package dev.eddy.network;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Arithmetic;
import dev.eddy.layer.Axis;
import dev.eddy.layer.BatchNorm;
import dev.eddy.layer.CellFunctions;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Dropout;
import dev.eddy.layer.Embedding;
import dev.eddy.layer.Flatten;
import dev.eddy.layer.Gate;
import dev.eddy.layer.GlobalPool;
import dev.eddy.layer.GroupNorm;
import dev.eddy.layer.Gru;
import dev.eddy.layer.InstanceNorm;
import dev.eddy.layer.Last;
import dev.eddy.layer.Layer;
import dev.eddy.layer.LayerNorm;
import dev.eddy.layer.LogSoftmax;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Operand;
import dev.eddy.layer.Operation;
import dev.eddy.layer.Pool;
import dev.eddy.layer.Prelu;
import dev.eddy.layer.Previous;
import dev.eddy.layer.Rearrange;
import dev.eddy.layer.Reduce;
import dev.eddy.layer.Reshape;
import dev.eddy.layer.Rnn;
import dev.eddy.layer.RunningStandardise;
import dev.eddy.layer.RunningSum;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Slice;
import dev.eddy.layer.Softmax;
import dev.eddy.layer.Stack;
import dev.eddy.layer.Standardise;
import dev.eddy.layer.TimePad;
import dev.eddy.layer.TimeSlice;
import dev.eddy.layer.Transpose;
import dev.eddy.layer.Unstack;
import dev.eddy.layer.Upsample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * Random graphs of up to 12 nodes, over frames of one to three dimensions, with branches that meet
 * again; shrink to few nodes, small sizes, no options.
 */
final class RandomGraphs {
  private static final int MAX_NODES = 12;
  private static final int[] SIZES = {1, 2, 3, 8, 15, 16, 17, 31, 33, 67};
  private static final double MAX_UPSAMPLING = 12; // frames out per frame in, so that tests end
  private static final double MIN_RATE = 1 / 40.0;
  private static final int MAX_FRAME = 400; // values

  /** Those that take every number, and give about the same for numbers about the same. */
  private static final List<Activation.Function> FUNCTIONS =
      Arrays.stream(Activation.Function.values())
          .filter(
              function ->
                  switch (function) {
                    case THRESHOLDED_RELU,
                        SHRINK,
                        SIGN,
                        RECIPROCAL,
                        SQRT,
                        EXP,
                        LOG,
                        TAN,
                        ASIN,
                        ACOS,
                        SINH,
                        COSH,
                        ACOSH,
                        ATANH,
                        FLOOR,
                        CEIL,
                        ROUND,
                        TRUNCATE,
                        NOT,
                        IS_NAN,
                        IS_INF ->
                        false;
                    default -> true;
                  })
          .toList();

  private static final List<Merge.How> CONTINUOUS =
      List.of(Merge.How.ADD, Merge.How.SUBTRACT, Merge.How.MULTIPLY, Merge.How.MAX, Merge.How.MIN);
  private static final List<Reduce.How> REDUCTIONS =
      List.of(
          Reduce.How.SUM,
          Reduce.How.MEAN,
          Reduce.How.MAX,
          Reduce.How.MIN,
          Reduce.How.PRODUCT,
          Reduce.How.SUM_OF_SQUARES,
          Reduce.How.L1,
          Reduce.How.L2,
          Reduce.How.LOG_SUM_EXP);

  private RandomGraphs() {}

  /** Numbers that a node or a few are made of, whatever came before. */
  private record Draw(
      int kind,
      int from,
      int size,
      int kernel,
      int stride,
      int dilation,
      int padding,
      int options) {}

  static Arbitrary<Graph> any() {
    return of(16);
  }

  /** Without recurrent layers, so that receptive fields are bounded. */
  static Arbitrary<Graph> bounded() {
    return of(10);
  }

  private static Arbitrary<Graph> of(int kinds) {
    Arbitrary<Draw> draws =
        Combinators.combine(
                Arbitraries.integers().between(0, kinds - 1),
                Arbitraries.integers().between(0, 1000),
                Arbitraries.integers().between(0, SIZES.length - 1),
                Arbitraries.integers().between(1, 4),
                Arbitraries.integers().between(1, 4),
                Arbitraries.integers().between(1, 3),
                Arbitraries.integers().between(0, 5),
                Arbitraries.integers().between(0, 1023))
            .as(Draw::new);
    return Combinators.combine(
            Arbitraries.of(
                Shape.of(1),
                Shape.of(2),
                Shape.of(3),
                Shape.of(8),
                Shape.of(17),
                Shape.of(2, 5),
                Shape.of(1, 1),
                Shape.of(3, 4, 3)),
            draws.list().ofMinSize(1).ofMaxSize(MAX_NODES))
        .as((input, list) -> new Builder(input).graph(list));
  }

  /** Adds what fits and leaves out what does not. */
  private static final class Builder {
    private final Shape input;
    private final List<Graph.Node> nodes = new ArrayList<>();

    Builder(Shape input) {
      this.input = input;
    }

    Graph graph(List<Draw> draws) {
      for (Draw draw : draws) {
        if (nodes.size() < MAX_NODES) {
          int before = nodes.size();
          if (!add(draw) && before < nodes.size()) {
            nodes.subList(before, nodes.size()).clear();
          }
        }
      }
      if (nodes.isEmpty()) {
        add(new ActivationLayer(Activation.TANH), Graph.INPUT);
      }
      return new Graph(input, nodes);
    }

    private boolean add(Draw draw) {
      String from = draw.from % 3 == 0 ? node(draw.from / 3) : node(nodes.size());
      Shape shape = shape(from);
      return switch (draw.kind) {
        case 0 ->
            add(
                shape.rank() == 1 || draw.options / 4 % 2 == 0
                    ? new Dense(SIZES[draw.size], bias(draw))
                    : conv(draw, shape),
                from);
        case 1 -> add(draw.options % 4 < 2 ? activation(draw) : withinFrames(draw, shape), from);
        case 2 -> add(draw.options % 2 == 0 ? new Dropout(0.5f) : new Softmax(), from);
        case 3 -> add(conv(draw, shape), from);
        case 4 -> add(deconv(draw, shape), from);
        case 5 -> add(pool(draw, shape), from);
        case 6 -> meet(draw, from);
        case 7 -> residual(draw, from);
        case 8 -> downAndUp(draw, from);
        case 9 -> add(other(draw, shape), from);
        case 10 ->
            add(
                new Rnn(
                    SIZES[draw.size],
                    stacked(draw),
                    draw.options / 64 % 2 == 0 ? Activation.TANH : Activation.SIGMOID,
                    bias(draw),
                    false,
                    draw.options / 128 % 3),
                from);
        case 11 ->
            add(
                new Gru(
                    SIZES[draw.size],
                    stacked(draw),
                    draw.options % 3 == 0 ? Gru.Reset.BEFORE : Gru.Reset.AFTER,
                    bias(draw),
                    false,
                    functions(draw, Activation.TANH)),
                from);
        case 12 -> add(lstm(draw), from);
        case 13 ->
            draw.options % 4 == 0 && add(end(draw), from)
                || draw.options % 4 == 1 && add(new RunningStandardise(1 << 24, 0.5f), from);
        case 14 -> feedback(draw, from);
        case 15 -> chosen(draw, from);
        default -> throw new AssertionError(draw);
      };
    }

    /** A node and what was made of it one frame before, if neither is late. */
    private boolean feedback(Draw draw, String from) {
      int first = nodes.size();
      int units = SIZES[draw.size];
      String before = Integer.toString(first);
      String both = Integer.toString(first + 1);
      String mixed = Integer.toString(first + 2);
      String bounded = Integer.toString(first + 3);
      Layer mix =
          draw.options % 3 == 0
              ? new Gru(units, 1, Gru.Reset.AFTER, bias(draw))
              : new Dense(units, bias(draw));
      boolean initial = draw.options % 2 == 0;
      String fed = mix instanceof Gru && initial ? mixed : bounded; // a GRU's state is bounded too
      nodes.add(new Graph.Node(before, new Previous(Shape.of(units), initial), fed));
      nodes.add(new Graph.Node(both, new Merge(Merge.How.CONCAT), List.of(from, before)));
      nodes.add(new Graph.Node(mixed, mix, both));
      nodes.add(new Graph.Node(bounded, new ActivationLayer(Activation.TANH), mixed));
      return compiles(new Graph(input, nodes));
    }

    /**
     * A choice between two nodes, vectors of tokens, or a count of frames. What is chosen by is 0
     * or 1 whatever the last digits are, so that streamed and batch can't part there.
     */
    private boolean chosen(Draw draw, String from) {
      boolean one = draw.options % 2 == 0;
      if (!add(function(Activation.Function.IS_NAN), from)
          || one && !add(function(Activation.Function.NOT), node(nodes.size()))) {
        return false;
      }
      String condition = node(nodes.size());
      if (draw.padding == 5) {
        return add(new RunningSum(draw.stride % 2 == 0), condition);
      }
      if (draw.options / 2 % 2 == 0) {
        return shape(from).rank() == 1 && add(new Embedding(2, 1 + draw.kernel), condition);
      }
      String other = node(draw.padding * 7 + draw.size);
      return add(new Merge(Merge.How.SELECT), List.of(condition, from, other))
          || add(new Merge(Merge.How.SELECT), List.of(condition, other, from));
    }

    private static Layer function(Activation.Function function) {
      return new ActivationLayer(Activation.of(function));
    }

    private static boolean compiles(Graph graph) {
      try {
        Network.compile(graph, RandomNetworkWeights.of(graph, 1), KernelBackend.find().kernels());
        return true;
      } catch (IllegalArgumentException e) {
        return false;
      }
    }

    /** Any two or three nodes that fit each other. */
    private boolean meet(Draw draw, String from) {
      List<String> reads = new ArrayList<>(List.of(from));
      for (int i = 0; i < nodes.size() && reads.size() < 2 + draw.options % 2; i++) {
        String other = node(draw.from + i);
        if (!reads.contains(other)) {
          reads.add(other);
          if (!couldAdd(new Merge(how(draw)), reads)) {
            reads.remove(other);
          }
        }
      }
      return reads.size() > 1 && add(new Merge(how(draw)), reads);
    }

    /** A layer that keeps the shape and the number of frames, and what went around it. */
    private boolean residual(Draw draw, String from) {
      Shape shape = shape(from);
      List<Axis> axes = new ArrayList<>();
      for (int axis = 0; axis < shape.rank(); axis++) {
        int most = (draw.kernel - 1) * draw.dilation;
        int before = axis > 0 ? most / 2 : new int[] {most, most / 2, 0}[draw.padding % 3];
        axes.add(new Axis(draw.kernel, 1, draw.dilation, before, most - before));
      }
      return add(new Conv(shape.channels(), axes, 1, bias(draw)), from)
          && (draw.options % 2 == 0 || add(activation(draw), node(nodes.size())))
          && add(new Merge(how(draw)), List.of(from, node(nodes.size())));
    }

    /** A stride and its upsampling, and what went around them. */
    private boolean downAndUp(Draw draw, String from) {
      Shape shape = shape(from);
      int stride = draw.stride;
      int kernel = stride + 2 * (draw.kernel / 2);
      int crop = (kernel - stride) / 2;
      List<Axis> down = new ArrayList<>(List.of(new Axis(kernel, stride, 1, crop, crop)));
      List<Axis> up = new ArrayList<>(List.of(new Axis(kernel, stride, 1, crop, crop)));
      for (int axis = 1; axis < shape.rank(); axis++) {
        down.add(Axis.ONE);
        up.add(Axis.ONE);
      }
      List<Integer> none = Collections.nCopies(shape.rank(), 0);
      return add(new Conv(shape.channels(), down, 1, true), from)
          && add(new Deconv(shape.channels(), up, none, 1, true), node(nodes.size()))
          && add(
              new Merge(draw.options % 2 == 0 ? Merge.How.ADD : Merge.How.CONCAT),
              List.of(from, node(nodes.size())));
    }

    private boolean add(Layer layer, String from) {
      return add(layer, List.of(from));
    }

    private boolean add(Operation operation, List<String> reads) {
      if (!couldAdd(operation, reads)) {
        return false;
      }
      nodes.add(new Graph.Node(Integer.toString(nodes.size()), operation, reads));
      return true;
    }

    private boolean couldAdd(Operation operation, List<String> reads) {
      List<Graph.Node> more = new ArrayList<>(nodes);
      more.add(new Graph.Node(Integer.toString(nodes.size()), operation, reads));
      Graph graph = new Graph(input, more);
      try {
        double rate = (double) Network.rate(graph).out() / Network.rate(graph).in();
        if (rate > MAX_UPSAMPLING
            || rate > 0 && rate < MIN_RATE
            || Network.outputShape(graph).size() > MAX_FRAME) {
          return false;
        }
        if (operation instanceof Merge) { // whether the branches give equally many frames
          return compiles(graph);
        }
        return true;
      } catch (IllegalArgumentException e) {
        return false;
      }
    }

    /** The input, or a node by its number from 1. */
    private String node(int number) {
      int place = number % (nodes.size() + 1);
      return place == 0 ? Graph.INPUT : nodes.get(place - 1).name();
    }

    private Shape shape(String name) {
      return nodes.isEmpty()
          ? input
          : RandomNetworkWeights.shapes(new Graph(input, nodes)).get(name);
    }
  }

  private static boolean bias(Draw draw) {
    return draw.options % 4 > 0;
  }

  private static int stacked(Draw draw) {
    return 1 + draw.options / 4 % 3;
  }

  private static Merge.How how(Draw draw) {
    return switch (draw.options / 8 % 7) {
      case 0 -> Merge.How.SUBTRACT;
      case 4 -> Merge.How.MATRIX_PRODUCT;
      case 1 -> Merge.How.MAX;
      case 2 -> Merge.How.MIN;
      case 3 -> Merge.How.CONCAT;
      case 5 -> Merge.How.MULTIPLY;
      default -> Merge.How.ADD;
    };
  }

  /** Over time or within the frame; each axis with paddings of its own. */
  private static List<Axis> axes(Draw draw, Shape input, boolean strides) {
    boolean within = input.rank() > 1 && draw.options / 2 % 4 == 0;
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < input.rank() - (within ? 1 : 0); i++) {
      int kernel = i == 0 ? draw.kernel : 1 + (draw.kernel + i) % 3;
      int dilation = i == 0 ? draw.dilation : 1 + (draw.dilation + i) % 2;
      int stride = strides ? (i == 0 ? draw.stride : 1 + (draw.stride + i) % 2) : 1;
      int most = (kernel - 1) * dilation;
      int[][] paddings = {
        {0, 0}, {most, 0}, {most / 2, most - most / 2}, {0, most}, {most, most}, {most / 2, 0}
      };
      int[] padding = paddings[(draw.padding + 2 * i) % paddings.length];
      axes.add(new Axis(kernel, stride, dilation, padding[0], padding[1]));
    }
    return axes;
  }

  private static Layer conv(Draw draw, Shape input) {
    boolean grouped = draw.options / 16 % 3 == 0;
    int size = input.rank() == 1 ? SIZES[draw.size] : 1 + draw.size % 4;
    return new Conv(
        grouped ? 2 * input.channels() : size,
        axes(draw, input, draw.options / 64 % 2 == 0),
        grouped ? input.channels() : 1,
        bias(draw));
  }

  private static Layer deconv(Draw draw, Shape input) {
    boolean grouped = draw.options / 16 % 3 == 0;
    int size = input.rank() == 1 ? SIZES[draw.size] : 1 + draw.size % 4;
    List<Axis> axes = axes(draw, input, draw.options / 64 % 2 == 0);
    List<Integer> outputPadding = new ArrayList<>();
    for (Axis axis : axes) {
      outputPadding.add(draw.options / 128 % Math.max(axis.stride(), axis.dilation()));
    }
    return new Deconv(
        grouped ? input.channels() : size,
        axes,
        outputPadding,
        grouped ? input.channels() : 1,
        bias(draw));
  }

  private static Layer pool(Draw draw, Shape input) {
    Pool.How how = draw.options / 16 % 2 == 0 ? Pool.How.MAX : Pool.How.AVERAGE;
    List<Axis> axes = axes(draw, input, draw.options / 64 % 2 == 0);
    if (how == Pool.How.MAX) {
      axes.replaceAll(RandomGraphs::meetingSomething);
    }
    return new Pool(how, axes, draw.options / 32 % 2 == 0);
  }

  /** The largest value of padding alone is the smallest number, which no layer behind bears. */
  private static Axis meetingSomething(Axis axis) {
    boolean gaps = axis.dilation() > 1 && axis.before() > 0 && axis.after() > 0;
    return gaps ? new Axis(axis.kernel(), axis.stride(), axis.dilation(), axis.before(), 0) : axis;
  }

  private static Layer lstm(Draw draw) {
    int units = SIZES[draw.size];
    int projection = draw.options % 5 == 0 ? units / 2 : 0;
    boolean initialState = projection == 0 && draw.options % 3 == 0;
    return new Lstm(
        units,
        stacked(draw),
        bias(draw),
        draw.options % 2 == 0,
        projection,
        initialState,
        functions(draw, Activation.of(Activation.Function.SOFTSIGN)),
        draw.options / 16 % 4 == 0,
        draw.options / 32 % 4 == 0);
  }

  private static CellFunctions functions(Draw draw, Activation output) {
    return draw.options / 64 % 2 == 0
        ? CellFunctions.STANDARD
        : new CellFunctions(
            Activation.of(Activation.Function.HARD_SIGMOID),
            new Activation(Activation.Function.SCALED_TANH, 0.8f, 1.2f),
            output,
            draw.options / 128 % 3);
  }

  /** Speaks once, at the end. */
  private static Layer end(Draw draw) {
    GlobalPool.How[] how = GlobalPool.How.values();
    return draw.options / 4 % 2 == 0
        ? new Last()
        : new GlobalPool(how[draw.size % 3], GlobalPool.Over.TIME); // no variance: rounding's
  }

  /** An epsilon well above 0, so that norms don't blow up what two float sums differ by. */
  private static Layer other(Draw draw, Shape input) {
    boolean affine = bias(draw);
    int channels = input.channels();
    return switch (draw.options / 16 % 20) {
      case 0 -> new BatchNorm(1e-3f, affine);
      case 1 -> new LayerNorm(LayerNorm.Over.FRAME, 0.5f, affine);
      case 2 -> new LayerNorm(LayerNorm.Over.CHANNELS, 0.5f, affine);
      case 3 -> new GroupNorm(channels % 3 == 0 ? 3 : channels, 0.5f, affine);
      case 4 -> new Standardise();
      case 5 -> new Prelu(affine);
      case 6 -> new LogSoftmax();
      case 7 -> new Gate(affine ? Gate.Form.TANH : Gate.Form.LINEAR);
      case 8 -> new Flatten();
      case 9 ->
          new Transpose(
              IntStream.range(0, input.rank()).map(i -> input.rank() - 1 - i).boxed().toList());
      case 10 -> new Slice(0, channels / 3, channels - channels / 4);
      case 11 -> new Upsample(draw.stride, 1, input.rank() > 1 ? 2 : 1, Upsample.Mode.NEAREST);
      case 12 -> new Upsample(draw.stride, 1, 1, Upsample.Mode.LINEAR);
      case 13 -> new TimePad(draw.padding, draw.kernel - 1, TimePad.Mode.EDGE, 0f);
      case 14 ->
          affine
              ? new TimePad(draw.kernel, draw.padding % 3, TimePad.Mode.CONSTANT, draw.dilation)
              : new TimePad(draw.padding % 3, draw.kernel - 1, TimePad.Mode.REFLECT, 0f);
      case 15 -> new TimeSlice(draw.padding, draw.kernel - 1, draw.stride);
      case 16 -> new Stack(draw.kernel);
      case 18 -> new InstanceNorm(0.5f, affine);
      case 17 -> new Unstack(input.size() % draw.kernel == 0 ? draw.kernel : 1);
      default ->
          input.rank() > 1
              ? new GlobalPool(GlobalPool.How.AVERAGE, GlobalPool.Over.SPACE)
              : new Reshape(List.of(-1, 1));
    };
  }

  private static Layer withinFrames(Draw draw, Shape input) {
    return switch (draw.padding) {
      case 0 -> new Rearrange(Shape.of(1 + draw.size, 1 + draw.stride % 3), draw.kernel);
      case 1, 2, 3 ->
          new Arithmetic(
              CONTINUOUS.get(draw.size % CONTINUOUS.size()),
              Operand.values()[draw.stride % 3],
              draw.kernel % 2 == 0);
      default ->
          new Reduce(REDUCTIONS.get(draw.size % REDUCTIONS.size()), draw.stride % input.rank());
    };
  }

  private static Layer activation(Draw draw) {
    return new ActivationLayer(Activation.of(FUNCTIONS.get(draw.options % FUNCTIONS.size())));
  }
}
