package dev.eddy.network;

import static dev.eddy.layer.Conv.Padding.CAUSAL;
import static dev.eddy.layer.Conv.Padding.VALID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Axis;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Rearrange;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** What compiling finds out and refuses, and what stepping checks. */
class NetworkTest {

  private static Network compile(Graph graph, long seed) {
    return Network.compile(
        graph, RandomNetworkWeights.of(graph, seed), KernelBackend.find().kernels());
  }

  private static Network sequential(int channels, Layer... layers) {
    return compile(Graph.sequential(Shape.of(channels), List.of(layers)), 1);
  }

  private static void assertRefused(String message, Shape input, Layer... layers) {
    assertThatThrownBy(() -> compile(Graph.sequential(input, List.of(layers)), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void shouldFindOutHowFarTheOutputFallsBehind() {
    assertThat(lag(new Dense(2, true))).isZero();
    assertThat(lag(Conv.overTime(2, 5, 1, 1, 1, VALID, true))).isEqualTo(4);
    assertThat(lag(new Conv(2, List.of(new Axis(5, 1, 1, 2, 2)), 1, true))).isEqualTo(2);
    assertThat(
            lag(
                Conv.overTime(2, 3, 3, 1, 1, CAUSAL, true), // frames 0, 1, 2 come with input 0
                Deconv.overTime(2, 3, 3, 1, true)))
        .isZero();
    Conv late = new Conv(2, List.of(new Axis(3, 1, 4, 4, 4)), 1, true);
    assertThat(
            Network.lagFrames(
                new Graph(
                    Shape.of(2),
                    List.of(
                        new Graph.Node("late", late, Graph.INPUT),
                        new Graph.Node(
                            "sum", new Merge(Merge.How.ADD), List.of(Graph.INPUT, "late"))))))
        .isEqualTo(4);
  }

  @Test
  void shouldRefuseToCountALagThatIsTooLong() {
    Layer down = Conv.overTime(1, 1, 1024, 1, 1, CAUSAL, true);
    Layer up = Deconv.overTime(1, 1024, 1024, 1, true);
    assertThatThrownBy(() -> lag(up, up, up, down, down, down))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "layer \"5\" (conv): it lags too far behind what comes into the network to be counted");
  }

  private static long lag(Layer... layers) {
    return Network.lagFrames(Graph.sequential(Shape.of(2), List.of(layers)));
  }

  @Test
  void shouldFindOutRatesFieldsAndCosts() {
    Network network =
        sequential(
            4,
            Conv.overTime(8, 3, 2, 1, 1, CAUSAL, true),
            Conv.overTime(8, 3, 1, 2, 8, VALID, false),
            Deconv.overTime(6, 4, 2, 1, true),
            new Dense(3, true));
    assertThat(network.input()).isEqualTo(Shape.of(4));
    assertThat(network.output()).isEqualTo(Shape.of(3));
    assertThat(network.parts())
        .extracting(part -> part.rate().toString())
        .containsExactly("1/2", "1/2", "1/1", "1/1");
    // 3 taps; 4 frames at half the rate more; one and a half at half the rate more
    assertThat(network.parts())
        .extracting(part -> part.receptiveField().getAsLong())
        .containsExactly(3L, 11L, 14L, 14L);
    assertThat(network.parts())
        .extracting(Network.Part::parameters)
        .containsExactly(8L * 4 * 3 + 8, 8L * 3, 8L * 6 * 4 + 6, 6L * 3 + 3);
    assertThat(network.parameters()).isEqualTo(104 + 24 + 198 + 21);
    assertThat(network.parts())
        .extracting(Network.Part::stateLength)
        .containsExactly(3 + 2 * 4, 3 + 4 * 8, 2 + 2 * 6, 0);
    assertThat(network.stateLength()).isEqualTo(11 + 35 + 14);
    assertThat(network.parts())
        .extracting(Network.Part::multiplyAddsPerFrame)
        .containsExactly(48.0, 12.0, 96.0, 18.0);
    assertThat(network.multiplyAddsPerFrame()).isEqualTo(174);
    assertThat(network.rate()).hasToString("1/1");
    assertThat(network.receptiveField()).hasValue(14);
    assertThat(network.delayFrames()).isZero();
    assertThat(network.maxFramesPerStep()).isEqualTo(2);
    assertThat(network.stateLayout())
        .extracting(StateLayout::length)
        .isEqualTo(network.stateLength());
  }

  @Test
  void shouldHaveNoBoundOnWhatARecurrentNetworkSees() {
    Network network =
        sequential(4, new Lstm(8, 1, true), Conv.overTime(8, 3, 1, 1, 1, CAUSAL, true));
    assertThat(network.receptiveField()).isEmpty();
  }

  @Test
  void shouldNameTensorsByLayerAndTensor() {
    Graph graph =
        Graph.sequential(
            Shape.of(4), List.of(new Gru(2, 1, Gru.Reset.AFTER, false), new Dense(3, true)));
    assertThat(Network.tensors(graph))
        .extracting(spec -> spec.name() + " " + spec.dimensions())
        .containsExactly(
            "0.weight_ih_l0 [6, 4]", "0.weight_hh_l0 [6, 2]", "1.weight [3, 2]", "1.bias [3]");
  }

  @Test
  void shouldNameTheLayerWhoseInputDoesNotFit() {
    String message =
        "layer \"1\" (conv): groups must divide the input channels, got 2 groups and 3 channels";
    Layer dense = new Dense(3, true);
    Layer conv = Conv.overTime(4, 3, 1, 1, 2, CAUSAL, true);
    assertThatThrownBy(() -> Network.tensors(Graph.sequential(Shape.of(1), List.of(dense, conv))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    assertRefused(message, Shape.of(1), dense, conv);
    assertRefused(
        "layer \"0\" (lstm): lstm takes frames of shape [channels], got [2, 3];"
            + " put flatten before it",
        Shape.of(2, 3),
        new Lstm(3, 1, true));
  }

  @Test
  void shouldNameTheLayerWhoseWeightsCannotBe() {
    Graph graph =
        new Graph(
            Shape.of(2),
            List.of(new Graph.Node("pick", new Rearrange(Shape.of(1), 0f), Graph.INPUT)));
    Weights weights = tensor -> new float[] {2f};
    assertThatThrownBy(
            () -> Network.compile(graph, node -> weights, KernelBackend.find().kernels()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "layer \"pick\" (rearrange): index holds whole numbers from -1 to 1, the last value of a"
                + " frame of [2]; at 0 it has 2.0");
  }

  @Test
  void shouldRefuseMoreFramesThanABufferHolds() {
    assertRefused(
        "layer \"2\" (deconv): one record would give up to 1073741824 frames of [1]",
        Shape.of(1),
        Deconv.overTime(1, 1, 1024, 1, false),
        Deconv.overTime(1, 1, 1024, 1, false),
        Deconv.overTime(1, 1, 1024, 1, false));
  }

  @Test
  void shouldRefuseMoreFramesThanAllBuffersTogetherHold() {
    List<Layer> layers = new ArrayList<>();
    layers.add(Deconv.overTime(1, 1, 1024, 1, false));
    layers.add(Deconv.overTime(1, 1, 1024, 1, false));
    layers.addAll(Collections.nCopies(2_000, new ActivationLayer(Activation.RELU)));
    assertRefused(
        "layer \"64\" (relu): the frames that one record gives, in this layer and those before it,"
            + " would take more than 67108864 values",
        Shape.of(1),
        layers.toArray(new Layer[0]));
  }

  @Test
  void shouldRefuseAStateThatIsTooLarge() {
    Conv conv = Conv.overTime(256, 2, 1, 65536, 256, CAUSAL, false);
    Layer[] layers = Collections.nCopies(17, conv).toArray(new Layer[0]);
    assertRefused(
        "layer \"15\" (conv): the state of one key would hold more than 268435456 values",
        Shape.of(256),
        layers);
  }

  @Test
  void shouldRefuseARateBeyondWhatCanBeCounted() {
    assertRefused(
        "layer \"6\" (conv): rate 1/1024 after rate 1/1152921504606846976 is beyond what can be"
            + " counted",
        Shape.of(1),
        Collections.nCopies(7, Conv.overTime(1, 1, 1024, 1, 1, CAUSAL, false))
            .toArray(new Layer[0]));
  }

  @Test
  void shouldRefuseALagBeyondWhatCanBeCounted() {
    List<Layer> layers =
        new ArrayList<>(Collections.nCopies(6, Conv.overTime(1, 1, 1024, 1, 1, CAUSAL, false)));
    layers.add(new Conv(1, List.of(new Axis(9, 1, 1, 0, 8)), 1, false));
    assertRefused(
        "layer \"6\" (conv): a lag of 8 frames at rate 1/1152921504606846976 is beyond what can be"
            + " counted",
        Shape.of(1),
        layers.toArray(new Layer[0]));
  }

  @Test
  void shouldRefuseArraysThatAreTooShort() {
    Network network = sequential(4, new Lstm(3, 1, true));
    NetworkTask task = network.newTask();
    FrameSink nowhere = (values, offset) -> {};
    assertThat(task.network()).isSameAs(network);
    assertThatThrownBy(() -> task.step(new float[4], 0, new float[5], nowhere))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the state holds 5 values, the network needs 6");
    assertThatThrownBy(() -> task.flush(new float[5], nowhere))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the state holds 5 values, the network needs 6");
    assertThatThrownBy(() -> network.reset(new float[5]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the state holds 5 values, the network needs 6");
    assertThatThrownBy(() -> task.step(new float[5], 2, network.newState(), nowhere))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the frame holds 3 values, expected [4]");
    assertThatThrownBy(() -> task.step(new float[5], -1, network.newState(), nowhere))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** No output depends on more input frames, or frames further apart, than the network says. */
  @Property(tries = 100)
  void shouldSeeNoMoreThanItsReceptiveField(@ForAll("bounded") Graph graph, @ForAll long seed) {
    Network network = compile(graph, seed);
    Random random = new Random(seed);
    int length = 12;
    float[][] frames = new float[length][graph.input().size()];
    for (float[] frame : frames) {
      for (int i = 0; i < frame.length; i++) {
        frame[i] = (float) random.nextGaussian();
      }
    }
    List<float[]> base = run(network, frames);
    int[] first = new int[base.size()];
    int[] last = new int[base.size()];
    Arrays.fill(first, -1);
    for (int time = 0; time < length; time++) {
      float[][] changed = frames.clone();
      changed[time] = frames[time].clone();
      for (int i = 0; i < changed[time].length; i++) {
        changed[time][i] += 1 + i;
      }
      List<float[]> other = run(network, changed);
      for (int out = 0; out < base.size(); out++) {
        if (!Arrays.equals(base.get(out), other.get(out))) {
          first[out] = first[out] < 0 ? time : first[out];
          last[out] = time;
        }
      }
    }
    long field = network.receptiveField().orElse(Long.MAX_VALUE);
    for (int out = 0; out < base.size(); out++) {
      if (first[out] >= 0) {
        assertThat(last[out] - first[out] + 1L)
            .as("output %d of %s, seed %d", out, graph, seed)
            .isLessThanOrEqualTo(field);
      }
    }
  }

  @Provide
  Arbitrary<Graph> bounded() {
    return RandomGraphs.bounded();
  }

  private static List<float[]> run(Network network, float[][] frames) {
    List<float[]> out = new ArrayList<>();
    int size = network.output().size();
    FrameSink sink = (values, offset) -> out.add(Arrays.copyOfRange(values, offset, offset + size));
    NetworkTask task = network.newTask();
    float[] state = network.newState();
    for (float[] frame : frames) {
      task.step(frame, 0, state, sink);
    }
    task.flush(state, sink);
    return out;
  }
}
