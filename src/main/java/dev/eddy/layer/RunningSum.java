package dev.eddy.layer;

import dev.eddy.kernel.Kernels;

/**
 * The sum of each value over the sequence so far (ONNX CumSum along time).
 *
 * @param exclusive whether this frame does not count, so that the first one gives zeros
 */
public record RunningSum(boolean exclusive) implements Layer {

  @Override
  public String kind() {
    return "running-sum";
  }

  @Override
  public Shape output(Shape input) {
    return input;
  }

  @Override
  public Reach reach(Shape input) {
    return Reach.ALL;
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    return new RunningSumStep(exclusive, input.size());
  }
}
