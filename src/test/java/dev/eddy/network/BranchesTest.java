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
import dev.eddy.layer.GlobalPool;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Last;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Merge;
import dev.eddy.layer.Merge.How;
import dev.eddy.layer.Pool;
import dev.eddy.layer.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Networks whose branches meet keep the promises, or are refused for a reason that is named. */
class BranchesTest {
  private static final int[] LENGTHS = {1, 2, 3, 8, 9, 40};
  private static final Layer RELU = new ActivationLayer(Activation.RELU);
  private static final Layer TANH = new ActivationLayer(Activation.TANH);
  private static final Layer SIGMOID =
      new ActivationLayer(Activation.of(Activation.Function.SIGMOID));

  /** Adds nodes, each reading those of the names given. */
  private static final class Net {
    private final Shape input;
    private final List<Graph.Node> nodes = new ArrayList<>();

    Net(int... input) {
      this.input = Shape.of(input);
    }

    String layer(String name, Layer layer, String reads) {
      nodes.add(new Graph.Node(name, layer, reads));
      return name;
    }

    String merge(String name, How how, String... reads) {
      nodes.add(new Graph.Node(name, new Merge(how), List.of(reads)));
      return name;
    }

    Graph graph() {
      return new Graph(input, nodes);
    }

    Network network() {
      return Network.compile(
          graph(), RandomNetworkWeights.of(graph(), 1), KernelBackend.find().kernels());
    }

    void keepsThePromises() {
      NetworkContract.holds(graph(), nodes.size(), LENGTHS);
    }

    void isRefused(String message) {
      assertThatThrownBy(this::network)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(message);
    }
  }

  private static Conv conv(int filters, int kernel, int dilation, int before, int after) {
    return new Conv(filters, List.of(new Axis(kernel, 1, dilation, before, after)), 1, true);
  }

  private static Conv causal(int filters, int kernel, int dilation) {
    return conv(filters, kernel, dilation, (kernel - 1) * dilation, 0);
  }

  private static Conv symmetric(int filters, int kernel, int dilation) {
    int most = (kernel - 1) * dilation;
    return conv(filters, kernel, dilation, most / 2, most - most / 2);
  }

  private static Conv down(int filters, int kernel, int stride, int before, int after) {
    return new Conv(filters, List.of(new Axis(kernel, stride, 1, before, after)), 1, true);
  }

  private static Deconv up(int filters, int kernel, int stride, int before, int after) {
    return new Deconv(
        filters, List.of(new Axis(kernel, stride, 1, before, after)), List.of(0), 1, true);
  }

  @ParameterizedTest
  @EnumSource(names = {"ADD", "SUBTRACT", "MULTIPLY", "DIVIDE", "MAX", "MIN", "CONCAT"})
  void shouldKeepThePromisesWhereTwoMeet(How how) {
    Net net = new Net(3);
    String left = net.layer("left", causal(5, 3, 1), Graph.INPUT);
    String right = net.layer("right", symmetric(5, 5, 2), Graph.INPUT);
    if (how == How.DIVIDE) { // by 0.2 and more: a divisor near 0 makes any rounding large
      right = net.layer("divisor", SIGMOID, right);
    }
    net.merge("met", how, left, right);
    net.keepsThePromises();
  }

  @ParameterizedTest
  @EnumSource(names = {"ADD", "MULTIPLY", "MAX", "MIN", "CONCAT"})
  void shouldKeepThePromisesWhereThreeMeet(How how) {
    Net net = new Net(4);
    String valid = net.layer("late", symmetric(4, 7, 1), Graph.INPUT);
    String ahead = net.layer("ahead", conv(4, 3, 2, 0, 4), Graph.INPUT);
    net.merge("met", how, valid, Graph.INPUT, ahead);
    net.keepsThePromises();
  }

  @Test
  void shouldKeepThePromisesOfACausalDilatedStack() {
    Net net = new Net(2);
    String x = net.layer("in", causal(8, 1, 1), Graph.INPUT);
    for (int dilation = 1; dilation <= 8; dilation *= 2) {
      x = residual(net, x, dilation, causal(8, 3, dilation), causal(8, 3, dilation));
    }
    net.layer("out", new Dense(1, true), x);
    net.keepsThePromises();
    Network network = net.network();
    assertThat(network.delayFrames()).isZero();
    assertThat(network.receptiveField()).hasValue(1 + 2 * 2 * (1 + 2 + 4 + 8));
    assertThat(network.stateLayout().toString()).doesNotContain("waiting");
  }

