package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;

/**
 * The values of a frame in their order, under another shape.
 *
 * @param dimensions 1 to 3, slowest first; -1, once at most, is what is left for it
 */
public record Reshape(List<Integer> dimensions) implements Layer {
  private static final int LEFT = -1;

  public Reshape {
    dimensions = List.copyOf(dimensions);
    Checks.inRange("dimensions", dimensions.size(), 1, 3);
    for (int dimension : dimensions) {
      if (dimension < 1 && dimension != LEFT) {
        throw new IllegalArgumentException(
            "a dimension must be at least 1, or -1 for what is left, got " + dimensions);
      }
    }
    if (dimensions.indexOf(LEFT) != dimensions.lastIndexOf(LEFT)) {
      throw new IllegalArgumentException("-1 may stand once, got " + dimensions);
    }
  }

  @Override
  public String kind() {
    return "reshape";
  }

  @Override
  public Shape output(Shape input) {
    long known = 1;
    for (int dimension : dimensions) {
      known = Math.min(known * (dimension == LEFT ? 1 : dimension), Shape.MAX_SIZE + 1L);
    }
    boolean left = dimensions.contains(LEFT);
    if (left ? input.size() % known != 0 : input.size() != known) {
      throw new IllegalArgumentException(
          "a frame of " + input + " has " + input.size() + " values, not those of " + dimensions);
    }
    int rest = (int) (input.size() / known);
    return Shape.of(dimensions.stream().mapToInt(d -> d == LEFT ? rest : d).toArray());
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    return new CopyStep(input);
  }
}
