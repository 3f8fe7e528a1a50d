package dev.eddy.network;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever layers follow each other, the network keeps the four promises. */
class RandomGraphsTest {

  @Property(tries = 300)
  void shouldKeepThePromises(@ForAll("graphs") Graph graph, @ForAll long seed) {
    NetworkContract.holds(graph, seed, 1, 2, 13);
  }

  @Provide
  Arbitrary<Graph> graphs() {
    return RandomGraphs.any();
  }
}