  @Test
  void shouldKeepThePromisesOfASymmetricDilatedStack() {
    Net net = new Net(2);
    String x = net.layer("in", causal(4, 1, 1), Graph.INPUT);
    for (int dilation = 1; dilation <= 4; dilation *= 2) {
      x = residual(net, x, dilation, symmetric(4, 3, dilation), symmetric(4, 3, dilation));
    }
    net.layer("out", new Dense(1, true), x);
    net.keepsThePromises();
    Network network = net.network();
    assertThat(network.delayFrames()).isEqualTo(2 * (1 + 2 + 4));
    assertThat(network.receptiveField()).hasValue(1 + 2 * 2 * (1 + 2 + 4));
    // each skip waits as long as its block looks ahead
    assertThat(network.stateLayout().parts())
        .filteredOn(part -> part.name().contains("waiting"))
        .extracting(part -> part.name() + " " + part.length())
        .containsExactly("sum1.waiting0 10", "sum2.waiting0 18", "sum4.waiting0 34");
  }

  private static String residual(Net net, String x, int dilation, Layer first, Layer second) {
    String a = net.layer("a" + dilation, first, x);
    String b = net.layer("b" + dilation, second, net.layer("relu" + dilation, RELU, a));
    return net.layer("y" + dilation, RELU, net.merge("sum" + dilation, How.ADD, x, b));
  }

  @Test
  void shouldKeepThePromisesOfGatedBlocks() {
    Net net = new Net(1);
    String x = net.layer("in", causal(6, 2, 1), Graph.INPUT);
    List<String> skips = new ArrayList<>();
    for (int dilation = 1; dilation <= 4; dilation *= 2) {
      String filter =
          net.layer("tanh" + dilation, TANH, net.layer("f" + dilation, causal(6, 2, dilation), x));
      String gate =
          net.layer(
              "sigmoid" + dilation, SIGMOID, net.layer("g" + dilation, causal(6, 2, dilation), x));
      String gated = net.merge("gated" + dilation, How.MULTIPLY, filter, gate);
      skips.add(net.layer("skip" + dilation, new Dense(6, true), gated));
      String one = net.layer("one" + dilation, causal(6, 1, 1), gated);
      x = net.merge("x" + dilation, How.ADD, x, one);
    }
    String sum = net.merge("skips", How.ADD, skips.toArray(new String[0]));
    net.layer("out", new Dense(2, true), net.layer("relu", RELU, sum));
    net.keepsThePromises();
  }

  /**
   * Two levels down and up: of a length that 4 does not divide, the frames that both sides have.
   */
  @Test
  void shouldKeepThePromisesOfAnEncoderAndDecoderWithSkips() {
    Net net = new Net(2);
    String one = net.layer("one", symmetric(4, 3, 1), Graph.INPUT);
    String two = net.layer("two", down(6, 4, 2, 1, 1), one);
    String three = net.layer("three", down(8, 4, 2, 1, 1), two);
    String up2 = net.layer("up2", up(6, 4, 2, 1, 1), three);
    String cat2 = net.merge("cat2", How.CONCAT, two, up2);
    String up1 = net.layer("up1", up(4, 4, 2, 1, 1), net.layer("mix2", symmetric(5, 3, 1), cat2));
    String cat1 = net.merge("cat1", How.CONCAT, one, up1);
    net.layer("out", symmetric(1, 3, 1), cat1);
    net.keepsThePromises();
    assertThat(net.network().rate()).hasToString("1/1");
  }

  @Test
  void shouldKeepThePromisesOfAnEncoderAndDecoderThatPoolsAndRoundsUp() {
    Net net = new Net(3);
    String down =
        net.layer(
            "down", new Pool(Pool.How.MAX, List.of(new Axis(3, 3, 1, 2, 0)), false), Graph.INPUT);
    String up = net.layer("up", up(3, 3, 3, 0, 0), net.layer("lstm", new Lstm(7, 1, true), down));
    net.merge("sum", How.ADD, Graph.INPUT, up);
    net.keepsThePromises();
  }

