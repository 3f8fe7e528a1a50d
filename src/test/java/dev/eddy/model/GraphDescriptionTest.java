package dev.eddy.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.layer.Axis;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Operation;
import dev.eddy.layer.Pool;
import dev.eddy.layer.Previous;
import dev.eddy.layer.Shape;
import dev.eddy.network.Graph;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a description's words mean, and what is said of those that mean nothing. */
class GraphDescriptionTest {
  private static Graph read(String input, String layers) {
    YamlMap yaml =
        YamlValue.parse("input: " + input + "\nlayers:\n" + layers, "model.yaml").asMap();
    return GraphDescription.read(yaml.get("input").asMap(), yaml.get("layers"));
  }

  private static Operation only(String input, String layer) {
    return read(input, "  - " + layer).nodes().get(0).operation();
  }

  @Test
  void shouldReadFramesOfEveryRank() {
    assertThat(read("{channels: 3}", "  - relu").input()).isEqualTo(Shape.of(3));
    assertThat(read("{channels: 3, width: 5}", "  - relu").input()).isEqualTo(Shape.of(3, 5));
    assertThat(read("{channels: 1, height: 28, width: 20}", "  - relu").input())
        .isEqualTo(Shape.of(1, 28, 20));
  }

  @Test
  void shouldReadFeedbackOfALayerFurtherDown() {
    Graph graph =
        read(
            "{channels: 2}",
            "  - previous: {of: sum, shape: [2], name: before}\n"
                + "  - add: {from: [input, before], name: sum}\n"
                + "  - previous: {of: input, shape: [2], initial: true}");
    assertThat(graph.nodes().get(0))
        .isEqualTo(new Graph.Node("before", new Previous(Shape.of(2)), "sum"));
    assertThat(graph.nodes().get(2))
        .isEqualTo(new Graph.Node("2", new Previous(Shape.of(2), true), Graph.INPUT));
  }

  @Test
  void shouldRefuseFeedbackOfNothing() {
    assertThatThrownBy(() -> read("{channels: 2}", "  - previous: {of: sun, shape: [2]}"))
        .isInstanceOf(YamlException.class)
        .hasMessageContaining(
            "model.yaml:3: layers[0].previous.of: no layer is named \"sun\"; there are input, 0");
    assertThatThrownBy(() -> read("{channels: 2}", "  - previous: {of: input}"))
        .isInstanceOf(YamlException.class)
        .hasMessageContaining("the key \"shape\" is missing");
    assertThatThrownBy(
            () -> read("{channels: 2}", "  - previous: {of: input, shape: [1, 1, 1, 2]}"))
        .isInstanceOf(YamlException.class)
        .hasMessageContaining("previous: a frame has 1 to 3 dimensions");
  }

  @Test
  void shouldConvolveOverTimeCausallyWhereNothingIsSaid() {
    assertThat(only("{channels: 2}", "conv: {filters: 4, kernel: 3, dilation: 2}"))
        .isEqualTo(new Conv(4, List.of(new Axis(3, 1, 2, 4, 0)), 1, true));
    assertThat(only("{channels: 2, width: 9}", "conv: {filters: 4, kernel: [3, 5]}"))
        .isEqualTo(new Conv(4, List.of(new Axis(3, 1, 1, 2, 0), Axis.valid(5)), 1, true));
  }

