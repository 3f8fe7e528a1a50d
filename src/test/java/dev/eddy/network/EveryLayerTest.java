package dev.eddy.network;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Dropout;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Layer;
import dev.eddy.layer.LogSoftmax;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Prelu;
import dev.eddy.layer.Rnn;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Softmax;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer, over a grid of its options and of awkward sizes, keeps the four promises. */
class EveryLayerTest {
  private static final int[] SIZES = {1, 15, 16, 17, 31, 33, 67};

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
      }
    }
    return grid.cases;
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
    layers.add(new ActivationLayer(new Activation(Activation.Function.CELU, 0.6f, 0f)));
    layers.add(new ActivationLayer(new Activation(Activation.Function.HARD_SIGMOID, 0.2f, 0.4f)));
    layers.add(new ActivationLayer(new Activation(Activation.Function.HARD_TANH, -0.5f, 0.25f)));
    for (Layer layer : layers) {
      for (int size : SIZES) {
        grid.add(size, layer);
      }
      grid.add(Shape.of(3, 7), layer);
      grid.add(Shape.of(2, 3, 5), layer);
    }
    return grid.cases;
  }

  private static void keeps(Case one, int... lengths) {
    NetworkContract.holds(Graph.sequential(one.input, List.of(one.layer)), one.seed, lengths);
  }
}
