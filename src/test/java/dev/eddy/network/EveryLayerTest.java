package dev.eddy.network;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Arithmetic;
import dev.eddy.layer.BatchNorm;
import dev.eddy.layer.CellFunctions;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Dropout;
import dev.eddy.layer.Embedding;
import dev.eddy.layer.First;
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
import dev.eddy.layer.Prelu;
import dev.eddy.layer.Rearrange;
import dev.eddy.layer.Reduce;
import dev.eddy.layer.Reshape;
import dev.eddy.layer.Rnn;
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
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer, over a grid of its options and of awkward sizes, keeps the four promises. */
class EveryLayerTest {
  private static final int[] SIZES = {1, 15, 16, 17, 31, 33, 67};
  private static final Shape WIDE = Shape.of(3, 7);
  private static final Shape HIGH = Shape.of(2, 3, 5);

  /** A layer behind frames of a shape; its seed is its place in the grid. */
  record Case(Shape input, Layer layer, long seed) {
    @Override
    public String toString() {
      return input + " -> " + layer;
    }
  }

  /** Collects cases; turns through the sizes so that a grid of options meets all of them. */
  private static final class Grid {
    private final List<Case> cases = new ArrayList<>();
    private int turn;

    int size() {
      return SIZES[(turn++ * 3 + turn / SIZES.length) % SIZES.length];
    }

    void add(Shape input, Layer layer) {
      cases.add(new Case(input, layer, cases.size()));
    }

    void add(int channels, Layer layer) {
      add(Shape.of(channels), layer);
    }
  }

  @ParameterizedTest
  @MethodSource("dense")
  void shouldKeepThePromisesDense(Case one) {
    keeps(one, 1, 2, 9);
  }

  static List<Case> dense() {
    Grid grid = new Grid();
    for (int in : SIZES) {
      for (int out : SIZES) {
        grid.add(in, new Dense(out, (in + out) % 3 > 0));
        grid.add(Shape.of(3, in), new Dense(out, (in + out) % 3 > 0));
        grid.add(Shape.of(2, 1 + in % 4, in), new Dense(out, (in + out) % 3 > 0));
      }
    }
    return grid.cases;
  }

  @ParameterizedTest
  @MethodSource("conv")
  void shouldKeepThePromisesConv(Case one) {
    keeps(one, 1, 2, 5, 23);
  }

  static List<Case> conv() {
    Grid grid = new Grid();
    for (int kernel : new int[] {1, 2, 3, 7}) {
      for (int stride : new int[] {1, 2, 3}) {
        for (int dilation : new int[] {1, 2, 5}) {
          for (Conv.Padding padding : Conv.Padding.values()) {
            for (boolean bias : new boolean[] {true, false}) {
              int in = grid.size();
              int out = grid.size();
              grid.add(in, Conv.overTime(out, kernel, stride, dilation, 1, padding, bias));
              grid.add(2 * in, Conv.overTime(2 * out, kernel, stride, dilation, 2, padding, bias));
              grid.add(
                  in, Conv.overTime(in, kernel, stride, dilation, in, padding, bias)); // depthwise
              grid.add(in, Conv.overTime(3 * in, kernel, stride, dilation, in, padding, bias));
            }
          }
        }
      }
    }
    return grid.cases;
  }

  @ParameterizedTest
  @MethodSource("deconv")
  void shouldKeepThePromisesDeconv(Case one) {
    keeps(one, 1, 2, 3, 11);
  }

  static List<Case> deconv() {
    Grid grid = new Grid();
    for (int kernel : new int[] {1, 2, 3, 4, 7, 11}) {
      for (int stride : new int[] {1, 2, 3, 4, 5}) {
        for (boolean bias : new boolean[] {true, false}) {
          int in = grid.size();
          int out = grid.size();
          grid.add(in, Deconv.overTime(out, kernel, stride, 1, bias));
          grid.add(3 * in, Deconv.overTime(3 * out, kernel, stride, 3, bias));
          grid.add(in, Deconv.overTime(in, kernel, stride, in, bias)); // depthwise
        }
      }
    }
    return grid.cases;
  }

