package dev.eddy.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Which version of a model scores the records of which event time. Immutable; it only grows.
 *
 * <p>An activation holds from its time on, until another one of a later time. Of two with the same
 * time the one that was made later holds.
 */
public final class Timeline {
  /** Before all time: an activation from there on covers every record. */
  public static final long ALWAYS = Long.MIN_VALUE;

  /** A whole, of which shares of the keys are counted. */
  public static final int ALL = 1000;

  /** What an activation does. */
  public enum Mode {
    /** The version scores, for all keys or for a share of them. */
    LIVE,
    /** The version scores beside the live one, to a topic of its own. */
    SHADOW,
    /** The version scores again, for all keys; what came after it is undone. */
    ROLLBACK,
    /** The version scores no more in the shadow or for a share, and can't be activated again. */
    RETIRED
  }

  /**
   * The moment from which a version scores.
   *
   * @param fromMs event time, milliseconds since 1970, or {@link #ALWAYS}
   * @param sharePermille of the keys, 1 to {@link #ALL}; all but where the mode is LIVE
   * @param madeMs wall-clock time when it was made, milliseconds since 1970
   * @param who made it
   */
  public record Activation(
      long version, long fromMs, Mode mode, int sharePermille, long madeMs, String who) {
    public Activation {
      Objects.requireNonNull(mode, "mode");
      Objects.requireNonNull(who, "who");
      if (version < 1) {
        throw new IllegalArgumentException("a version is at least 1, got " + version);
      }
      if (sharePermille < 1 || sharePermille > ALL || mode != Mode.LIVE && sharePermille != ALL) {
        throw new IllegalArgumentException(
            "a share is 0.1% to 100%, and all in mode " + mode + ", got " + sharePermille / 10.0);
      }
    }
  }

  /** A version with the share of the keys that it takes from those behind it. */
  public record Share(long version, int permille) {}

  /**
   * A stretch of event time in which the same versions score.
   *
   * @param fromMs the first millisecond
   * @param untilMs the first millisecond behind it, or {@code Long.MAX_VALUE}, which is within
   * @param live the first one whose share covers a key scores it; the last one's covers all; empty
   *     before the first activation, and not ended by a whole where that was for a share
   * @param all the same and, in their order, those whose keys newer ones take in all, for where
   *     these can't be used
   * @param shadow the version that scores in the shadow
   */
  public record Span(
      long fromMs, long untilMs, List<Share> live, List<Share> all, OptionalLong shadow) {
    public Span {
      live = List.copyOf(live);
      all = List.copyOf(all);
    }

    /** Whether a time is within. */
    public boolean covers(long timeMs) {
      return timeMs >= fromMs && (timeMs < untilMs || untilMs == Long.MAX_VALUE);
    }

    /** Whether a version scores in it, live or in the shadow. */
    public boolean names(long version) {
      return live.stream().anyMatch(share -> share.version() == version)
          || shadow.isPresent() && shadow.getAsLong() == version;
    }
  }

  /** Without an activation. */
  public static final Timeline EMPTY = new Timeline(List.of());

  private final List<Activation> activations;

  /** Those activations, in the order in which they were made. */
  public Timeline(List<Activation> activations) {
    this.activations = List.copyOf(activations);
  }

  /** In the order in which they were made. */
  public List<Activation> activations() {
    return activations;
  }

  /** With one more. */
  public Timeline plus(Activation activation) {
    List<Activation> more = new ArrayList<>(activations);
    more.add(activation);
    return new Timeline(more);
  }

  private List<Activation> byTime() {
    List<Activation> sorted = new ArrayList<>(activations);
    sorted.sort(Comparator.comparingLong(Activation::fromMs)); // stable
    return sorted;
  }

  /** All of time in stretches, in order. */
  public List<Span> spans() {
    List<Span> spans = new ArrayList<>();
    List<Share> live = new ArrayList<>();
    OptionalLong shadow = OptionalLong.empty();
    long fromMs = ALWAYS;
    for (Activation next : byTime()) {
      if (next.fromMs > fromMs) {
        spans.add(new Span(fromMs, next.fromMs, seen(live), live, shadow));
        fromMs = next.fromMs;
      }
      switch (next.mode) {
        case LIVE, ROLLBACK -> {
          if (next.sharePermille == ALL) {
            live.clear();
          }
          live.removeIf(s -> s.version == next.version && s.permille <= next.sharePermille);
          live.add(0, new Share(next.version, next.sharePermille));
        }
        case SHADOW -> shadow = OptionalLong.of(next.version);
        case RETIRED ->
            live.removeIf(share -> share.version == next.version && share.permille < ALL);
      }
      if (next.mode != Mode.SHADOW && shadow.isPresent() && shadow.getAsLong() == next.version) {
        shadow = OptionalLong.empty();
      }
    }
    spans.add(new Span(fromMs, Long.MAX_VALUE, seen(live), live, shadow));
    return spans;
  }

  /** Without those whose keys newer ones take in all. They score again when those are retired. */
  private static List<Share> seen(List<Share> newestFirst) {
    List<Share> seen = new ArrayList<>();
    int taken = 0;
    for (Share share : newestFirst) {
      if (share.permille > taken) {
        seen.add(share);
        taken = share.permille;
      }
    }
    return seen;
  }

  /** The stretch that covers a time. */
  public Span at(long timeMs) {
    return spans().stream().filter(span -> span.covers(timeMs)).findFirst().orElseThrow();
  }

  /**
   * The version that was live, at that time, before the one that came last. What a roll-back has
   * undone doesn't count: rolling back again goes on back.
   */
  public OptionalLong before(long timeMs) {
    Deque<Long> history = new ArrayDeque<>();
    for (Activation activation : byTime()) {
      if (activation.fromMs > timeMs) {
        break;
      }
      if (activation.mode == Mode.ROLLBACK) {
        while (!history.isEmpty() && history.peek() != activation.version) {
          history.pop();
        }
      }
      boolean lives = activation.mode == Mode.LIVE || activation.mode == Mode.ROLLBACK;
      if (lives && (history.isEmpty() || history.peek() != activation.version)) {
        history.push(activation.version);
      }
    }
    if (history.size() < 2) {
      return OptionalLong.empty();
    }
    history.pop();
    return OptionalLong.of(history.peek());
  }

  /** Whether a version was retired. */
  public boolean isRetired(long version) {
    return activations.stream().anyMatch(a -> a.version == version && a.mode == Mode.RETIRED);
  }

  /** Whether a version scores, or is to score, at some time from this one on. */
  public boolean names(long version, long fromMs) {
    return spans().stream().anyMatch(span -> span.untilMs > fromMs && span.names(version));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Timeline timeline && timeline.activations.equals(activations);
  }

  @Override
  public int hashCode() {
    return activations.hashCode();
  }

  @Override
  public String toString() {
    return activations.toString();
  }
}
