package dev.eddy.layer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Weights for tests: uniform, of a size that neither lets frames die out nor blow up over many
 * layers; recurrent ones as PyTorch starts them, so that a long run does not turn chaotic.
 */
public final class RandomWeights {
  private static final Set<String> POSITIVE = Set.of("running_var", "std");

  private static final Set<Merge.How> CONTINUOUS =
      Set.of(
          Merge.How.ADD,
          Merge.How.SUBTRACT,
          Merge.How.MULTIPLY,
          Merge.How.DIVIDE,
          Merge.How.MAX,
          Merge.How.MIN);

  private RandomWeights() {}

  /** What a layer needs behind frames of shape {@code input}. */
  public static Weights of(Layer layer, Shape input, Random random) {
    Map<String, float[]> tensors = new HashMap<>();
    for (TensorSpec spec : layer.tensors(input)) {
      double bound = bound(layer, spec);
      double middle = POSITIVE.contains(spec.name()) ? 1 : 0;
      float[] values = new float[Math.toIntExact(spec.size())];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            layer instanceof Rearrange
                ? random.nextInt(input.size() + 1) - 1
                : layer instanceof Arithmetic arithmetic && isForWholeNumbers(arithmetic.how())
                    ? wholeButZero(random)
                    : (float) (middle + (2 * random.nextDouble() - 1) * bound);
      }
      tensors.put(spec.name(), values);
    }
    return tensors::get;
  }

  /** What stands before the first frame of feedback. */
  public static Weights of(Previous previous, Random random) {
    float[] start = new float[previous.shape().size()];
    for (int i = 0; i < start.length; i++) {
      start[i] = (float) random.nextGaussian();
    }
    return tensor -> start;
  }

  /** What jumps between one value and the next is compared at values that meet. */
  private static boolean isForWholeNumbers(Merge.How how) {
    return !CONTINUOUS.contains(how);
  }

  private static float wholeButZero(Random random) {
    int whole = random.nextInt(6) - 3;
    return whole < 0 ? whole : whole + 1;
  }

  private static double bound(Layer layer, TensorSpec spec) {
    List<Integer> dimensions = spec.dimensions();
    if (dimensions.size() == 1) {
      return 0.5;
    }
    if (spec.name().startsWith("weight_hh")) {
      return 1 / Math.sqrt(dimensions.get(1));
    }
    double terms =
        layer instanceof Deconv deconv
            ? (double) dimensions.get(0) / deconv.groups()
            : dimensions.stream().skip(1).mapToInt(Integer::intValue).reduce(1, (a, b) -> a * b);
    return Math.sqrt(3 / terms); // terms of variance 1 / terms each sum up to variance 1
  }
}