  @ParameterizedTest
  @MethodSource("recurrent")
  void shouldKeepThePromisesRecurrent(Case one) {
    keeps(one, 1, 2, 30);
  }

  static List<Case> recurrent() {
    Grid grid = new Grid();
    for (int units : SIZES) {
      for (int layers = 1; layers <= 3; layers++) {
        boolean bias = (units + layers) % 4 > 0;
        grid.add(grid.size(), new Rnn(units, layers, Activation.TANH, bias));
        grid.add(grid.size(), new Rnn(units, layers, Activation.RELU, bias));
        grid.add(grid.size(), new Gru(units, layers, Gru.Reset.AFTER, bias));
        grid.add(grid.size(), new Gru(units, layers, Gru.Reset.BEFORE, bias));
        grid.add(grid.size(), new Lstm(units, layers, bias));
        grid.add(grid.size(), new Lstm(units, layers, bias, true, 0, false));
        if (units > 1) {
          int projection = 1 + units / 3;
          grid.add(grid.size(), new Lstm(units, layers, bias, layers > 1, projection, false));
        }
        if (layers < 3) {
          grid.add(grid.size(), new Rnn(units, layers, Activation.TANH, bias, true));
          grid.add(grid.size(), new Gru(units, layers, Gru.Reset.AFTER, bias, true));
          grid.add(grid.size(), new Gru(units, layers, Gru.Reset.BEFORE, bias, true));
          grid.add(grid.size(), new Lstm(units, layers, bias, false, 0, true));
          grid.add(grid.size(), new Lstm(units, layers, bias, true, 0, true));
        }
      }
    }
    return grid.cases;
  }

  @ParameterizedTest
  @MethodSource("cells")
  void shouldKeepThePromisesOfUnusualCells(Case one) {
    keeps(one, 1, 2, 30);
  }

  static List<Case> cells() {
    Grid grid = new Grid();
    List<Activation> functions =
        List.of(
            new Activation(Activation.Function.AFFINE, 0.4f, 0.1f),
            new Activation(Activation.Function.SCALED_TANH, 0.7f, 0.6f),
            new Activation(Activation.Function.LEAKY_RELU, 0.05f, 0f),
            new Activation(Activation.Function.HARD_SIGMOID, 0.2f, 0.5f),
            new Activation(Activation.Function.ELU, 0.8f, 0f),
            new Activation(Activation.Function.THRESHOLDED_RELU, 0.2f, 0f),
            Activation.of(Activation.Function.SOFTSIGN),
            Activation.of(Activation.Function.SOFTPLUS),
            Activation.RELU,
            Activation.SIGMOID,
            Activation.TANH);
    Activation bounded = new Activation(Activation.Function.HARD_SIGMOID, 0.3f, 0.4f);
    for (int i = 0; i < functions.size(); i++) {
      Activation f = functions.get(i);
      Activation g = functions.get((i + 3) % functions.size());
      for (float clip : new float[] {0f, 0.3f}) {
        Activation gates = clip > 0 ? f : bounded; // an unbounded one would let states grow
        int in = grid.size();
        int units = grid.size();
        grid.add(in, new Rnn(units, 1 + i % 2, f, true, i % 3 == 0, clip));
        for (Gru.Reset reset : Gru.Reset.values()) {
          grid.add(in, new Gru(units, 1, reset, true, false, cell(gates, g, clip)));
          grid.add(in, new Gru(units, 2, reset, false, true, cell(bounded, f, clip)));
        }
        CellFunctions unusual = new CellFunctions(bounded, f, g, clip);
        grid.add(in, new Lstm(units, 1, true, false, 0, false, unusual, false, false));
        grid.add(in, new Lstm(units, 2, true, true, 0, true, unusual, i % 2 == 0, i % 3 == 0));
        CellFunctions all = new CellFunctions(gates, bounded, Activation.TANH, clip);
        grid.add(in, new Lstm(units, 1, false, i % 2 == 0, 0, false, all, true, true));
      }
    }
    for (int units : SIZES) {
      CellFunctions usual = CellFunctions.STANDARD;
      grid.add(grid.size(), new Lstm(units, 1, true, false, 0, false, usual, false, true));
      grid.add(grid.size(), new Lstm(units, 2, true, true, 0, true, usual, true, true));
      grid.add(grid.size(), new Lstm(units, 1, true, false, 0, false, usual, true, false));
      if (units > 1) {
        grid.add(
            grid.size(), new Lstm(units, 2, true, false, units / 2, false, usual, false, true));
      }
    }
    return grid.cases;
  }

