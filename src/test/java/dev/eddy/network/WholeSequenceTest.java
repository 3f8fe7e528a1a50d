package dev.eddy.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.First;
import dev.eddy.layer.GlobalPool;
import dev.eddy.layer.Last;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Rate;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Softmax;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Layers that speak once, at the end of a sequence, and what comes after them. */
class WholeSequenceTest {

  @Test
  void shouldKeepThePromisesOfAClassifierOfSequences() {
    keeps(new Lstm(17, 2, true), new Last(), new Dense(5, true), new Softmax());
  }

  @Test
  void shouldPoolWhatALookaheadAndATailHoldBack() {
    keeps(
        Conv.overTime(16, 3, 2, 1, 1, Conv.Padding.CAUSAL, true),
        Deconv.overTime(9, 7, 2, 1, true),
        new GlobalPool(GlobalPool.How.AVERAGE, GlobalPool.Over.TIME),
        new Dense(3, true));
  }

  @Test
  void shouldGoOnWithSeveralFramesAtTheEnd() {
    keeps(
        new ActivationLayer(Activation.TANH),
        new GlobalPool(GlobalPool.How.SUM, GlobalPool.Over.TIME),
        Deconv.overTime(5, 4, 2, 1, true),
        new Lstm(7, 1, true),
        new GlobalPool(GlobalPool.How.MAX, GlobalPool.Over.TIME));
  }

  private static void keeps(Layer... layers) {
    NetworkContract.holds(
        Graph.sequential(Shape.of(6), List.of(layers)), layers.length, 1, 2, 7, 40);
  }

  @Test
  void shouldRunAtTheEndFromThereOn() {
    Graph graph =
        Graph.sequential(
            Shape.of(3),
            List.of(
                Conv.overTime(4, 3, 2, 1, 1, Conv.Padding.VALID, true),
                new Last(),
                Deconv.overTime(2, 4, 2, 1, true)));
    Network network = network(graph);
    assertThat(network.rate()).isEqualTo(Rate.END);
    assertThat(network.delayFrames()).isZero();
    assertThat(network.receptiveField()).isEmpty();
    assertThat(network.multiplyAddsPerFrame()).isEqualTo(4 * 3 * 3 / 2.0);
  }

  @Test
  void shouldGiveNothingForASequenceWithoutFrames() {
    for (GlobalPool.How how : GlobalPool.How.values()) {
      for (Layer layer :
          List.of(new First(), new Last(), new GlobalPool(how, GlobalPool.Over.TIME))) {
        Network network = network(Graph.sequential(Shape.of(3), List.of(layer)));
        assertThat(network.newTask().flush(network.newState(), (values, offset) -> {})).isZero();
      }
    }
  }

  /** A mean far from zero is where a running sum of floats drifts off. */
  @ParameterizedTest
  @EnumSource
  void shouldStayExactOverAMillionFrames(GlobalPool.How how) {
    Network network =
        network(Graph.sequential(Shape.of(2), List.of(new GlobalPool(how, GlobalPool.Over.TIME))));
    NetworkTask task = network.newTask();
    float[] state = network.newState();
    Random random = new Random(1);
    double sum = 0;
    double max = Double.NEGATIVE_INFINITY;
    double squares = 0; // of distances from 1000, near the mean
    int frames = 1_000_000;
    for (int time = 0; time < frames; time++) {
      float value = (float) (1000 + random.nextGaussian());
      task.step(new float[] {value, -value}, 0, state, (values, offset) -> {});
      sum += value;
      max = Math.max(max, value);
      squares += (value - 1000.0) * (value - 1000.0);
    }
    List<Float> out = new ArrayList<>();
    task.flush(
        state,
        (values, offset) -> {
          out.add(values[offset]);
          out.add(values[offset + 1]);
        });
    double off = sum / frames - 1000;
    float variance = (float) (squares / frames - off * off);
    assertThat(out)
        .isEqualTo(
            switch (how) {
              case VARIANCE -> List.of(variance, variance);
              case MAX -> List.of((float) max, out.get(1));
              case SUM -> List.of((float) sum, (float) -sum);
              case AVERAGE -> List.of((float) (sum / frames), (float) (-sum / frames));
            });
  }

  private static Network network(Graph graph) {
    return Network.compile(
        graph, RandomNetworkWeights.of(graph, 1), KernelBackend.find().kernels());
  }
}
