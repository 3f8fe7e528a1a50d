package dev.eddy.streams;

import dev.eddy.model.Timeline;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;

/** A timeline ready to be asked; immutable. */
final class VersionSpans {
  /** In the place of a version: what scores before the first activation. */
  static final long BASE = 0;

  /** In the place of a version: none. */
  static final long NONE = -1;

  private final Timeline timeline;
  private final List<Timeline.Span> spans;

  VersionSpans(Timeline timeline) {
    this.timeline = timeline;
    this.spans = timeline.spans();
  }

  Timeline timeline() {
    return timeline;
  }

  /** The number of the stretch that covers a time. */
  int find(long timeMs) {
    int low = 0;
    int high = spans.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (spans.get(middle).fromMs() <= timeMs) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** All stretches, in order. */
  List<Timeline.Span> spans() {
    return spans;
  }

  Timeline.Span span(int number) {
    return spans.get(number);
  }

  /** Whether all keys of a stretch have the same version. */
  boolean isWhole(int number) {
    List<Timeline.Share> live = spans.get(number).live();
    return live.isEmpty() || live.get(0).permille() == Timeline.ALL;
  }

  /** Asks for a version made ready. */
  interface Plans {
    /** Null if the version is refused. */
    ScoringPlan plan(long version);
  }

  /**
   * What scores all keys of a stretch that is whole; null where that is refused, so that not all
   * keys need have the same.
   */
  ScoringPlan whole(int number, Plans plans) {
    List<Timeline.Share> live = spans.get(number).live();
    return plans.plan(live.isEmpty() ? BASE : live.get(0).version());
  }

  /**
   * What scores a key in a stretch; where that is refused, what would have scored before it. Where
   * nothing is activated for the key, not even before a share was retired, that is the base.
   *
   * @param place of the key among all, 0 to 999
   */
  ScoringPlan live(int number, int place, Plans plans) {
    for (int i = number; i >= 0; i--) {
      boolean refused = false;
      for (Timeline.Share share : spans.get(i).all()) {
        if (place < share.permille()) {
          ScoringPlan plan = plans.plan(share.version());
          if (plan != null) {
            return plan;
          }
          refused = true;
        }
      }
      if (!refused) {
        break;
      }
    }
    return plans.plan(BASE);
  }

  /**
   * Adds the versions that a task in a stretch may ask for: its own, and where those are refused
   * those that would have scored before.
   */
  void addNamed(int number, LongPredicate isRefused, Set<Long> named) {
    spans.get(number).shadow().ifPresent(named::add);
    for (int i = number; i >= 0; i--) {
      boolean refused = false;
      int taken = 0;
      for (Timeline.Share share : spans.get(i).all()) {
        if (share.permille() > taken) {
          named.add(share.version());
          boolean used = !isRefused.test(share.version());
          taken = used ? share.permille() : taken;
          refused |= !used;
        }
      }
      if (!refused || taken == Timeline.ALL) {
        return;
      }
    }
  }

  /** What scores in the shadow in a stretch; null for none. */
  ScoringPlan shadow(int number, Plans plans) {
    Timeline.Span span = spans.get(number);
    return span.shadow().isPresent() ? plans.plan(span.shadow().getAsLong()) : null;
  }
}