  @Test
  void shouldConvolveWithinFramesOfOneAxisLess() {
    assertThat(
            only(
                "{channels: 1, height: 28, width: 28}",
                "conv: {filters: 4, kernel: [3, 5], stride: 2, padding: [1, [2, 1]]}"))
        .isEqualTo(new Conv(4, List.of(new Axis(3, 2, 1, 1, 1), new Axis(5, 2, 1, 2, 1)), 1, true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "causal | 6 | 0",
        "valid | 0 | 0",
        "same | 3 | 3",
        "2 | 2 | 2",
        "[2] | 2 | 2",
        "[[1, 4]] | 1 | 4",
      })
  void shouldReadPadding(String padding, int before, int after) {
    assertThat(
            only(
                "{channels: 2}",
                "conv: {filters: 1, kernel: 4, dilation: 2, padding: " + padding + "}"))
        .isEqualTo(new Conv(1, List.of(new Axis(4, 1, 2, before, after)), 1, true));
  }

  @Test
  void shouldPadTheSameWithTheOddOneBehind() {
    assertThat(only("{channels: 2, width: 9}", "conv: {filters: 1, kernel: [4, 3], padding: same}"))
        .isEqualTo(new Conv(1, List.of(new Axis(4, 1, 1, 1, 2), new Axis(3, 1, 1, 1, 1)), 1, true));
  }

  @Test
  void shouldReadDeconvolutionsAsPyTorchHasThem() {
    assertThat(
            only(
                "{channels: 2}",
                "deconv: {filters: 4, kernel: 4, stride: 3, dilation: 2, padding: 1,"
                    + " output-padding: 2, groups: 2, bias: false}"))
        .isEqualTo(new Deconv(4, List.of(new Axis(4, 3, 2, 1, 1)), List.of(2), 2, false));
    assertThat(
            only("{channels: 2, width: 3}", "deconv: {filters: 1, kernel: [2, 2], stride: [1, 2]}"))
        .isEqualTo(
            new Deconv(
                1,
                List.of(new Axis(2, 1, 1, 0, 0), new Axis(2, 2, 1, 0, 0)),
                List.of(0, 0),
                1,
                true));
  }

  @Test
  void shouldPoolInStridesOfTheKernelWhereNothingIsSaid() {
    assertThat(only("{channels: 2}", "max-pool: {kernel: 3}"))
        .isEqualTo(new Pool(Pool.How.MAX, List.of(new Axis(3, 3, 1, 0, 0)), false));
    assertThat(
            only(
                "{channels: 2}",
                "average-pool: {kernel: 3, stride: 1, padding: same, count-padding: false}"))
        .isEqualTo(new Pool(Pool.How.AVERAGE, List.of(new Axis(3, 1, 1, 1, 1)), false));
    assertThat(only("{channels: 2}", "average-pool: {kernel: 2}"))
        .isEqualTo(new Pool(Pool.How.AVERAGE, List.of(new Axis(2, 2, 1, 0, 0)), true));
  }

  @Test
  void shouldReadBranchesByName() {
    Graph graph =
        read(
            "{channels: 2}",
            """
              - dense: {units: 2, name: left}
              - tanh: {from: input}
              - add: {from: [left, "1", input], name: met}
              - concat: {from: [met, left]}
              - relu
            """);
    assertThat(graph.nodes())
        .containsExactly(
            new Graph.Node("left", new Dense(2, true), Graph.INPUT),
            new Graph.Node("1", graph.nodes().get(1).operation(), List.of(Graph.INPUT)),
            new Graph.Node("met", new Merge(Merge.How.ADD), List.of("left", "1", Graph.INPUT)),
            new Graph.Node("3", new Merge(Merge.How.CONCAT), List.of("met", "left")),
            new Graph.Node("4", graph.nodes().get(4).operation(), List.of("3")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "relu: {from: b} | :3: layers[0].relu.from: no layer above is named \"b\"; there are input",
        "relu: {name: input} | :3: layers[0].relu: \"input\" is what comes into the network",
        "add | :3: layers[0]: the key \"from\" is missing: the layers that meet here, a list",
        "add: {from: input} | :3: layers[0].add.from: \"input\" is not a list",
        "add: {from: [input]} | :3: layers[0].add.from: at least two layers meet, got 1",
        "subtract: {from: [input, input, input]} | subtract: takes 2 layers to read from, got 3",
        "add: {from: [input, input], bias: true} | .bias: unknown key; accepted here: name, from",
        "conv: {filters: 1, kernel: 3} | .kernel: a window over frames of [2, 9] has a list of 1"
            + " number (within the frame) or 2 (time first)",
        "conv: {filters: 1, kernel: [3, 3, 3]} | .kernel: a window over frames of [2, 9] has a list",
        "conv: {filters: 1, kernel: [3, 10]} | conv: a window of 10 does not fit on 9 values",
        "conv: {filters: 1, kernel: [3, 3], stride: [1]} | .stride: the kernel has 2 axes, got 1",
        "conv: {filters: 1, kernel: [3], padding: causal} | .padding: causal is about time, and",
        "conv: {filters: 1, kernel: [3, 3], stride: 2, padding: same} | .padding: same keeps the",
        "conv: {filters: 1, kernel: [3], padding: [[1, 2, 3]]} | padding is a number or [before,",
        "conv: {filters: 1, kernel: [3], padding: full} | \"full\" is not one of causal, valid, same",
        "conv: {filters: 1, kernel: [3], padding: 3} | conv: padding before must be 0..2, got 3",
        "deconv: {filters: 1, kernel: [3], padding: same} | \"same\" is not what a deconvolution",
        "deconv: {filters: 1, kernel: [3], output-padding: 1} | output padding must be 0..0, got 1",
        "gru: {units: 3} | layers[0].gru: gru takes frames of shape [channels]",
        "gru2: {units: 3} | unknown layer \"gru2\"; accepted: ",
        "lstm: {units: 3, bidirectional: true} | .lstm.bidirectional: can't stream: it reads a"
            + " sequence from its end, and a stream has none; use a layer of one direction",
        "gru: {units: 3, direction: reverse} | .gru.direction: can't stream: it reads a sequence",
        "bidirectional: {units: 3} | \"bidirectional\" can't stream: it reads a sequence from its",
        "reverse | layers[0]: \"reverse\" can't stream: it reads a sequence from its end",
        "attention: {heads: 2} | \"attention\" can't stream: attention looks at the whole sequence",
        "softmax: {over: time} | .softmax.over: can't stream: this takes numbers of the whole"
            + " sequence, and a stream has not ended; softmax is over the channels of each frame",
        "layer-norm: {over: time} | .over: can't stream: this takes numbers of the whole sequence,"
            + " and a stream has not ended; running-standardise looks back over time",
      })
  void shouldSayWhatIsWrongAndWhere(String layer, String message) {
    assertThatThrownBy(() -> only("{channels: 2, width: 9}", layer))
        .isInstanceOf(YamlException.class)
        .hasMessageStartingWith("model.yaml:")
        .hasMessageContaining(message);
  }

  @Test
  void shouldRefuseTwoLayersOfOneNameWhereTheSecondStands() {
    assertThatThrownBy(() -> read("{channels: 2}", "  - relu: {name: a}\n  - tanh: {name: a}"))
        .isInstanceOf(YamlException.class)
        .hasMessage("model.yaml:4: layers[1].tanh: two layers are named \"a\"");
  }

  @Test
  void shouldRefuseFramesThatCanNotBe() {
    assertThatThrownBy(() -> read("{channels: 2, height: 3}", "  - relu"))
        .isInstanceOf(YamlException.class)
        .hasMessage("model.yaml:1: input: frames with a height need a width, too");
    assertThatThrownBy(() -> read("{channels: 60000, width: 60000}", "  - relu"))
        .isInstanceOf(YamlException.class)
        .hasMessageContaining("a frame holds at most 16777216 values");
  }
}