  private static CellFunctions cell(Activation gates, Activation candidate, float clip) {
    return new CellFunctions(gates, candidate, Activation.TANH, clip);
  }

  @ParameterizedTest
  @MethodSource("frameByFrame")
  void shouldKeepThePromisesWithoutMemory(Case one) {
    keeps(one, 1, 9);
  }

  static List<Case> frameByFrame() {
    Grid grid = new Grid();
    List<Layer> layers = new ArrayList<>();
    layers.addAll(List.of(new Softmax(), new LogSoftmax(), new Dropout(0.5f)));
    layers.addAll(List.of(new Prelu(true), new Prelu(false)));
    for (Activation.Function function : Activation.Function.values()) {
      layers.add(new ActivationLayer(Activation.of(function)));
    }
    layers.add(new ActivationLayer(new Activation(Activation.Function.LEAKY_RELU, 0.3f, 0f)));
    layers.add(new ActivationLayer(new Activation(Activation.Function.ELU, 0.7f, 0f)));
    layers.add(new ActivationLayer(new Activation(Activation.Function.AFFINE, 0.7f, -0.3f)));
    layers.add(new ActivationLayer(new Activation(Activation.Function.SCALED_TANH, 1.7f, 0.7f)));
    layers.add(new ActivationLayer(new Activation(Activation.Function.CELU, 0.6f, 0f)));
    layers.add(new ActivationLayer(new Activation(Activation.Function.HARD_SIGMOID, 0.2f, 0.4f)));
    layers.add(new ActivationLayer(new Activation(Activation.Function.HARD_TANH, -0.5f, 0.25f)));
    layers.add(new ActivationLayer(new Activation(Activation.Function.SELU, 1.3f, 0.8f)));
    layers.add(new ActivationLayer(new Activation(Activation.Function.SWISH, 1.702f, 0f)));
    layers.add(
        new ActivationLayer(new Activation(Activation.Function.THRESHOLDED_RELU, -0.3f, 0f)));
    layers.add(new ActivationLayer(new Activation(Activation.Function.SHRINK, 0.4f, 0.4f)));
    layers.add(new ActivationLayer(new Activation(Activation.Function.CLIP, 0.2f, 0.2f)));
    layers.add(
        new ActivationLayer(new Activation(Activation.Function.CLIP, 0f, Float.POSITIVE_INFINITY)));
    for (Layer layer : layers) {
      for (int size : SIZES) {
        grid.add(size, layer);
      }
      grid.add(WIDE, layer);
      grid.add(HIGH, layer);
    }
    return grid.cases;
  }

  @ParameterizedTest
  @MethodSource("norms")
  void shouldKeepThePromisesOfNorms(Case one) {
    keeps(one, 1, 9);
  }

  static List<Case> norms() {
    Grid grid = new Grid();
    for (boolean affine : new boolean[] {true, false}) {
      for (Shape shape : List.of(Shape.of(1), Shape.of(16), Shape.of(67), WIDE, HIGH)) {
        grid.add(shape, new BatchNorm(1e-5f, affine));
        grid.add(shape, new LayerNorm(LayerNorm.Over.FRAME, 1e-5f, affine));
        grid.add(shape, new LayerNorm(LayerNorm.Over.CHANNELS, 1e-5f, affine));
        grid.add(shape, new GroupNorm(1, 1e-5f, affine));
        grid.add(shape, new GroupNorm(shape.channels(), 0.1f, affine));
        grid.add(shape, new Standardise());
      }
      grid.add(Shape.of(34), new GroupNorm(2, 1e-3f, affine));
      grid.add(Shape.of(34, 5), new GroupNorm(17, 1e-3f, affine));
      grid.add(Shape.of(6, 2, 3), new GroupNorm(3, 1e-3f, affine));
      grid.add(WIDE, new InstanceNorm(1e-5f, affine));
      grid.add(HIGH, new InstanceNorm(1e-2f, affine));
    }
    return grid.cases;
  }

