package dev.eddy.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.KernelBackend;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Axis;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Shape;
import dev.eddy.layer.TimePad;
import dev.eddy.layer.TimeSlice;
import dev.eddy.layer.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EndCropsTest {
  private static final Layer RELU = new ActivationLayer(Activation.RELU);

  /** What a network emitted, and after which input frame; the length stands for the end. */
  private record Emitted(List<float[]> frames, List<Integer> after) {}

  private static Emitted run(Graph graph, Function<String, Weights> weights, int length) {
    Network network = Network.compile(graph, weights, KernelBackend.find().kernels());
    NetworkTask task = network.newTask();
    float[] state = network.newState();
    Random random = new Random(7);
    Emitted emitted = new Emitted(new ArrayList<>(), new ArrayList<>());
    float[] frame = new float[network.input().size()];
    for (int in = 0; in <= length; in++) {
      int now = in;
      FrameSink sink =
          (values, offset) -> {
            float[] copy = new float[network.output().size()];
            System.arraycopy(values, offset, copy, 0, copy.length);
            emitted.frames.add(copy);
            emitted.after.add(now);
          };
      if (in == length) {
        task.flush(state, sink);
      } else {
        for (int i = 0; i < frame.length; i++) {
          frame[i] = (float) random.nextGaussian();
        }
        task.step(frame, 0, state, sink);
      }
    }
    return emitted;
  }

  private static void assertSame(Graph graph, Graph absorbed, long seed, int... lengths) {
    Function<String, Weights> weights = RandomNetworkWeights.of(graph, seed);
    for (int length : lengths) {
      Emitted plain = run(graph, weights, length);
      Emitted better = run(absorbed, weights, length);
      assertThat(better.frames).as("frames of %d", length).hasSameSizeAs(plain.frames);
      for (int i = 0; i < plain.frames.size(); i++) {
        assertThat(better.frames.get(i))
            .as("frame %d of a sequence of %d", i, length)
            .containsExactly(plain.frames.get(i), within(1e-5f));
        assertThat(better.after.get(i)).as("when").isLessThanOrEqualTo(plain.after.get(i));
      }
    }
  }

  private static Conv conv(int before, int after, int stride) {
    return new Conv(3, List.of(new Axis(3, stride, 1, before, after)), 1, true);
  }

  private static Graph of(Layer... layers) {
    return Graph.sequential(Shape.of(3), List.of(layers));
  }

  @Test
  void shouldMakeAChompedConvolutionCausal() {
    Graph graph = of(conv(2, 2, 1), RELU, new TimeSlice(0, 2, 1));
    Graph absorbed = EndCrops.absorb(graph);
    assertSame(graph, absorbed, 1, 1, 2, 5, 9);
    assertThat(run(absorbed, RandomNetworkWeights.of(graph, 1), 4).after)
        .containsExactly(0, 1, 2, 3);
    assertThat(absorbed.nodes().get(0).operation()).isEqualTo(conv(2, 0, 1));
  }

  @Test
  void shouldCropATransposedConvolutionInItself() {
    Deconv deconv = Deconv.overTime(3, 3, 2, 1, true);
    Graph graph = of(deconv, RELU, new TimeSlice(0, 1, 1));
    Graph absorbed = EndCrops.absorb(graph);
    assertSame(graph, absorbed, 2, 1, 2, 5, 9);
    assertThat(run(absorbed, RandomNetworkWeights.of(graph, 2), 3).after)
        .containsExactly(0, 0, 1, 1, 2, 2);
  }

  @Test
  void shouldPutZerosIntoTheConvolutionAlone() {
    Graph graph = of(new TimePad(2, 0, TimePad.Mode.CONSTANT, 0f), conv(0, 0, 1), RELU);
    Graph absorbed = EndCrops.absorb(graph);
    assertSame(graph, absorbed, 3, 1, 2, 5);
    assertThat(absorbed.nodes()).hasSize(2);
  }

  @Test
  void shouldKeepOtherPadding() {
    Graph graph = of(new TimePad(2, 0, TimePad.Mode.CONSTANT, 1f), conv(0, 0, 1), RELU);
    assertThat(EndCrops.absorb(graph)).isEqualTo(graph);
  }

  @Test
  void shouldWaitOnlyAsOneBranchMust() {
    Graph graph =
        new Graph(
            Shape.of(3),
            List.of(
                new Graph.Node("later", new TimeSlice(1, 0, 1), Graph.INPUT),
                new Graph.Node("before", new TimeSlice(0, 1, 1), Graph.INPUT),
                new Graph.Node(
                    "change", new Merge(Merge.How.SUBTRACT), List.of("later", "before"))));
    Graph absorbed = EndCrops.absorb(graph);
    assertSame(graph, absorbed, 4, 1, 2, 5);
    assertThat(run(absorbed, RandomNetworkWeights.of(graph, 4), 4).after).containsExactly(1, 2, 3);
  }

  /** Whatever stands before a crop, and whatever else reads it. */
  @Property
  void shouldEmitTheSameAndNothingLater(
      @ForAll("graphs") Graph graph,
      @ForAll @IntRange(max = 5) int start,
      @ForAll @IntRange(min = 1, max = 5) int end,
      @ForAll @IntRange(min = 1, max = 3) int step,
      @ForAll long seed) {
    List<Graph.Node> nodes = new ArrayList<>(graph.nodes());
    String last = nodes.get(nodes.size() - 1).name();
    nodes.add(new Graph.Node("cut", new TimeSlice(start, end, step), last));
    nodes.add(new Graph.Node("then", RELU, "cut"));
    Graph cut = new Graph(graph.input(), nodes);
    assertSame(cut, EndCrops.absorb(cut), seed, 1, 2, 7, 20);
  }

  @Provide
  Arbitrary<Graph> graphs() {
    return RandomGraphs.any();
  }
}
