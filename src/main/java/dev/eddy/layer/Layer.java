package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a layer computes: sizes and options, no weights and no state. Immutable; its values were
 * checked when it was made.
 *
 * <p>Lengths of time are counted in the frames that come in.
 */
public sealed interface Layer
    permits ActivationLayer,
        BatchNorm,
        Conv,
        Deconv,
        Dense,
        Dropout,
        Embedding,
        Flatten,
        Gate,
        GlobalPool,
        GroupNorm,
        Gru,
        InstanceNorm,
        Last,
        LayerNorm,
        LogSoftmax,
        Lstm,
        Prelu,
        Reshape,
        Rnn,
        RunningStandardise,
        Slice,
        Softmax,
        Standardise,
        Transpose,
        Upsample {

  /** The word for this layer in descriptions and messages, such as {@code conv}. */
  String kind();

  /**
   * The shape of the frames that go out.
   *
   * @throws IllegalArgumentException if frames of this shape can't come in; the message says what
   *     can
   */
  Shape output(Shape input);

  /** Output frames per input frame. */
  default Rate rate() {
    return Rate.ONE;
  }

  /** Input frames by which an output lags because the layer looks ahead; 0 for a causal layer. */
  default int delayFrames() {
    return 0;
  }

  /** Input frames that one output frame depends on; empty where it is all that came before. */
  default OptionalInt receptiveField() {
    return OptionalInt.of(1);
  }

  /** The tensors that the weights hold, in PyTorch's names and layouts. */
  default List<TensorSpec> tensors(Shape input) {
    return List.of();
  }

  /** Multiplications with a weight, averaged over the input frames. */
  default double multiplyAdds(Shape input) {
    return 0;
  }

  /**
   * Joins description and weights; packs what is needed.
   *
   * @param input a shape that {@link #output} accepts
   * @param weights hold what {@link #tensors} names
   */
  Step step(Shape input, Weights weights, Kernels kernels);
}
