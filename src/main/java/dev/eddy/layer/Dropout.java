package dev.eddy.layer;

import dev.eddy.kernel.Kernels;

/**
 * What dropout is when a model scores: the identity. Kept so that layer numbers stay PyTorch's.
 *
 * @param share the share of values dropped in training, 0 up to 1; not used
 */
public record Dropout(float share) implements Layer {
  public Dropout {
    if (!(share >= 0f && share <= 1f)) {
      throw new IllegalArgumentException("rate must be 0..1, got " + share);
    }
  }

  @Override
  public String kind() {
    return "dropout";
  }

  @Override
  public Shape output(Shape input) {
    return input;
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    return new CopyStep(input);
  }
}
