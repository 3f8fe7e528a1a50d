package dev.eddy.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Axis;
import dev.eddy.layer.BatchNorm;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Previous;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Weights;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Whatever is folded, the network keeps its promises, against ONNX Runtime, which folds nothing.
 */
class FoldingTest {
  private static final BatchNorm NORM = new BatchNorm(1e-3f, true);
  private static final BatchNorm PLAIN_NORM = new BatchNorm(1e-3f, false);

  private static Network network(Graph graph) {
    return Network.compile(
        graph, RandomNetworkWeights.of(graph, 1), KernelBackend.find().kernels());
  }

  private static void isFolded(Shape input, Layer layer, boolean folded) {
    for (BatchNorm norm : List.of(NORM, PLAIN_NORM)) {
      for (List<Layer> layers :
          List.of(
              List.of(layer, norm), List.of(layer, norm, new ActivationLayer(Activation.TANH)))) {
        Graph graph = Graph.sequential(input, layers);
        Network network = network(graph);
        assertThat(network.folded()).isEqualTo(folded ? Map.of("1", "0") : Map.of());
        assertThat(network.parts().get(1).multiplyAddsPerFrame() == 0).isEqualTo(folded);
        NetworkContract.holds(graph, 1, 1, 2, 9);
      }
    }
  }

  @Test
  void shouldFoldIntoTheDenseLayerBefore() {
    isFolded(Shape.of(3), new Dense(5, true), true);
    isFolded(Shape.of(3), new Dense(33, false), true);
  }

  /** The units of a dense layer are the last axis, what is normalised is the first. */
  @Test
  void shouldNotFoldIntoADenseLayerOverMatrices() {
    isFolded(Shape.of(3, 4), new Dense(5, true), false);
  }

  @Test
  void shouldFoldIntoTheConvolutionBefore() {
    isFolded(Shape.of(4), Conv.overTime(6, 3, 1, 2, 1, Conv.Padding.CAUSAL, true), true);
    isFolded(Shape.of(4), Conv.overTime(6, 3, 2, 1, 2, Conv.Padding.VALID, false), true);
    isFolded(Shape.of(4), Conv.overTime(4, 3, 1, 1, 4, Conv.Padding.CAUSAL, false), true);
    isFolded(Shape.of(4), new Conv(6, List.of(new Axis(3, 1, 1, 1, 1)), 1, true), true);
    isFolded(
        Shape.of(2, 4, 3),
        new Conv(4, List.of(Axis.causal(2, 1, 1), Axis.valid(3), Axis.valid(2)), 2, true),
        true);
  }

  @Test
  void shouldFoldIntoTheDeconvolutionBeforeWhereItKeepsNothing() {
    isFolded(Shape.of(4), Deconv.overTime(6, 3, 3, 1, true), true);
    isFolded(Shape.of(4), Deconv.overTime(6, 2, 2, 2, false), true);
    isFolded(
        Shape.of(4, 3),
        new Deconv(
            6, List.of(new Axis(2, 2, 1, 0, 0), new Axis(3, 2, 1, 0, 0)), List.of(0, 0), 2, true),
        true);
  }

  /** Its state would mean something else. */
  @Test
  void shouldNotFoldIntoADeconvolutionWhoseOutputsOverlap() {
    isFolded(Shape.of(4), Deconv.overTime(6, 4, 2, 1, true), false);
  }

  @Test
  void shouldNotFoldWhatOthersReadToo() {
    Graph graph =
        new Graph(
            Shape.of(3),
            List.of(
                new Graph.Node("a", new Dense(3, true), Graph.INPUT),
                new Graph.Node("b", NORM, "a"),
                new Graph.Node("sum", new Merge(Merge.How.ADD), List.of("a", "b"))));
    assertThat(network(graph).folded()).isEmpty();
    Graph fedBack =
        new Graph(
            Shape.of(3),
            List.of(
                new Graph.Node("before", new Previous(Shape.of(3)), "a"),
                new Graph.Node("both", new Merge(Merge.How.ADD), List.of("before", Graph.INPUT)),
                new Graph.Node("a", new Dense(3, true), "both"),
                new Graph.Node("b", NORM, "a")));
    assertThat(network(fedBack).folded()).isEmpty();
  }

