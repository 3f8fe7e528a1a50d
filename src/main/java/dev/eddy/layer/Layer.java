package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a layer computes: sizes and options, no weights and no state. Immutable; its values were
 * checked when it was made.
 *
 * <p>Lengths of time are counted in the frames that come in.
 */
public sealed interface Layer extends Operation
    permits ActivationLayer,
        Arithmetic,
        BatchNorm,
        Conv,
        Deconv,
        Dense,
        Dropout,
        Embedding,
        First,
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
        Pool,
        Prelu,
        Rearrange,
        Reduce,
        Reshape,
        Rnn,
        RunningStandardise,
        RunningSum,
        Slice,
        Softmax,
        Stack,
        Standardise,
        TimePad,
        TimeSlice,
        Transpose,
        Unstack,
        Upsample {

  /**
   * The shape of the frames that go out.
   *
   * @throws IllegalArgumentException if frames of this shape can't come in; the message says what
   *     can
   */
  Shape output(Shape input);

  /**
   * Output frames per input frame.
   *
   * @param input a shape that {@link #output} accepts, here and below
   */
  default Rate rate(Shape input) {
    return Rate.ONE;
  }

  /** Input frames by which an output lags because the layer looks ahead; 0 for a causal layer. */
  default int delayFrames(Shape input) {
    return 0;
  }

  /** Which input frames around it one output frame depends on. */
  default Reach reach(Shape input) {
    return Reach.HERE;
  }

  /** Input frames that one output depends on at most; empty where it is all that came before. */
  default OptionalLong receptiveField(Shape input) {
    return reach(input).field();
  }

  /** When the layer emits, for a sequence that has not begun. */
  default Clock clock(Shape input) {
    return Clock.EVERY;
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
   * @param weights hold what {@link #tensors} names
   */
  Step step(Shape input, Weights weights, Kernels kernels);
}
