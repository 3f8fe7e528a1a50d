package dev.eddy.network;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Axis;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Merge.How;
import dev.eddy.layer.Pool;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Transpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every way to meet, over frames of one to three dimensions, where one branch lags: on whole
 * numbers, since most jump from one result to another where two values are the same.
 */
class EveryMergeTest {
  private static final List<Shape> SHAPES =
      List.of(Shape.of(1), Shape.of(17), Shape.of(3, 7), Shape.of(2, 3, 5));
  private static final int[] LENGTHS = {1, 2, 9};

  private final List<Graph.Node> nodes = new ArrayList<>();

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"SELECT", "MATRIX_PRODUCT"})
  void shouldKeepThePromisesOfTwo(How how) {
    for (Shape shape : SHAPES) {
      nodes.clear();
      String late = late(shape, Graph.INPUT);
      String left = how == How.POWER ? softplus(Graph.INPUT) : round(Graph.INPUT);
      merge(how, left, odd(late));
      keepsThePromises(shape);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ADD", "MULTIPLY", "MAX", "MIN", "AND", "OR", "XOR", "CONCAT", "SELECT"})
  void shouldKeepThePromisesOfThree(How how) {
    for (Shape shape : SHAPES) {
      nodes.clear();
      String condition = merge(How.GREATER, round(Graph.INPUT), odd(Graph.INPUT));
      merge(how, condition, late(shape, Graph.INPUT), Graph.INPUT);
      keepsThePromises(shape);
    }
  }

  /** Frames times their own transposes. */
  @ParameterizedTest
  @ValueSource(strings = {"1,1", "3,7", "17,2", "2,3,5", "5,1,4"})
  void shouldKeepThePromisesOfMatrixProducts(String dimensions) {
    Shape shape =
        Shape.of(Arrays.stream(dimensions.split(",")).mapToInt(Integer::parseInt).toArray());
    String turned =
        layer(
            new Transpose(shape.rank() == 2 ? List.of(1, 0) : List.of(0, 2, 1)),
            late(shape, Graph.INPUT));
    merge(How.MATRIX_PRODUCT, Graph.INPUT, turned);
    keepsThePromises(shape);
  }

  private void keepsThePromises(Shape shape) {
    NetworkContract.holds(new Graph(shape, nodes), shape.size(), LENGTHS);
  }

  private String layer(Layer layer, String reads) {
    String name = Integer.toString(nodes.size());
    nodes.add(new Graph.Node(name, layer, reads));
    return name;
  }

  private String merge(How how, String... reads) {
    String name = Integer.toString(nodes.size());
    nodes.add(new Graph.Node(name, new Merge(how), List.of(reads)));
    return name;
  }

  private String round(String reads) {
    return layer(new ActivationLayer(Activation.of(Activation.Function.ROUND)), reads);
  }

  private String softplus(String reads) {
    return layer(new ActivationLayer(Activation.of(Activation.Function.SOFTPLUS)), reads);
  }

  /** Looks a frame ahead and keeps values as they are. */
  private String late(Shape shape, String reads) {
    List<Axis> axes = new ArrayList<>(List.of(new Axis(3, 1, 1, 1, 1)));
    axes.addAll(Collections.nCopies(shape.rank() - 1, Axis.ONE));
    return layer(new Pool(Pool.How.MAX, axes, false), reads);
  }

  /** Twice a whole number and one: never 0, which nothing is divided by. */
  private String odd(String reads) {
    String whole = round(reads);
    return merge(How.ADD, whole, whole, merge(How.EQUAL, whole, whole));
  }
}
