package dev.eddy.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.kernel.KernelBackend;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@link NetworkContract} holds every network to the bytes; here are sizes, and what is refused.
 */
class NetworkBatchTest {

  private static Network network(Layer... layers) {
    Graph graph = Graph.sequential(Shape.of(5), List.of(layers));
    return Network.compile(
        graph, RandomNetworkWeights.of(graph, 1), KernelBackend.find().kernels());
  }

  /** Panels of one, two and four chains; wide ones with a last panel that is narrow. */
  static Stream<Network> networks() {
    return Stream.of(
        network(new Lstm(33, 2, true), new Dense(130, true)),
        network(new Lstm(64, 1, true, false, 0, true), new Dense(67, false)),
        network(new Gru(57, 2, Gru.Reset.AFTER, true), new Dense(300, true)),
        network(new Gru(25, 1, Gru.Reset.BEFORE, true), new Dense(3, true)),
        network(
            new Dense(17, true),
            Conv.overTime(40, 3, 2, 1, 1, Conv.Padding.VALID, true),
            new Lstm(16, 1, true)));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void shouldGiveTheBytesOfOneByOneForAnyNumberOfKeys(Network network) {
    Random random = new Random(1);
    for (int keys = 1; keys <= 14; keys++) {
      NetworkBatch batch = network.newBatch(keys);
      float[][] states = new float[keys][];
      float[][] alone = new float[keys][];
      for (int key = 0; key < keys; key++) {
        states[key] = network.newState();
        alone[key] = network.newState();
      }
      for (int time = 0; time < 5; time++) {
        float[][] frames = new float[keys][5];
        for (float[] frame : frames) {
          for (int i = 0; i < frame.length; i++) {
            frame[i] = (float) random.nextGaussian();
          }
        }
        List<float[]> out = new ArrayList<>();
        List<float[]> expected = new ArrayList<>();
        batch.stepBatch(
            keys, frames, states, (key, values, at) -> out.add(copy(network, values, at)));
        NetworkTask task = network.newTask();
        for (int key = 0; key < keys; key++) {
          task.step(
              frames[key], 0, alone[key], (values, at) -> expected.add(copy(network, values, at)));
        }
        assertThat(out.toArray(float[][]::new)).isDeepEqualTo(expected.toArray(float[][]::new));
        assertThat(states).isDeepEqualTo(alone);
      }
    }
  }

  private static float[] copy(Network network, float[] values, int offset) {
    return Arrays.copyOfRange(values, offset, offset + network.output().size());
  }

  @Test
  void shouldSayWhoseFramesTheyAre() {
    Network network = network(new Dense(1, true));
    List<Integer> keys = new ArrayList<>();
    float[][] states = {network.newState(), network.newState(), network.newState()};
    int emitted =
        network
            .newBatch(4)
            .stepBatch(3, new float[3][5], states, (key, values, at) -> keys.add(key));
    assertThat(emitted).isEqualTo(3);
    assertThat(keys).containsExactly(0, 1, 2);
  }

  @Test
  void shouldRefuseMoreKeysThanItWasMadeFor() {
    Network network = network(new Dense(1, true));
    NetworkBatch batch = network.newBatch(2);
    assertThat(batch.keys()).isEqualTo(2);
    assertThatThrownBy(
            () -> batch.stepBatch(3, new float[3][5], new float[3][], (key, values, at) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("this batch steps up to 2 keys, got 3");
    assertThatThrownBy(() -> network.newBatch(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a batch of this network takes 1..1024 keys, got 0");
  }

  @Test
  void shouldRefuseAStateOrAFrameThatIsTooShort() {
    NetworkBatch batch = network(new Lstm(2, 1, true)).newBatch(1);
    assertThatThrownBy(
            () -> batch.stepBatch(1, new float[1][5], new float[1][3], (key, values, at) -> {}))
        .hasMessage("the state holds 3 values, the network needs 4");
    assertThatThrownBy(
            () -> batch.stepBatch(1, new float[1][4], new float[1][4], (key, values, at) -> {}))
        .hasMessage("the frame holds 4 values, expected [5]");
  }
}
