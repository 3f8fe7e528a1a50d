package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;
import java.util.Objects;

/**
 * A frame whose values are picked from the frame that comes in: value {@code i} is the one at
 * {@code index[i]}, or {@code fill} where that is -1. What moves, repeats, leaves out or pads
 * values within a frame is of this kind: ONNX Transpose, Slice, Gather, Expand, Tile, Pad,
 * DepthToSpace and the like, with constant indices.
 *
 * <p>The tensor {@code index} holds whole numbers, one for each value that goes out.
 *
 * @param shape the shape that goes out
 * @param fill what stands where nothing is picked
 */
public record Rearrange(Shape shape, float fill) implements Layer {
  private static final int FILL = -1;

  public Rearrange {
    Objects.requireNonNull(shape, "shape");
    if (Float.isNaN(fill)) {
      throw new IllegalArgumentException("fill must be a number, got NaN");
    }
  }

  @Override
  public String kind() {
    return "rearrange";
  }

  @Override
  public Shape output(Shape input) {
    return shape;
  }

  @Override
  public List<TensorSpec> tensors(Shape input) {
    return List.of(TensorSpec.of("index", shape.size()));
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    float[] index = weights.tensor("index");
    int[] from = new int[index.length];
    for (int i = 0; i < from.length; i++) {
      from[i] = (int) index[i];
      if (from[i] != index[i] || from[i] < FILL || from[i] >= input.size()) {
        throw new IllegalArgumentException(
            "index holds whole numbers from -1 to "
                + (input.size() - 1)
                + ", the last value of a frame of "
                + input
                + "; at "
                + i
                + " it has "
                + index[i]);
      }
    }
    return new PickStep(from, fill);
  }
}
