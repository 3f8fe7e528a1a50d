package dev.eddy.network;

import static dev.eddy.layer.Conv.Padding.CAUSAL;
import static dev.eddy.layer.Conv.Padding.VALID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.kernel.KernelBackend;
import dev.eddy.layer.Axis;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A network that is fed its own output, without the key's state knowing. */
class RolloutTest {
  private static final FrameSink NOWHERE = (values, offset) -> {};

  private static Network network(Layer... layers) {
    Graph graph = Graph.sequential(Shape.of(3), List.of(layers));
    return Network.compile(
        graph, RandomNetworkWeights.of(graph, 1), KernelBackend.find().kernels());
  }

  @Test
  void shouldGiveWhatFeedingTheOutputGives() {
    Conv conv = Conv.overTime(5, 3, 1, 2, 1, CAUSAL, true);
    assertGivesWhatFeedingGives(network(conv, new Lstm(7, 1, true), new Dense(3, true)));
    assertGivesWhatFeedingGives(network(conv, new Lstm(3, 2, true))); // whose frame is in the state
  }

  private static void assertGivesWhatFeedingGives(Network network) {
    NetworkTask task = network.newTask();
    float[] state = network.newState();
    float[][] last = {{0.5f, -1f, 2f}};
    for (int i = 0; i < 4; i++) {
      task.step(last[0], 0, state, (v, at) -> last[0] = Arrays.copyOfRange(v, at, at + 3));
    }
    float[] before = state.clone();

    List<float[]> rolled = new ArrayList<>();
    float[] in = {Float.NaN, last[0][0], last[0][1], last[0][2]};
    task.rollout(in, 1, 6, state, (v, at) -> rolled.add(Arrays.copyOfRange(v, at, at + 3)));

    assertThat(state).containsExactly(before);
    List<float[]> fed = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      task.step(last[0], 0, state, (v, at) -> last[0] = Arrays.copyOfRange(v, at, at + 3));
      fed.add(last[0]);
    }
    assertThat(rolled).usingRecursiveComparison().isEqualTo(fed);
  }

  @Test
  void shouldRefuseAnOutputOfAnotherShape() {
    assertRefused("it takes frames of [3] and emits frames of [2]", network(new Dense(2, true)));
  }

  @Test
  void shouldRefuseAnotherRate() {
    assertRefused(
        "it emits 1/2 frames for each that comes in",
        network(Conv.overTime(3, 2, 2, 1, 1, CAUSAL, true)));
    assertRefused(
        "it emits 2/1 frames for each that comes in", network(Deconv.overTime(3, 2, 2, 1, true)));
  }

  @Test
  void shouldRefuseANetworkThatLags() {
    Conv ahead = new Conv(3, List.of(new Axis(3, 1, 1, 1, 1)), 1, true);
    assertRefused("its output lags behind its input by up to 1 frames", network(ahead));
  }

  @Test
  void shouldRefuseDuringWarmUpAndNotAfterIt() {
    Network network = network(Conv.overTime(3, 3, 1, 1, 1, VALID, true));
    assertRefused("it is in its warm-up and emits no frame", network);
    NetworkTask task = network.newTask();
    float[] state = network.newState();
    task.step(new float[3], 0, state, NOWHERE);
    task.step(new float[3], 0, state, NOWHERE);
    task.rollout(new float[3], 0, 2, state, NOWHERE);
  }

  @Test
  void shouldRefuseToEmitNothing() {
    Network network = network(new Dense(3, true));
    assertThatThrownBy(
            () -> network.newTask().rollout(new float[3], 0, 0, network.newState(), NOWHERE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a rollout emits at least 1 frame, got 0");
  }

  private static void assertRefused(String reason, Network network) {
    assertThatThrownBy(
            () -> network.newTask().rollout(new float[3], 0, 5, network.newState(), NOWHERE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the network can't be fed its own output: " + reason);
  }
}
