package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;

/**
 * The dimensions of a frame in another order: PyTorch's permute, ONNX Transpose, within a frame.
 *
 * @param axes for each dimension that goes out, which one of those that come in it is: 0 channels,
 *     then height and width, or width alone
 */
public record Transpose(List<Integer> axes) implements Layer {
  public Transpose {
    axes = List.copyOf(axes);
    Checks.inRange("axes", axes.size(), 1, 3);
    for (int axis = 0; axis < axes.size(); axis++) {
      if (!axes.contains(axis)) {
        throw new IllegalArgumentException(
            "axes must hold each of 0.." + (axes.size() - 1) + " once, got " + axes);
      }
    }
  }

  @Override
  public String kind() {
    return "transpose";
  }

  @Override
  public Shape output(Shape input) {
    if (input.rank() != axes.size()) {
      throw new IllegalArgumentException(
          "axes " + axes + " are for frames of " + axes.size() + " dimensions, got " + input);
    }
    return Shape.of(axes.stream().mapToInt(input::dimension).toArray());
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    Shape output = output(input);
    int[] from = new int[output.size()];
    for (int i = 0; i < from.length; i++) {
      int rest = i;
      for (int axis = axes.size() - 1; axis >= 0; axis--) {
        from[i] += rest % output.dimension(axis) * input.stride(axes.get(axis));
        rest /= output.dimension(axis);
      }
    }
    return new PickStep(from);
  }
}
