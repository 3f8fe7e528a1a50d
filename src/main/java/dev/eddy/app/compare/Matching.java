package dev.eddy.app.compare;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finds what two versions made of the same record: the same key and event time, the first with the
 * first where there are several. What waits for the other version's score is bounded; beyond that
 * the oldest is taken to have none.
 */
final class Matching {
  /** Takes a pair. */
  interface Sink {
    void both(ReadScore first, ReadScore second);
  }

  private final int most;
  private final Sink sink;
  private final Side first = new Side();
  private final Side second = new Side();

  /** Scores of one version that wait, oldest first. */
  private static final class Side {
    private final Map<ReadScore.Place, Deque<ReadScore>> waiting = new LinkedHashMap<>();
    private int count;
    private long alone;
  }

  /**
   * @param most so many scores of each version wait
   */
  Matching(int most, Sink sink) {
    this.most = most;
    this.sink = sink;
  }

  void first(ReadScore row) {
    ReadScore other = take(second, row.place());
    if (other != null) {
      sink.both(row, other);
    } else {
      put(first, row);
    }
  }

  void second(ReadScore row) {
    ReadScore other = take(first, row.place());
    if (other != null) {
      sink.both(other, row);
    } else {
      put(second, row);
    }
  }

  private static ReadScore take(Side side, ReadScore.Place place) {
    Deque<ReadScore> rows = side.waiting.get(place);
    if (rows == null) {
      return null;
    }
    ReadScore row = rows.poll();
    side.count--;
    if (rows.isEmpty()) {
      side.waiting.remove(place);
    }
    return row;
  }

  private void put(Side side, ReadScore row) {
    side.waiting.computeIfAbsent(row.place(), place -> new ArrayDeque<>(1)).add(row);
    side.count++;
    while (side.count > most) {
      Iterator<Deque<ReadScore>> oldest = side.waiting.values().iterator();
      int gone = oldest.next().size();
      oldest.remove();
      side.count -= gone;
      side.alone += gone;
    }
  }

  /** Scores of the first version without one of the second, so far. */
  long firstAlone() {
    return first.alone + first.count;
  }

  /** Scores of the second version without one of the first, so far. */
  long secondAlone() {
    return second.alone + second.count;
  }
}
