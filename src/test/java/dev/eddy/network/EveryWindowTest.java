package dev.eddy.network;

import dev.eddy.layer.Axis;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Pool;
import dev.eddy.layer.Shape;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Convolutions, deconvolutions and pools keep the promises whatever their windows: over time with
 * every kind of padding, and over and within frames of two and three dimensions.
 */
class EveryWindowTest {
  private static final int[] LENGTHS = {1, 2, 3, 10};

  /** A layer behind frames of a shape; its seed is its place in the grid. */
  record Case(Shape input, Layer layer, long seed) {
    @Override
    public String toString() {
      return input + " -> " + layer;
    }
  }

  @ParameterizedTest
  @MethodSource("overTime")
  void shouldKeepThePromisesOverTime(Case one) {
    keeps(one);
  }

  static List<Case> overTime() {
    List<Case> cases = new ArrayList<>();
    for (Axis axis : axes()) {
      List<Axis> time = List.of(axis);
      add(cases, Shape.of(3), new Conv(2, time, 1, true));
      add(cases, Shape.of(4), new Conv(4, time, 4, false));
      add(cases, Shape.of(2), new Pool(Pool.How.MAX, time, false));
      add(cases, Shape.of(2), new Pool(Pool.How.AVERAGE, time, true));
      add(cases, Shape.of(2), new Pool(Pool.How.AVERAGE, time, false));
      int most = Math.max(axis.stride(), axis.dilation()) - 1;
      for (int outputPadding : new LinkedHashSet<>(List.of(0, most))) {
        add(cases, Shape.of(3), new Deconv(2, time, List.of(outputPadding), 1, true));
      }
      add(cases, Shape.of(4), new Deconv(4, time, List.of(most / 2), 4, false));
    }
    return cases;
  }

  /** None, causal, anticausal, "same", and all that there can be. */
  private static Set<Axis> axes() {
    Set<Axis> axes = new LinkedHashSet<>();
    for (int kernel : new int[] {1, 2, 3, 4}) {
      for (int stride : new int[] {1, 2, 3, 5}) {
        for (int dilation : new int[] {1, 3}) {
          int most = (kernel - 1) * dilation;
          axes.add(new Axis(kernel, stride, dilation, 0, 0));
          axes.add(new Axis(kernel, stride, dilation, most, 0));
          axes.add(new Axis(kernel, stride, dilation, 0, most));
          axes.add(new Axis(kernel, stride, dilation, most / 2, most - most / 2));
          axes.add(new Axis(kernel, stride, dilation, Math.min(1, most), Math.min(1, most)));
          axes.add(new Axis(kernel, stride, dilation, most, most));
        }
      }
    }
    return axes;
  }

  @ParameterizedTest
  @MethodSource("ofTwoDimensions")
  void shouldKeepThePromisesOfTwoDimensions(Case one) {
    keeps(one);
  }

  static List<Case> ofTwoDimensions() {
    return random(2, 250);
  }

  @ParameterizedTest
  @MethodSource("ofThreeDimensions")
  void shouldKeepThePromisesOfThreeDimensions(Case one) {
    keeps(one);
  }

  static List<Case> ofThreeDimensions() {
    return random(3, 250);
  }

  private static List<Case> random(int rank, int count) {
    Random random = new Random(rank);
    List<Case> cases = new ArrayList<>();
    while (cases.size() < count) {
      Shape input =
          rank == 2
              ? Shape.of(2 * (1 + random.nextInt(2)), 1 + random.nextInt(7))
              : Shape.of(2 * (1 + random.nextInt(2)), 1 + random.nextInt(5), 1 + random.nextInt(5));
      Layer layer = random(random, input, random.nextInt(3) == 0 ? rank - 1 : rank);
      try {
        layer.output(input);
      } catch (IllegalArgumentException e) {
        continue; // the window is larger than the frame
      }
      add(cases, input, layer);
    }
    return cases;
  }

  private static Layer random(Random random, Shape input, int count) {
    List<Axis> axes = new ArrayList<>();
    List<Integer> outputPadding = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int kernel = 1 + random.nextInt(3);
      int stride = 1 + random.nextInt(3);
      int dilation = 1 + random.nextInt(2);
      int most = (kernel - 1) * dilation;
      axes.add(
          new Axis(kernel, stride, dilation, random.nextInt(most + 1), random.nextInt(most + 1)));
      outputPadding.add(random.nextInt(Math.max(stride, dilation)));
    }
    int groups = new int[] {1, 2, input.channels()}[random.nextInt(3)];
    int filters = groups * (1 + random.nextInt(3));
    boolean option = random.nextBoolean();
    return switch (random.nextInt(4)) {
      case 0 -> new Conv(filters, axes, groups, option);
      case 1 -> new Deconv(filters, axes, outputPadding, groups, option);
      case 2 -> new Pool(Pool.How.MAX, axes, false);
      default -> new Pool(Pool.How.AVERAGE, axes, option);
    };
  }

  private static void add(List<Case> cases, Shape input, Layer layer) {
    cases.add(new Case(input, layer, cases.size()));
  }

  private static void keeps(Case one) {
    NetworkContract.holds(Graph.sequential(one.input, List.of(one.layer)), one.seed, LENGTHS);
  }
}
