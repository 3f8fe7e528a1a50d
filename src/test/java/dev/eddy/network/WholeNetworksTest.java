package dev.eddy.network;

import static dev.eddy.layer.Conv.Padding.CAUSAL;
import static dev.eddy.layer.Conv.Padding.VALID;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Dropout;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Rnn;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Softmax;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks as people build them keep the four promises. */
class WholeNetworksTest {
  private static final Layer RELU = new ActivationLayer(Activation.RELU);
  private static final Layer TANH = new ActivationLayer(Activation.TANH);

  @Test
  void shouldKeepThePromisesConvLstmDeconvDense() {
    keeps(
        3,
        Conv.overTime(17, 5, 2, 1, 1, CAUSAL, true),
        RELU,
        new Lstm(33, 2, true),
        new Dropout(0.1f),
        Deconv.overTime(16, 4, 2, 1, true),
        TANH,
        new Dense(3, true));
  }

  @Test
  void shouldKeepThePromisesOfADilatedStack() {
    keeps(
        1,
        Conv.overTime(16, 3, 1, 1, 1, CAUSAL, true),
        RELU,
        Conv.overTime(16, 3, 1, 2, 16, CAUSAL, false),
        Conv.overTime(31, 1, 1, 1, 1, CAUSAL, true),
        RELU,
        Conv.overTime(15, 3, 1, 4, 1, VALID, true),
        Conv.overTime(5, 3, 1, 8, 5, CAUSAL, true),
        new Softmax());
  }

  @Test
  void shouldKeepThePromisesOfAnAutoencoder() {
    keeps(
        8,
        Conv.overTime(16, 4, 2, 1, 1, VALID, true),
        RELU,
        Conv.overTime(4, 4, 2, 1, 1, VALID, true),
        RELU,
        Deconv.overTime(16, 4, 2, 1, true),
        RELU,
        Deconv.overTime(8, 4, 2, 1, true));
  }

  @Test
  void shouldKeepThePromisesWhereAGapIsFedOn() {
    keeps(
        5,
        Deconv.overTime(7, 2, 5, 1, true),
        Conv.overTime(15, 3, 2, 1, 1, VALID, true),
        Deconv.overTime(3, 1, 3, 1, true),
        Deconv.overTime(2, 9, 2, 1, true),
        new Gru(17, 1, Gru.Reset.BEFORE, true));
  }

  @Test
  void shouldKeepThePromisesOfARecurrentTower() {
    keeps(
        7,
        new Rnn(15, 2, Activation.TANH, true),
        new Gru(31, 2, Gru.Reset.AFTER, true),
        new Lstm(17, 1, false),
        new Gru(16, 1, Gru.Reset.BEFORE, true),
        new Dense(1, true),
        new ActivationLayer(Activation.SIGMOID));
  }

  @Test
  void shouldKeepThePromisesWhereANodeReadsAnEarlierOne() {
    Graph graph =
        new Graph(
            Shape.of(4),
            List.of(
                new Graph.Node("up", Deconv.overTime(6, 5, 2, 1, true), Graph.INPUT),
                new Graph.Node("aside", Conv.overTime(9, 3, 1, 1, 1, VALID, true), "up"),
                new Graph.Node("main", new Lstm(17, 1, true), "up"),
                new Graph.Node("aside.more", new Dense(2, true), "aside"),
                new Graph.Node("out", Deconv.overTime(3, 3, 2, 1, true), "main")));
    NetworkContract.holds(graph, 5, 1, 2, 3, 12);
  }

  @ParameterizedTest
  @MethodSource("longRuns")
  void shouldStayWithOnnxRuntimeOverAThousandSteps(Layer layer) {
    Graph graph = Graph.sequential(Shape.of(8), List.of(layer, new Dense(5, true)));
    for (long seed = 0; seed < 3; seed++) {
      NetworkContract.streamIsBatch(graph, seed, 1000, 1e-4);
    }
  }

  static List<Layer> longRuns() {
    return List.of(
        new Rnn(33, 2, Activation.TANH, true),
        new Rnn(33, 2, Activation.RELU, true),
        new Gru(67, 2, Gru.Reset.AFTER, true),
        new Gru(67, 2, Gru.Reset.BEFORE, true),
        new Lstm(67, 3, true),
        new Lstm(128, 1, true));
  }

  private static void keeps(int channels, Layer... layers) {
    NetworkContract.holds(
        Graph.sequential(Shape.of(channels), List.of(layers)), layers.length, 1, 2, 3, 7, 40);
  }
}
