package dev.eddy.layer;

import java.util.List;
import java.util.Objects;

/**
 * Feedback: at each frame that comes into the network, the frame that a node gave at the one
 * before. That node may come later in the network, and what it gives may depend on this. The end of
 * a sequence gives nothing more.
 *
 * <p>It is what a state is that goes out of a model written for one step and comes in at the next.
 *
 * @param shape of the frames
 * @param initial whether a tensor {@code initial}, of that shape, stands before the first frame;
 *     else zeros
 */
public record Previous(Shape shape, boolean initial) implements Operation {
  private static final String INITIAL = "initial";

  public Previous {
    Objects.requireNonNull(shape, "shape");
  }

  /** From zeros. */
  public Previous(Shape shape) {
    this(shape, false);
  }

  @Override
  public String kind() {
    return "previous";
  }

  /** The tensors that the weights hold. */
  public List<TensorSpec> tensors() {
    return initial ? List.of(new TensorSpec(INITIAL, shape.dimensions())) : List.of();
  }

  /** The parts of the state, in order. */
  public List<StatePart> stateParts() {
    return List.of(new StatePart("previous", shape.size()));
  }

  /**
   * What stands before the first frame: a copy.
   *
   * @param weights hold what {@link #tensors} names; may be null where that is nothing
   */
  public float[] start(Weights weights) {
    return initial ? weights.tensor(INITIAL).clone() : new float[shape.size()];
  }
}
