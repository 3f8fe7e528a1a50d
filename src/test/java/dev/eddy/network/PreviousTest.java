package dev.eddy.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Axis;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Flatten;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Last;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Merge.How;
import dev.eddy.layer.Operation;
import dev.eddy.layer.Pool;
import dev.eddy.layer.Previous;
import dev.eddy.layer.Reshape;
import dev.eddy.layer.Rnn;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Slice;
import dev.eddy.layer.TimePad;
import dev.eddy.layer.TimeSlice;
import dev.eddy.layer.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Feedback keeps the promises, and is refused where it can't be there in time. */
class PreviousTest {
  private static final int[] LENGTHS = {1, 2, 3, 12};
  private static final Layer TANH = new ActivationLayer(Activation.TANH);

  private static Graph.Node node(String name, Operation operation, String... reads) {
    return new Graph.Node(name, operation, List.of(reads));
  }

  private static Graph graph(Shape input, Graph.Node... nodes) {
    return new Graph(input, List.of(nodes));
  }

  /** h = tanh(W [x h']), and what else there is. */
  private static List<Graph.Node> cell(int units, boolean initial) {
    return List.of(
        node("before", new Previous(Shape.of(units), initial), "h"),
        node("both", new Merge(How.CONCAT), Graph.INPUT, "before"),
        node("sum", new Dense(units, true), "both"),
        node("h", TANH, "sum"));
  }

  private static void keepsThePromises(Graph graph) {
    NetworkContract.holds(graph, graph.nodes().size(), LENGTHS);
  }

  private static Network compile(Graph graph) {
    return Network.compile(
        graph, RandomNetworkWeights.of(graph, 1), KernelBackend.find().kernels());
  }

  @Test
  void shouldKeepThePromisesOfACell() {
    keepsThePromises(new Graph(Shape.of(3), cell(17, false)));
    keepsThePromises(new Graph(Shape.of(3), cell(5, true)));
  }

  @Test
  void shouldEqualARecurrentLayerWithTheSameWeights() {
    int units = 17;
    Graph byHand = new Graph(Shape.of(3), cell(units, false));
    float[] both = RandomNetworkWeights.of(byHand, 4).apply("sum").tensor("weight");
    float[] bias = new float[units];
    float[] ih = new float[units * 3];
    float[] hh = new float[units * units];
    for (int row = 0; row < units; row++) {
      System.arraycopy(both, row * (units + 3), ih, row * 3, 3);
      System.arraycopy(both, row * (units + 3) + 3, hh, row * units, units);
    }
    Map<String, float[]> dense = Map.of("weight", both, "bias", bias);
    Map<String, float[]> rnn =
        Map.of("weight_ih_l0", ih, "weight_hh_l0", hh, "bias_ih_l0", bias, "bias_hh_l0", bias);
    Layer layer = new Rnn(units, 1, Activation.TANH, true);
    List<float[]> fedBack = run(byHand, name -> dense::get);
    List<float[]> recurrent = run(Graph.sequential(Shape.of(3), List.of(layer)), n -> rnn::get);
    for (int i = 0; i < fedBack.size(); i++) {
      for (int unit = 0; unit < units; unit++) {
        assertThat((double) fedBack.get(i)[unit])
            .isCloseTo(recurrent.get(i)[unit], org.assertj.core.api.Assertions.within(1e-5));
      }
    }
  }

  private static List<float[]> run(Graph graph, Function<String, Weights> weights) {
    Network network = Network.compile(graph, weights, KernelBackend.find().kernels());
    float[] state = network.newState();
    List<float[]> out = new ArrayList<>();
    int size = network.output().size();
    for (int time = 0; time < 20; time++) {
      float[] frame = {time % 3 - 1, time % 5 * 0.25f, -0.5f};
      network
          .newTask()
          .step(
              frame, 0, state, (values, at) -> out.add(Arrays.copyOfRange(values, at, at + size)));
    }
    assertThat(out).hasSize(20);
    return out;
  }

  /** A window in a state, as models written for one step carry their convolutions. */
  @Test
  void shouldKeepThePromisesOfABufferOfFrames() {
    keepsThePromises(
        graph(
            Shape.of(2),
            node("before", new Previous(Shape.of(8)), "window"),
            node("newest", new Slice(0, 2, 8), "before"),
            node("window", new Merge(How.CONCAT), "newest", Graph.INPUT),
            node("out", new Dense(3, true), "window")));
  }

  @Test
  void shouldKeepThePromisesOfFramesLongerAgo() {
    keepsThePromises(
        graph(
            Shape.of(2, 3),
            node("one", new Previous(Shape.of(2, 3), true), Graph.INPUT),
            node("two", new Previous(Shape.of(2, 3)), "one"),
            node("met", new Merge(How.CONCAT), Graph.INPUT, "one", "two")));
  }

  @Test
  void shouldKeepThePromisesOfFeedbackIntoLayersWithMemory() {
    keepsThePromises(
        graph(
            Shape.of(3),
            node("before", new Previous(Shape.of(4), true), "h"),
            node("conv", Conv.overTime(4, 3, 1, 2, 1, Conv.Padding.CAUSAL, true), Graph.INPUT),
            node("sum", new Merge(How.ADD), "before", "conv"),
            node("gru", new Gru(4, 1, Gru.Reset.AFTER, true), "sum"),
            node("h", TANH, "gru")));
  }

