package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.Objects;

/**
 * One value out of all: of each value over the whole sequence, emitted once, at its end; or of each
 * channel over the width and height of each frame (PyTorch's AdaptiveMaxPool and AdaptiveAvgPool to
 * size 1, ONNX GlobalMaxPool and GlobalAveragePool, without the dimensions of length 1).
 *
 * @param how what is taken of them
 * @param over of which values
 */
public record GlobalPool(How how, Over over) implements Layer {

  /** What is taken of many values. */
  public enum How {
    MAX,
    AVERAGE,
    SUM,
    /** The mean square of the distance from the mean; over time only. */
    VARIANCE
  }

  /** Of which values. */
  public enum Over {
    /** The frames of a sequence, each value on its own; a sequence without frames gives none. */
    TIME,
    /** Width and height: {@code [channels, ...]} becomes {@code [channels]}. */
    SPACE
  }

  public GlobalPool {
    Objects.requireNonNull(how, "how");
    Objects.requireNonNull(over, "over");
    if (how == How.VARIANCE && over == Over.SPACE) {
      throw new IllegalArgumentException("a variance is pooled over time only");
    }
  }

  @Override
  public String kind() {
    return "global-pool";
  }

  @Override
  public Shape output(Shape input) {
    if (over == Over.TIME) {
      return input;
    }
    if (input.rank() == 1) {
      throw new IllegalArgumentException("frames of " + input + " have no width to pool over");
    }
    return Shape.of(input.channels());
  }

  @Override
  public Rate rate(Shape input) {
    return over == Over.TIME ? Rate.END : Rate.ONE;
  }

  @Override
  public Reach reach(Shape input) {
    return over == Over.TIME ? Reach.ALL : Reach.HERE;
  }

  @Override
  public Clock clock(Shape input) {
    return over == Over.TIME ? new StartedClock(0, 0, 1) : Clock.EVERY;
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    return over == Over.TIME
        ? new PoolTimeStep(how, input.size())
        : new PoolSpaceStep(how, input.channels(), input.positions());
  }
}
