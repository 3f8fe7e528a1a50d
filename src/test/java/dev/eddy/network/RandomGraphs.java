package dev.eddy.network;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Conv;
import dev.eddy.layer.Deconv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Dropout;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Rnn;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Softmax;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Random sequential graphs of up to 8 layers; shrink to few layers, small sizes, no options. */
final class RandomGraphs {
  private static final int[] SIZES = {1, 2, 3, 8, 15, 16, 17, 31, 33, 67};
  private static final int MAX_UPSAMPLING = 12; // frames out per frame in, so that tests end

  private RandomGraphs() {}

  /** Numbers that one layer is made of, whatever came before it. */
  private record Draw(int kind, int size, int kernel, int stride, int dilation, int options) {}

  static Arbitrary<Graph> any() {
    return of(9);
  }

  /** Without recurrent layers, so that receptive fields are bounded. */
  static Arbitrary<Graph> bounded() {
    return of(6);
  }

  private static Arbitrary<Graph> of(int kinds) {
    Arbitrary<Draw> draws =
        Combinators.combine(
                Arbitraries.integers().between(0, kinds - 1),
                Arbitraries.integers().between(0, SIZES.length - 1),
                Arbitraries.integers().between(1, 6),
                Arbitraries.integers().between(1, 4),
                Arbitraries.integers().between(1, 3),
                Arbitraries.integers().between(0, 63))
            .as(Draw::new);
    return Combinators.combine(
            Arbitraries.of(1, 2, 3, 8, 16, 17), draws.list().ofMinSize(1).ofMaxSize(8))
        .as(RandomGraphs::graph);
  }

  private static Graph graph(int inputs, List<Draw> draws) {
    List<Layer> layers = new ArrayList<>();
    int channels = inputs;
    int upsampling = 1;
    for (Draw draw : draws) {
      boolean room = upsampling * draw.stride <= MAX_UPSAMPLING;
      Layer layer = layer(draw, channels, room ? draw.stride : 1);
      if (layer instanceof Deconv deconv) {
        upsampling *= deconv.axes().get(0).stride();
      }
      channels = layer.output(Shape.of(channels)).channels();
      layers.add(layer);
    }
    return Graph.sequential(Shape.of(inputs), layers);
  }

  private static Layer layer(Draw draw, int channels, int upStride) {
    int size = SIZES[draw.size];
    boolean bias = (draw.options & 1) == 0;
    boolean grouped = (draw.options & 2) != 0;
    int stacked = 1 + (draw.options >> 2) % 3;
    return switch (draw.kind) {
      case 0 -> new Dense(size, bias);
      case 1 -> activation(draw.options);
      case 2 -> new Dropout(0.5f);
      case 3 -> new Softmax();
      case 4 ->
          Conv.overTime(
              grouped ? 2 * channels : size,
              draw.kernel,
              draw.stride,
              draw.dilation,
              grouped ? channels : 1,
              (draw.options & 4) == 0 ? Conv.Padding.CAUSAL : Conv.Padding.VALID,
              bias);
      case 5 ->
          Deconv.overTime(
              grouped ? channels : size, draw.kernel, upStride, grouped ? channels : 1, bias);
      case 6 -> new Rnn(size, stacked, Activation.TANH, bias);
      case 7 -> new Gru(size, stacked, grouped ? Gru.Reset.BEFORE : Gru.Reset.AFTER, bias);
      case 8 -> new Lstm(size, stacked, bias);
      default -> throw new AssertionError(draw);
    };
  }

  private static Layer activation(int options) {
    Activation.Function[] functions = Activation.Function.values();
    return new ActivationLayer(Activation.of(functions[options % functions.length]));
  }
}
