package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.Map;
import java.util.Optional;

/**
 * A layer that does what follows it too: the weights of a convolution, deconvolution or dense layer
 * times the scale of the batch normalisation that alone reads it, so that this costs nothing.
 *
 * <p>Only the weights change. What such a layer keeps between frames are frames that came in, which
 * mean the same with and without the normalisation; a deconvolution whose outputs overlap keeps
 * unfinished outputs, which would not, and is left as it is. A normalisation in front is left too:
 * it would have to normalise the zeros that a convolution pads with, and a mean far larger than its
 * deviation would cost digits.
 */
public final class FoldedNorm {
  private final Layer layer;
  private final Weights weights;

  private FoldedNorm(Layer layer, Weights weights) {
    this.layer = layer;
    this.weights = weights;
  }

  /** Whether a layer could take the normalisation that follows it, as far as descriptions tell. */
  public static boolean isPossible(Operation layer, Operation next, Shape input) {
    if (!(next instanceof BatchNorm)) {
      return false;
    }
    if (layer instanceof Dense) {
      return input.rank() == 1; // else the channels are not what it gives
    }
    return layer instanceof Conv || layer instanceof Deconv;
  }

  /**
   * Folds.
   *
   * @param norm what follows; {@link #isPossible} said so
   * @return empty if the scaled weights are not all finite
   * @throws IllegalArgumentException if the statistics can't be
   */
  public static Optional<FoldedNorm> of(
      Layer layer, Shape input, Weights learnt, BatchNorm norm, Weights statistics) {
    int filters = layer.output(input).channels();
    double[] scale = norm.scale(filters, statistics);
    float[] weight = learnt.tensor("weight");
    float[] scaled = new float[weight.length];
    float[] bias = new float[filters];
    boolean finite = true;
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (weight[i] * scale[filterOf(layer, input, i, weight.length)]);
      finite &= Float.isFinite(scaled[i]);
    }
    float[] mean = statistics.tensor("running_mean");
    for (int filter = 0; filter < filters; filter++) {
      double own = hasBias(layer) ? learnt.tensor("bias")[filter] : 0;
      double shift = norm.affine() ? statistics.tensor("bias")[filter] : 0;
      bias[filter] = (float) ((own - mean[filter]) * scale[filter] + shift);
      finite &= Float.isFinite(bias[filter]);
    }
    return finite
        ? Optional.of(new FoldedNorm(withBias(layer), Map.of("weight", scaled, "bias", bias)::get))
        : Optional.empty();
  }

  /** The filter that a value of a weight tensor belongs to. */
  private static int filterOf(Layer layer, Shape input, int index, int length) {
    if (layer instanceof Deconv deconv) { // [channels][filters / groups][taps]
      int outs = deconv.filters() / deconv.groups();
      int ins = input.channels() / deconv.groups();
      int taps = length / (input.channels() * outs);
      int channel = index / (outs * taps);
      return channel / ins * outs + index / taps % outs;
    }
    return index / (length / layer.output(input).channels()); // [filters][...]
  }

  private static boolean hasBias(Layer layer) {
    return layer instanceof Conv conv
        ? conv.bias()
        : layer instanceof Deconv deconv ? deconv.bias() : ((Dense) layer).bias();
  }

  private static Layer withBias(Layer layer) {
    if (layer instanceof Conv conv) {
      return new Conv(conv.filters(), conv.axes(), conv.groups(), true);
    }
    return layer instanceof Deconv deconv
        ? new Deconv(deconv.filters(), deconv.axes(), deconv.outputPadding(), deconv.groups(), true)
        : new Dense(((Dense) layer).units(), true);
  }

  /** Whether the layer keeps outputs, which the scale would change, between frames. */
  public boolean keepsOutputs(Shape input, Kernels kernels) {
    return layer instanceof Deconv && layer.step(input, weights, kernels).stateLength() > 0;
  }

  /** The layer, with a bias. */
  public Layer layer() {
    return layer;
  }

  /** Its tensors {@code weight} and {@code bias}. */
  public Weights weights() {
    return weights;
  }
}