  @Test
  void shouldKeepThePromisesOfADiamond() {
    Net net = new Net(3);
    String top = net.layer("top", new Gru(5, 1, Gru.Reset.AFTER, true), Graph.INPUT);
    String left = net.layer("left", symmetric(5, 5, 1), top);
    String right = net.layer("right", conv(5, 3, 1, 1, 1), top);
    String inner = net.merge("inner", How.MAX, right, top);
    String outer = net.merge("outer", How.CONCAT, left, inner, Graph.INPUT);
    net.merge("twice", How.ADD, outer, outer);
    net.keepsThePromises();
  }

  @Test
  void shouldKeepThePromisesWhereBranchesMeetAfterUpsampling() {
    Net net = new Net(2);
    String first = net.layer("first", up(3, 5, 3, 1, 1), Graph.INPUT);
    String slow = net.layer("slow", symmetric(2, 3, 1), Graph.INPUT);
    String second = net.layer("second", up(3, 3, 3, 0, 0), slow);
    net.layer("back", down(2, 3, 3, 1, 1), net.merge("met", How.SUBTRACT, first, second));
    net.keepsThePromises();
  }

  @Test
  void shouldKeepThePromisesOfBranchesOfImages() {
    Net net = new Net(2, 5, 4);
    Axis same = new Axis(3, 1, 1, 1, 1);
    String within = net.layer("within", new Conv(3, List.of(same, same), 1, true), Graph.INPUT);
    String over = net.layer("over", new Conv(3, List.of(same, same, same), 1, true), Graph.INPUT);
    String met = net.merge("met", How.MULTIPLY, within, over);
    String all = net.merge("all", How.CONCAT, met, Graph.INPUT);
    net.layer(
        "pool", new Pool(Pool.How.AVERAGE, List.of(Axis.valid(5), Axis.valid(4)), false), all);
    net.keepsThePromises();
  }

  @Test
  void shouldKeepThePromisesOfSummariesOfASequence() {
    Net net = new Net(3);
    String lstm = net.layer("lstm", new Lstm(5, 1, true), Graph.INPUT);
    String last = net.layer("last", new Last(), lstm);
    String late = net.layer("late", symmetric(4, 5, 1), Graph.INPUT);
    String mean =
        net.layer("mean", new GlobalPool(GlobalPool.How.AVERAGE, GlobalPool.Over.TIME), late);
    net.layer("class", new Dense(2, true), net.merge("both", How.CONCAT, last, mean));
    net.keepsThePromises();
  }

  @Test
  void shouldKeepThePromisesWhereABranchLeadsNowhere() {
    Net net = new Net(3);
    String used = net.layer("used", symmetric(3, 3, 1), Graph.INPUT);
    String aside = net.layer("aside", conv(3, 9, 1, 0, 0), Graph.INPUT);
    net.layer("further", symmetric(3, 3, 1), aside);
    net.merge("out", How.ADD, used, Graph.INPUT);
    net.keepsThePromises();
  }

  @Test
  void shouldRefuseBranchesOfDifferentRates() {
    Net net = new Net(2);
    net.layer("half", down(2, 2, 2, 0, 0), Graph.INPUT);
    net.merge("sum", How.ADD, Graph.INPUT, "half");
    net.isRefused(
        "layer \"sum\" (add): the input gives 1/1 frames for each that comes in, \"half\" gives 1/2;"
            + " branches that meet must have one rate");
  }

