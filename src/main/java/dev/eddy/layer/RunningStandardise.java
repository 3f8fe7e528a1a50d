package dev.eddy.layer;

import dev.eddy.kernel.Kernels;

/**
 * {@code (x - mean) / sqrt(variance + epsilon)} for each value of a frame, with its mean and
 * variance over the sequence so far, this frame included.
 *
 * <p>Up to {@code window} frames all count alike. From then on the newest has the weight {@code 1 /
 * window} and the older ones fade: the weight of a frame falls by {@code 1 - 1 / window} with each
 * that follows, so that about {@code window} frames count. The variance is the population's
 * (divided by the sum of the weights, as a batch's is). The first frame gives zeros.
 *
 * @param window frames that count, 2..2^24
 * @param epsilon keeps a variance of 0 from a division by 0, positive
 */
public record RunningStandardise(int window, float epsilon) implements Layer {
  public RunningStandardise {
    Checks.inRange("window", window, 2, 1 << 24);
    Checks.positive("eps", epsilon);
  }

  @Override
  public String kind() {
    return "running-standardise";
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
    return new RunningStandardiseStep(this, input.size());
  }
}