  @ParameterizedTest
  @MethodSource("gates")
  void shouldKeepThePromisesOfGates(Case one) {
    keeps(one, 1, 9);
  }

  static List<Case> gates() {
    Grid grid = new Grid();
    for (Gate.Form form : Gate.Form.values()) {
      for (int size : SIZES) {
        grid.add(2 * size, new Gate(form));
      }
      grid.add(Shape.of(6, 7), new Gate(form));
      grid.add(HIGH, new Gate(form));
    }
    return grid.cases;
  }

  @ParameterizedTest
  @MethodSource("arithmetic")
  void shouldKeepThePromisesOfArithmetic(Case one) {
    Layer whole = new ActivationLayer(Activation.of(Activation.Function.ROUND));
    NetworkContract.holds(Graph.sequential(one.input, List.of(whole, one.layer)), one.seed, 1, 9);
  }

  /** With the operand first, nothing is divided by 0 that ONNX has for integers only. */
  static List<Case> arithmetic() {
    Grid grid = new Grid();
    for (Merge.How how : Merge.How.values()) {
      for (Operand operand : Operand.values()) {
        for (boolean operandFirst : new boolean[] {false, true}) {
          if (how.elementWise() && !(operandFirst && how == Merge.How.MODULO)) {
            Arithmetic layer = new Arithmetic(how, operand, operandFirst);
            grid.add(grid.size(), layer);
            grid.add(WIDE, layer);
            grid.add(HIGH, layer);
          }
        }
      }
    }
    return grid.cases;
  }

  @ParameterizedTest
  @MethodSource("reductions")
  void shouldKeepThePromisesOfReductions(Case one) {
    keeps(one, 1, 9);
  }