  @Test
  void shouldRefuseBranchesThatNeverGiveEquallyManyFrames() {
    Net net = new Net(2);
    net.layer("valid", conv(2, 3, 2, 0, 0), Graph.INPUT);
    net.merge("sum", How.ADD, "valid", Graph.INPUT);
    assertThatThrownBy(net::network)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "layer \"sum\" \\(add\\): of a sequence of \\d+ frames, the input gives 4 frames more than"
                + " \"valid\"; branches that meet must give equally many \\(check their padding\\)");
  }

  @Test
  void shouldRefuseFramesOfDifferentShapes() {
    Net net = new Net(2);
    net.layer("three", new Dense(3, true), Graph.INPUT);
    net.merge("sum", How.ADD, Graph.INPUT, "three");
    net.isRefused("layer \"sum\" (add): frames of [2] and [3] can't meet");
    Net images = new Net(2, 4);
    images.layer("narrow", new Conv(2, List.of(Axis.valid(3)), 1, true), Graph.INPUT);
    images.merge("cat", How.CONCAT, Graph.INPUT, "narrow");
    images.isRefused("layer \"cat\" (concat): frames of [2, 4] and [2, 2] can't meet");
  }

  @Test
  void shouldRefuseMatricesThatDoNotFit() {
    Net net = new Net(2, 3);
    net.merge("product", How.MATRIX_PRODUCT, Graph.INPUT, Graph.INPUT);
    net.isRefused(
        "layer \"product\" (matrix-product): takes frames of [m, k] and [k, n], or [b, m, k] and"
            + " [b, k, n], got [2, 3] and [2, 3]");
  }

  @Test
  void shouldRefuseMoreOrFewerThanMeet() {
    Net net = new Net(2);
    net.merge("less", How.SUBTRACT, Graph.INPUT, Graph.INPUT, Graph.INPUT);
    net.isRefused("layer \"less\" (subtract): takes 2 layers to read from, got 3");
    Net fewer = new Net(2);
    fewer.merge("choice", How.SELECT, Graph.INPUT, Graph.INPUT);
    fewer.isRefused("layer \"choice\" (select): needs at least 3 layers to read from, got 2");
    assertThatThrownBy(() -> new Graph.Node("sum", new Merge(How.ADD), List.of(Graph.INPUT)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layer \"sum\" (add) reads from at least two layers, got 1");
    assertThatThrownBy(() -> new Graph.Node("relu", RELU, List.of(Graph.INPUT, Graph.INPUT)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layer \"relu\" (relu) reads from one layer, got 2");
  }

  @Test
  void shouldAlignALagOfManyFrames() {
    Net net = new Net(1);
    net.layer("far", conv(1, 5, 60_000, 0, 240_000), Graph.INPUT);
    net.merge("sum", How.ADD, "far", Graph.INPUT);
    assertThat(net.network().stateLayout().parts())
        .extracting(part -> part.name() + " " + part.length())
        .contains("sum.waiting1 " + (240_000 + 2));
  }

  @Test
  void shouldRefuseALagThatCanNotBeFoundOut() {
    Net net = new Net(1);
    String x = Graph.INPUT;
    for (int i = 0; i < 6; i++) {
      x = net.layer("down" + i, down(1, 1, 512, 0, 0), x);
    }
    net.merge("sum", How.ADD, x, net.layer("other", down(1, 1, 512, 0, 0), "down4"));
    net.isRefused(
        "layer \"sum\" (add): its branches lag too far behind each other, or repeat too slowly, to"
            + " be aligned");
  }

  @Test
  void shouldRefuseALayerWhoseWarmUpCanNotBeCounted() {
    Net net = new Net(1);
    String x = Graph.INPUT;
    for (int i = 0; i < 6; i++) {
      x = net.layer("down" + i, down(1, 1, 1024, 0, 0), x);
    }
    net.layer("wide", symmetric(1, 9, 1), x);
    net.merge("sum", How.ADD, "wide", x);
    net.isRefused(
        "layer \"sum\" (add): its branches lag too far behind each other, or repeat too slowly, to"
            + " be aligned");
  }

  @Test
  void shouldAlignManyBranchesThatEmitTogetherWithoutCounting() {
    Net net = new Net(1);
    net.layer("slow", down(1, 1, 1024, 0, 0), Graph.INPUT);
    String x = net.layer("slower", down(1, 1, 1024, 0, 0), "slow");
    for (int i = 0; i < 3_000; i++) {
      String a = net.layer("a" + i, causal(1, 3, 1), x);
      x = net.merge("sum" + i, How.ADD, a, x);
    }
    assertThat(net.network().stateLayout().parts()).noneMatch(p -> p.name().contains("waiting"));
  }

  @Test
  void shouldAlignALagThatEndsInManyFrames() {
    Net net = new Net(1);
    net.layer("far", symmetric(1, 65_536, 16), Graph.INPUT);
    net.merge("sum", How.ADD, "far", Graph.INPUT);
    assertThat(net.network().stateLayout().parts())
        .extracting(part -> part.name() + " " + part.length())
        .contains("sum.waiting1 " + (65_535 * 8 + 2));
  }

  @Test
  void shouldRefuseAnEndOfTheSequenceThatTakesTooLongToCount() {
    Net net = new Net(1);
    String x = Graph.INPUT;
    for (int i = 0; i < 40; i++) {
      x = net.layer("far" + i, symmetric(1, 65_536, 16), x);
    }
    net.merge("sum", How.ADD, x, Graph.INPUT);
    net.isRefused(
        "layer \"sum\" (add): its branches lag too far behind each other, or repeat too slowly, to"
            + " be aligned");
  }
}
