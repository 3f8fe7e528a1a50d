package dev.eddy.streams;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** Orders of arrival. */
final class Shuffle {
  private Shuffle() {}

  /**
   * What comes to a stream whose records arrive late by up to grace, in milliseconds, all of it
   * included: none is passed by stream time by more. Those that come at once do so in any order.
   */
  static <T> List<T> withinGrace(
      long graceMs, List<T> readings, ToLongFunction<T> timeMs, SplittableRandom random) {
    Map<Long, T> byArrival = new TreeMap<>();
    for (int i = 0; i < readings.size(); i++) {
      long arrivalMs = timeMs.applyAsLong(readings.get(i)) + random.nextLong(graceMs + 1);
      long place = arrivalMs * 10 + random.nextInt(10);
      byArrival.put(place * readings.size() + i, readings.get(i));
    }
    return new ArrayList<>(byArrival.values());
  }
}