  static List<Case> reductions() {
    Grid grid = new Grid();
    for (Reduce.How how : Reduce.How.values()) {
      for (Shape shape : List.of(Shape.of(1), Shape.of(67), WIDE, HIGH, Shape.of(4, 1, 3))) {
        for (int axis = 0; axis < shape.rank(); axis++) {
          grid.add(shape, new Reduce(how, axis));
        }
      }
    }
    return grid.cases;
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void shouldKeepThePromisesOfShapes(Case one) {
    keeps(one, 1, 9);
  }

  static List<Case> shapes() {
    Grid grid = new Grid();
    for (Shape shape : List.of(Shape.of(12), WIDE, HIGH)) {
      grid.add(shape, new Flatten());
      grid.add(shape, new Reshape(List.of(1, -1)));
    }
    grid.add(12, new Reshape(List.of(3, 2, 2)));
    grid.add(HIGH, new Reshape(List.of(-1, 3, 2)));
    grid.add(HIGH, new Reshape(List.of(6, 5)));
    grid.add(5, new Transpose(List.of(0)));
    grid.add(WIDE, new Transpose(List.of(1, 0)));
    for (List<Integer> axes :
        List.of(List.of(0, 2, 1), List.of(1, 2, 0), List.of(2, 0, 1), List.of(2, 1, 0))) {
      grid.add(HIGH, new Transpose(axes));
    }
    grid.add(67, new Slice(0, 0, 1));
    grid.add(67, new Slice(0, 16, 49));
    grid.add(67, new Slice(0, 3, Slice.TO_THE_END));
    grid.add(WIDE, new Slice(0, 1, 3));
    grid.add(WIDE, new Slice(1, 2, 6));
    grid.add(HIGH, new Slice(0, 1, 2));
    grid.add(HIGH, new Slice(1, 1, Slice.TO_THE_END));
    grid.add(HIGH, new Slice(2, 1, 4));
    for (Shape shape : List.of(Shape.of(1), Shape.of(67), WIDE, HIGH)) {
      grid.add(shape, new Rearrange(Shape.of(1), 0f));
      grid.add(shape, new Rearrange(Shape.of(33), -1.5f));
      grid.add(shape, new Rearrange(Shape.of(2, 9), Float.NEGATIVE_INFINITY));
      grid.add(shape, new Rearrange(Shape.of(3, 1, 2), 7f));
    }
    for (int size : SIZES) {
      grid.add(1, new Embedding(grid.size(), size));
      grid.add(3, new Embedding(100, size));
    }
    return grid.cases;
  }

  @ParameterizedTest
  @MethodSource("upsamplings")
  void shouldKeepThePromisesOfUpsampling(Case one) {
    keeps(one, 1, 2, 3, 11);
  }

  static List<Case> upsamplings() {
    Grid grid = new Grid();
    for (int time : new int[] {1, 2, 3, 4, 5, 8}) {
      for (Upsample.Mode mode : Upsample.Mode.values()) {
        for (Shape shape : List.of(Shape.of(1), Shape.of(17), WIDE, HIGH)) {
          grid.add(shape, new Upsample(time, 1, 1, mode));
        }
      }
      grid.add(WIDE, new Upsample(time, 1, 3, Upsample.Mode.NEAREST));
      grid.add(HIGH, new Upsample(time, 2, 1, Upsample.Mode.NEAREST));
      grid.add(HIGH, new Upsample(time, 3, 2, Upsample.Mode.NEAREST));
    }
    return grid.cases;
  }

  @ParameterizedTest
  @MethodSource("ends")
  void shouldKeepThePromisesOfEndsPaddedAndCut(Case one) {
    keeps(one, 1, 2, 3, 4, 7, 12);
  }

  static List<Case> ends() {
    Grid grid = new Grid();
    List<Shape> shapes = List.of(Shape.of(1), Shape.of(17), WIDE, HIGH);
    for (int before : new int[] {0, 1, 2, 5}) {
      for (int after : new int[] {0, 1, 3, 6}) {
        Shape shape = shapes.get((before + after) % shapes.size());
        grid.add(shape, new TimePad(before, after, TimePad.Mode.CONSTANT, 0f));
        grid.add(shape, new TimePad(before, after, TimePad.Mode.CONSTANT, -1.5f));
        grid.add(shape, new TimePad(before, after, TimePad.Mode.EDGE, 0f));
        grid.add(shape, new TimePad(before, after, TimePad.Mode.REFLECT, 0f));
        for (int step : new int[] {1, 2, 3, 5}) {
          grid.add(shape, new TimeSlice(before, after, step));
        }
      }
    }
    return grid.cases;
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void shouldKeepThePromisesOfFramesSideBySide(Case one) {
    keeps(one, 1, 2, 3, 6, 11);
  }

  static List<Case> stacks() {
    Grid grid = new Grid();
    for (Shape shape : List.of(Shape.of(1), Shape.of(17), WIDE, HIGH)) {
      grid.add(shape, new RunningSum(false));
      grid.add(shape, new RunningSum(true));
    }
    for (int frames : new int[] {1, 2, 3, 7}) {
      for (Shape shape : List.of(Shape.of(1), Shape.of(17), WIDE, HIGH)) {
        grid.add(shape, new Stack(frames));
      }
      for (int size : SIZES) {
        grid.add(frames * size, new Unstack(frames));
      }
      grid.add(Shape.of(2, frames), new Unstack(frames));
      grid.add(Shape.of(frames, 3, 2), new Unstack(frames));
    }
    return grid.cases;
  }

  @ParameterizedTest
  @MethodSource("wholes")
  void shouldKeepThePromisesOfWholeSequencesAndFrames(Case one) {
    keeps(one, 1, 2, 40);
  }

  static List<Case> wholes() {
    Grid grid = new Grid();
    for (Shape shape : List.of(Shape.of(1), Shape.of(17), WIDE, HIGH)) {
      grid.add(shape, new Last());
      grid.add(shape, new First());
      for (GlobalPool.How how : GlobalPool.How.values()) {
        grid.add(shape, new GlobalPool(how, GlobalPool.Over.TIME));
        if (shape.rank() > 1 && how != GlobalPool.How.VARIANCE) {
          grid.add(shape, new GlobalPool(how, GlobalPool.Over.SPACE));
        }
      }
    }
    return grid.cases;
  }

  private static void keeps(Case one, int... lengths) {
    NetworkContract.holds(Graph.sequential(one.input, List.of(one.layer)), one.seed, lengths);
  }
}