  @Test
  void shouldLetBranchesAndFeedbackReadWhatIsFolded() {
    Conv late = new Conv(3, List.of(new Axis(3, 1, 1, 1, 1)), 1, false);
    Graph branches =
        new Graph(
            Shape.of(3),
            List.of(
                new Graph.Node("a", late, Graph.INPUT),
                new Graph.Node("other", new ActivationLayer(Activation.TANH), Graph.INPUT),
                new Graph.Node("b", NORM, "a"),
                new Graph.Node("sum", new Merge(Merge.How.ADD), List.of("other", "b")),
                new Graph.Node("twice", new Merge(Merge.How.MULTIPLY), List.of("b", "sum"))));
    assertThat(network(branches).folded()).isEqualTo(Map.of("b", "a"));
    NetworkContract.holds(branches, 1, 1, 2, 9);
    Graph feedback =
        new Graph(
            Shape.of(3),
            List.of(
                new Graph.Node("before", new Previous(Shape.of(3)), "bounded"),
                new Graph.Node("both", new Merge(Merge.How.ADD), List.of("before", Graph.INPUT)),
                new Graph.Node("a", new Dense(3, true), "both"),
                new Graph.Node("b", NORM, "a"),
                new Graph.Node("bounded", new ActivationLayer(Activation.TANH), "b")));
    assertThat(network(feedback).folded()).isEqualTo(Map.of("b", "a"));
    NetworkContract.holds(feedback, 1, 1, 2, 9);
    Graph fedBack =
        new Graph(
            Shape.of(3),
            List.of(
                new Graph.Node("before", new Previous(Shape.of(3)), "b"),
                new Graph.Node("both", new Merge(Merge.How.MAX), List.of("before", Graph.INPUT)),
                new Graph.Node("small", new ActivationLayer(Activation.TANH), "both"),
                new Graph.Node("a", new Dense(3, true), "small"),
                new Graph.Node("b", NORM, "a")));
    assertThat(network(fedBack).folded()).isEqualTo(Map.of("b", "a"));
    NetworkContract.holds(fedBack, 1, 1, 2, 9);
  }

  @Test
  void shouldKeepTheLayoutOfTheState() {
    Conv conv = Conv.overTime(6, 3, 1, 1, 1, Conv.Padding.CAUSAL, false);
    Network alone = network(Graph.sequential(Shape.of(4), List.of(conv)));
    Network folded = network(Graph.sequential(Shape.of(4), List.of(conv, NORM)));
    assertThat(folded.stateLayout()).isEqualTo(alone.stateLayout());
    assertThat(folded.parameters()).isEqualTo(alone.parameters() + 4 * 6);
  }

  @Test
  void shouldNotFoldAScaleThatNoWeightCanHold() {
    assertThat(compile(new float[] {0f}, 3e38f).folded()).isEmpty();
  }

  @Test
  void shouldNameTheNormalisationWhoseVarianceCantBe() {
    assertThatThrownBy(() -> compile(new float[] {-1f}, 1f))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "layer \"1\" (batch-norm): running_var must not be negative, channel 0 has -1.0");
  }

  private static Network compile(float[] variance, float weight) {
    Graph graph = Graph.sequential(Shape.of(1), List.of(new Dense(1, false), PLAIN_NORM));
    Map<String, float[]> tensors =
        Map.of(
            "weight", new float[] {weight}, "running_mean", new float[1], "running_var", variance);
    Function<String, Weights> weights = name -> tensors::get;
    return Network.compile(graph, weights, KernelBackend.find().kernels());
  }
}
