package dev.eddy.layer;

import java.util.List;

/**
 * One tensor that a layer's weights must hold.
 *
 * @param name as PyTorch names it within its layer, such as {@code weight_ih_l0}
 * @param dimensions its shape, slowest first
 */
public record TensorSpec(String name, List<Integer> dimensions) {
  public TensorSpec {
    dimensions = List.copyOf(dimensions);
  }

  static TensorSpec of(String name, Integer... dimensions) {
    return new TensorSpec(name, List.of(dimensions));
  }

  /** Values in the tensor. */
  public long size() {
    return dimensions.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }
}
