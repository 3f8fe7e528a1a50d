package dev.eddy.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.layer.Dense;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Softmax;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class GraphTest {
  private static final Layer LAYER = new Softmax();
  private static final Shape INPUT = Shape.of(4);

  @Test
  void shouldNameLayersByTheirPlace() {
    Graph graph = Graph.sequential(INPUT, List.of(new Dense(3, true), LAYER));
    assertThat(graph.nodes())
        .containsExactly(
            new Graph.Node("0", new Dense(3, true), Graph.INPUT), new Graph.Node("1", LAYER, "0"));
  }

  @Test
  void shouldRefuseToReadWhatIsNotBefore() {
    assertRefused(
        "layer \"a\" reads \"b\", which no layer before it is",
        new Graph.Node("a", LAYER, "b"),
        new Graph.Node("b", LAYER, Graph.INPUT));
    assertRefused(
        "layer \"a\" reads \"a\", which no layer before it is", new Graph.Node("a", LAYER, "a"));
  }

  @Test
  void shouldRefuseTwoLayersOfOneName() {
    assertRefused(
        "two layers are named \"a\"",
        new Graph.Node("a", LAYER, Graph.INPUT),
        new Graph.Node("a", LAYER, "a"));
  }

  @Test
  void shouldRefuseALayerWithoutAName() {
    assertThatThrownBy(() -> new Graph.Node("", LAYER, Graph.INPUT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a layer needs a name");
  }

  @Test
  void shouldRefuseTooFewAndTooManyLayers() {
    assertRefused("a network has 1..10000 layers, got 0");
    assertThatThrownBy(() -> Graph.sequential(INPUT, Collections.nCopies(10_001, LAYER)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a network has 1..10000 layers, got 10001");
  }

  private static void assertRefused(String message, Graph.Node... nodes) {
    assertThatThrownBy(() -> new Graph(INPUT, List.of(nodes)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
