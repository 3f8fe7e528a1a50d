package dev.eddy.layer;

/**
 * One value of a line of values.
 *
 * <p>Sums and products are taken in double precision: the order costs no digits, and what is beyond
 * a float on the way may come back. Exponentials and logarithms are {@link StrictMath}'s, whose
 * bits are the same on every machine.
 */
final class Reduction {
  private Reduction() {}

  /** Of the values at {@code from}, {@code from + stride}, ... below {@code end}. */
  static float of(Reduce.How how, float[] values, int from, int stride, int end) {
    return switch (how) {
      case SUM -> (float) sum(values, from, stride, end);
      case MEAN -> (float) (sum(values, from, stride, end) / ((end - from) / stride));
      case MAX -> max(values, from, stride, end);
      case MIN -> min(values, from, stride, end);
      case PRODUCT -> product(values, from, stride, end);
      case SUM_OF_SQUARES -> (float) squares(values, from, stride, end);
      case L1 -> magnitudes(values, from, stride, end);
      case L2 -> (float) Math.sqrt(squares(values, from, stride, end));
      case LOG_SUM -> (float) StrictMath.log(sum(values, from, stride, end));
      case LOG_SUM_EXP -> logSumExp(values, from, stride, end);
      case ARG_MAX -> largest(values, from, stride, end, 1, false);
      case ARG_MIN -> largest(values, from, stride, end, -1, false);
      case ARG_MAX_LAST -> largest(values, from, stride, end, 1, true);
      case ARG_MIN_LAST -> largest(values, from, stride, end, -1, true);
    };
  }

  private static double sum(float[] values, int from, int stride, int end) {
    double sum = 0;
    for (int i = from; i < end; i += stride) {
      sum += values[i];
    }
    return sum;
  }

  private static double squares(float[] values, int from, int stride, int end) {
    double sum = 0;
    for (int i = from; i < end; i += stride) {
      sum += (double) values[i] * values[i];
    }
    return sum;
  }

  private static float magnitudes(float[] values, int from, int stride, int end) {
    double sum = 0;
    for (int i = from; i < end; i += stride) {
      sum += Math.abs(values[i]);
    }
    return (float) sum;
  }

  private static float product(float[] values, int from, int stride, int end) {
    double product = 1;
    for (int i = from; i < end; i += stride) {
      product *= values[i];
    }
    return (float) product;
  }

  private static float max(float[] values, int from, int stride, int end) {
    float max = values[from];
    for (int i = from + stride; i < end; i += stride) {
      max = Math.max(max, values[i]);
    }
    return max;
  }

  private static float min(float[] values, int from, int stride, int end) {
    float min = values[from];
    for (int i = from + stride; i < end; i += stride) {
      min = Math.min(min, values[i]);
    }
    return min;
  }

  /** The largest comes out of the sum, so that no exponential is beyond a number. */
  private static float logSumExp(float[] values, int from, int stride, int end) {
    float max = max(values, from, stride, end);
    if (Float.isInfinite(max)) {
      return max;
    }
    double sum = 0;
    for (int i = from; i < end; i += stride) {
      sum += StrictMath.exp((double) values[i] - max);
    }
    return (float) (max + StrictMath.log(sum));
  }

  /** The index of the largest {@code sign * value}; NaN is never larger. */
  private static int largest(
      float[] values, int from, int stride, int end, int sign, boolean last) {
    int largest = from;
    for (int i = from + stride; i < end; i += stride) {
      float more = sign * values[i];
      float most = sign * values[largest];
      if (more > most || last && more == most) {
        largest = i;
      }
    }
    return (largest - from) / stride;
  }
}
