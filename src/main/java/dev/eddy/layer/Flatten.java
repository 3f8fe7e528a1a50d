package dev.eddy.layer;

import dev.eddy.kernel.Kernels;

/** All values of a frame as channels, in their order; PyTorch's Flatten within a frame. */
public record Flatten() implements Layer {
  @Override
  public String kind() {
    return "flatten";
  }

  @Override
  public Shape output(Shape input) {
    return Shape.of(input.size());
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    return new CopyStep(input);
  }
}
