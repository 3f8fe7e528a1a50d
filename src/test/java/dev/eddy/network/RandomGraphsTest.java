package dev.eddy.network;

import dev.eddy.layer.Merge;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/**
 * Whatever layers follow each other and meet, the network keeps the four promises. How many graphs
 * are tried is up to the build: {@code -Deddy.randomGraphs=5000}.
 */
class RandomGraphsTest {

  @Property
  void shouldKeepThePromises(@ForAll("graphs") Graph graph, @ForAll long seed) {
    Statistics.label("merges")
        .collect(graph.nodes().stream().filter(n -> n.operation() instanceof Merge).count());
    NetworkContract.holds(graph, seed, 1, 2, 5, 14);
  }

  @Provide
  Arbitrary<Graph> graphs() {
    return RandomGraphs.any();
  }
}
