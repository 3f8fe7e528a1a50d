package dev.eddy.app.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Values over time, in stretches of equal length, each with its mean. However many values come,
 * there are never more than {@value #MOST} stretches: when there would be, they become twice as
 * long.
 */
final class Curve {
  static final int MOST = 400;

  private final TreeMap<Long, double[]> stretches = new TreeMap<>(); // sum and count
  private long lengthMs = 1;

  /** A mean in the middle of its stretch. */
  record Point(double timeMs, double value) {}

  void add(long timeMs, double value) {
    if (Double.isNaN(value)) {
      return;
    }
    add(Math.floorDiv(timeMs, lengthMs), value, 1);
    while (stretches.size() > MOST) {
      widen();
    }
  }

  private void add(long stretch, double sum, double count) {
    double[] sums = stretches.computeIfAbsent(stretch, s -> new double[2]);
    sums[0] += sum;
    sums[1] += count;
  }

  private void widen() {
    Map<Long, double[]> narrow = new TreeMap<>(stretches);
    stretches.clear();
    lengthMs *= 2;
    narrow.forEach((stretch, sums) -> add(Math.floorDiv(stretch, 2L), sums[0], sums[1]));
  }

  List<Point> points() {
    List<Point> points = new ArrayList<>();
    stretches.forEach(
        (stretch, sums) ->
            points.add(
                new Point(
                    (stretch + 0.5) * lengthMs - (lengthMs == 1 ? 0.5 : 0), sums[0] / sums[1])));
    return points;
  }
}