  /** What is read aside from the loop, and what comes after it, may wait. */
  @Test
  void shouldKeepThePromisesOfFeedbackAmongWhatLags() {
    Conv symmetric = new Conv(5, List.of(new Axis(5, 1, 1, 2, 2)), 1, true);
    List<Graph.Node> nodes = new ArrayList<>(cell(5, false));
    nodes.add(node("late", symmetric, Graph.INPUT));
    nodes.add(node("aside", new Merge(How.SUBTRACT), "late", "before"));
    nodes.add(node("met", new Merge(How.ADD), "aside", "h"));
    nodes.add(node("half", new Pool(Pool.How.MAX, List.of(new Axis(3, 2, 1, 1, 1)), false), "met"));
    keepsThePromises(new Graph(Shape.of(3), nodes));
    nodes.add(node("last", new Last(), "half"));
    keepsThePromises(new Graph(Shape.of(3), nodes));
  }

  @Test
  void shouldKeepThePromisesOfTwoLoopsInEachOther() {
    keepsThePromises(
        graph(
            Shape.of(3),
            node("outer before", new Previous(Shape.of(3)), "outer"),
            node("inner before", new Previous(Shape.of(1, 3), true), "inner"),
            node("flat", new Flatten(), "inner before"),
            node("in", new Merge(How.ADD), Graph.INPUT, "outer before", "flat"),
            node("mixed", new Dense(3, true), "in"),
            node("inner", new Reshape(List.of(1, 3)), "mixed"),
            node("outer", TANH, "mixed")));
  }

  @Test
  void shouldGiveTheValueBefore() {
    Graph graph = graph(Shape.of(1), node("before", new Previous(Shape.of(1)), Graph.INPUT));
    Network network = compile(graph);
    assertThat(network.stateLayout()).hasToString("before.previous[1]");
    assertThat(network.receptiveField()).isEmpty();
    float[] state = network.newState();
    List<Float> out = new ArrayList<>();
    NetworkTask task = network.newTask();
    for (float value : new float[] {3, 5, 7}) {
      task.step(new float[] {value}, 0, state, (values, offset) -> out.add(values[offset]));
    }
    assertThat(task.flush(state, (values, offset) -> {})).isZero();
    assertThat(out).containsExactly(0f, 3f, 5f);
    assertThat(Network.tensors(graph)).isEmpty();
    Graph learnt =
        graph(
            Shape.of(4),
            node("p", new Previous(Shape.of(2, 2), true), "shaped"),
            node("shaped", new Reshape(List.of(2, 2)), Graph.INPUT));
    assertThat(Network.tensors(learnt))
        .hasToString("[TensorSpec[name=p.initial, dimensions=[2, 2]]]");
  }

  @Test
  void shouldRefuseWhatIsNotThereInTime() {
    isRefused(new Dense(3, true), "\"fed\" gives frames of [3], expected [2]");
    isRefused(
        Conv.overTime(2, 2, 2, 1, 1, Conv.Padding.CAUSAL, true),
        "\"fed\" gives 1/2 frames for each that comes in; feedback takes 1/1");
    isRefused(
        Deconv.overTime(2, 2, 2, 1, true),
        "\"fed\" gives 2/1 frames for each that comes in; feedback takes 1/1");
    isRefused(new Last(), "\"fed\" gives end frames for each that comes in; feedback takes 1/1");
    isRefused(
        new Conv(2, List.of(new Axis(3, 1, 1, 1, 1)), 1, true),
        "\"fed\" lags by 1 frames; feedback takes what doesn't lag");
    isRefused(
        new TimeSlice(2, 0, 1),
        "\"fed\" gives 0 frames at frame 1 of a sequence; feedback takes one at each");
    isRefused(
        new TimePad(2, 0, TimePad.Mode.CONSTANT, 0f),
        "\"fed\" gives 3 frames at frame 1 of a sequence; feedback takes one at each");
    isRefused(
        Conv.overTime(2, 30, 1, 1, 1, Conv.Padding.VALID, true),
        "\"fed\" gives 0 frames at frame 1 of a sequence; feedback takes one at each");
  }

  private static void isRefused(Layer layer, String message) {
    Graph graph =
        graph(
            Shape.of(2),
            node("before", new Previous(Shape.of(2)), "fed"),
            node("fed", layer, Graph.INPUT));
    assertThatThrownBy(() -> compile(graph))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layer \"before\" (previous): " + message);
  }

  @Test
  void shouldRefuseWhatIsNoFeedback() {
    assertThatThrownBy(() -> graph(Shape.of(2), node("p", new Previous(Shape.of(2)), "nothing")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layer \"p\" reads \"nothing\", which no layer is");
    assertThatThrownBy(() -> node("p", new Previous(Shape.of(2)), "a", "b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layer \"p\" (previous) reads from one layer, got 2");
  }
}
