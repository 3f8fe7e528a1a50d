package dev.eddy.frames;

import java.util.Arrays;
import java.util.Set;

/**
 * What sums up a stretch of frames so that two stretches, one after the other, sum up together: a
 * range of doubles.
 *
 * <p>Variance and slope are kept as sums of squared distances from the mean, updated and merged as
 * by Welford (1962) and Chan, Golub and LeVeque (1983), so nothing large is subtracted from
 * something large.
 *
 * <pre>
 * frames | first time | last time | mean time since the first | times' squares
 * of each channel what is asked for: sum | mean, squares | products with time | min | max | first | last
 * </pre>
 */
final class PaneLayout {
  private static final int COUNT = 0;
  private static final int FIRST_MS = 1;
  private static final int LAST_MS = 2;
  private static final int MEAN_MS = 3;
  private static final int SQUARES_MS = 4;
  private static final int HEADER = 5;
  private static final int NOT_KEPT = -1;

  private final int channels;
  private final int stride;
  private final int sum;
  private final int mean; // and, behind it, squares
  private final int products;
  private final int min;
  private final int max;
  private final int first;
  private final int last;
  final int length;

  PaneLayout(int channels, Set<Statistic.Kind> kinds) {
    boolean slope = kinds.contains(Statistic.Kind.SLOPE);
    boolean moments = slope || kinds.contains(Statistic.Kind.STD);
    boolean sums = kinds.contains(Statistic.Kind.SUM) || kinds.contains(Statistic.Kind.MEAN);
    int at = 0;
    this.sum = sums ? at++ : NOT_KEPT;
    this.mean = moments ? at++ : NOT_KEPT;
    at += moments ? 1 : 0;
    this.products = slope ? at++ : NOT_KEPT;
    this.min = kinds.contains(Statistic.Kind.MIN) ? at++ : NOT_KEPT;
    this.max = kinds.contains(Statistic.Kind.MAX) ? at++ : NOT_KEPT;
    this.first = kinds.contains(Statistic.Kind.FIRST) ? at++ : NOT_KEPT;
    this.last = kinds.contains(Statistic.Kind.LAST) ? at++ : NOT_KEPT;
    this.stride = at;
    this.channels = at == 0 ? 0 : channels;
    this.length = HEADER + this.channels * stride;
  }

  /** Takes a frame in, which is not older than those before. */
  void add(double[] pane, long timeMs, float[] frame) {
    boolean empty = pane[COUNT] == 0;
    double count = ++pane[COUNT];
    if (empty) {
      pane[FIRST_MS] = timeMs;
    }
    pane[LAST_MS] = timeMs;
    double sinceFirstMs = timeMs - pane[FIRST_MS];
    double before = sinceFirstMs - pane[MEAN_MS];
    pane[MEAN_MS] += before / count;
    double after = sinceFirstMs - pane[MEAN_MS];
    pane[SQUARES_MS] += before * after;
    for (int i = 0; i < channels; i++) {
      int at = HEADER + i * stride;
      double value = frame[i];
      if (sum >= 0) {
        pane[at + sum] += value;
      }
      if (mean >= 0) {
        double distance = value - pane[at + mean];
        pane[at + mean] += distance / count;
        pane[at + mean + 1] += distance * (value - pane[at + mean]);
        if (products >= 0) {
          pane[at + products] += after * distance;
        }
      }
      if (min >= 0) {
        pane[at + min] = empty ? value : Math.min(pane[at + min], value);
      }
      if (max >= 0) {
        pane[at + max] = empty ? value : Math.max(pane[at + max], value);
      }
      if (first >= 0 && empty) {
        pane[at + first] = value;
      }
      if (last >= 0) {
        pane[at + last] = value;
      }
    }
  }

  /** Adds a stretch that follows; {@code newer} is not modified. */
  void merge(double[] pane, double[] newer) {
    double there = newer[COUNT];
    if (there == 0) {
      return;
    }
    double here = pane[COUNT];
    if (here == 0) {
      System.arraycopy(newer, 0, pane, 0, length);
      return;
    }
    double count = here + there;
    double share = here * there / count;
    double timeDistance = newer[FIRST_MS] - pane[FIRST_MS] + newer[MEAN_MS] - pane[MEAN_MS];
    pane[COUNT] = count;
    pane[LAST_MS] = newer[LAST_MS];
    pane[MEAN_MS] += timeDistance * there / count;
    pane[SQUARES_MS] += newer[SQUARES_MS] + timeDistance * timeDistance * share;
    for (int i = 0; i < channels; i++) {
      int at = HEADER + i * stride;
      if (sum >= 0) {
        pane[at + sum] += newer[at + sum];
      }
      if (mean >= 0) {
        double distance = newer[at + mean] - pane[at + mean];
        pane[at + mean] += distance * there / count;
        pane[at + mean + 1] += newer[at + mean + 1] + distance * distance * share;
        if (products >= 0) {
          pane[at + products] += newer[at + products] + timeDistance * distance * share;
        }
      }
      if (min >= 0) {
        pane[at + min] = Math.min(pane[at + min], newer[at + min]);
      }
      if (max >= 0) {
        pane[at + max] = Math.max(pane[at + max], newer[at + max]);
      }
      if (last >= 0) {
        pane[at + last] = newer[at + last];
      }
    }
  }

  void clear(double[] pane) {
    Arrays.fill(pane, 0);
  }

  double count(double[] pane) {
    return pane[COUNT];
  }

  long firstMs(double[] pane) {
    return (long) pane[FIRST_MS];
  }

  long lastMs(double[] pane) {
    return (long) pane[LAST_MS];
  }

  /** A statistic of a channel, other than a quantile. */
  double value(double[] pane, Statistic.Kind kind, int channel, long slopeUnitMs) {
    int at = HEADER + channel * stride;
    return switch (kind) {
      case COUNT -> pane[COUNT];
      case SUM -> pane[at + sum];
      case MEAN -> pane[at + sum] / pane[COUNT];
      case STD -> Math.sqrt(Math.max(0, pane[at + mean + 1]) / pane[COUNT]);
      case SLOPE ->
          pane[SQUARES_MS] == 0 ? 0 : pane[at + products] / pane[SQUARES_MS] * slopeUnitMs;
      case MIN -> pane[at + min];
      case MAX -> pane[at + max];
      case FIRST -> pane[at + first];
      case LAST -> pane[at + last];
      case QUANTILE -> throw new IllegalStateException("a quantile is of samples");
    };
  }
}
