package dev.eddy.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.eddy.kernel.KernelBackend;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A step costs what its layers cost, however far back they look: no state is shifted. */
class LongHistoryTest {
  private static final int CHANNELS = 5;
  private static final int COUNTERS = 3; // of each convolution

  /** Twelve convolutions of two taps, 1, 2, 4, ... frames apart. */
  private static Network dilatedStack() {
    List<Layer> layers = new ArrayList<>();
    for (int dilation = 1; dilation <= 2048; dilation *= 2) {
      layers.add(Conv.overTime(CHANNELS, 2, 1, dilation, 1, Conv.Padding.CAUSAL, true));
    }
    Graph graph = Graph.sequential(Shape.of(CHANNELS), layers);
    return Network.compile(
        graph, RandomNetworkWeights.of(graph, 1), KernelBackend.find().kernels());
  }

  @Test
  void shouldTouchOneFrameOfEachHistoryAStep() {
    Network network = dilatedStack();
    assertThat(network.receptiveField()).hasValue(4096);
    assertThat(network.stateLength()).isGreaterThan(4095 * CHANNELS);
    Random random = new Random(1);
    NetworkTask task = network.newTask();
    float[] state = network.newState();
    float[] before = state.clone();
    float[] frame = new float[CHANNELS];
    int most = 0;
    for (int time = 0; time < 5000; time++) { // every ring comes round
      for (int i = 0; i < frame.length; i++) {
        frame[i] = (float) random.nextGaussian();
      }
      task.step(frame, 0, state, (values, offset) -> {});
      int changed = 0;
      for (int i = 0; i < state.length; i++) {
        if (Float.floatToRawIntBits(state[i]) != Float.floatToRawIntBits(before[i])) {
          changed++;
          before[i] = state[i];
        }
      }
      most = Math.max(most, changed);
    }
    assertThat(most)
        .as("values of %d that a step changed", state.length)
        .isBetween(12 * CHANNELS, 12 * (CHANNELS + COUNTERS));
  }

  @Test
  void shouldCountTheSameForAnyHistory() {
    assertThat(dilatedStack().multiplyAddsPerFrame()).isEqualTo(12 * 2.0 * CHANNELS * CHANNELS);
  }
}
