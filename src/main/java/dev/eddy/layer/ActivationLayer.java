package dev.eddy.layer;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.Kernels;
import java.util.Objects;

/** An element-wise function on every value of every frame. */
public record ActivationLayer(Activation activation) implements Layer {
  public ActivationLayer {
    Objects.requireNonNull(activation, "activation");
  }

  @Override
  public String kind() {
    return activation.function().word();
  }

  @Override
  public Shape output(Shape input) {
    return input;
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    return new FrameMap(input) {
      @Override
      void mapInPlace(float[] values, int offset, float[] scratch) {
        kernels.activateInPlace(activation, values, offset, size);
      }
    };
  }
}
