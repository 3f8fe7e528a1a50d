package dev.eddy.streams;

import dev.eddy.model.Timeline;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.common.serialization.Serializer;

/**
 * One task's look at the catalogue. For a record in the stretch of time of the one before, without
 * shares, that is one volatile field and three comparisons.
 */
final class VersionView<K> {
  private final ModelCatalogue catalogue;
  private final ModelCatalogue.Place place;
  private final Serializer<K> keys;
  private final boolean shadow;
  private final CRC32C hash = new CRC32C();
  private VersionSpans spans;
  private int span;
  private long fromMs;
  private long untilMs;
  private boolean whole; // whether one plan is for all keys
  private ScoringPlan plan; // of the span, where it is whole or the shadow's
  private long scoredUpToMs = Long.MIN_VALUE;
  private int late;

  /**
   * @param shadow whether versions in the shadow are asked for, not the live ones
   */
  VersionView(ModelCatalogue catalogue, Serializer<K> keys, boolean shadow) {
    this.catalogue = catalogue;
    this.keys = keys;
    this.shadow = shadow;
    this.place = catalogue.open();
    this.spans = catalogue.current(); // and no stretch of it yet: fromMs = untilMs
  }

  /** Says that the task is over. */
  void close() {
    catalogue.close(place);
  }

  /** So many versions score in the stretch of the record asked for last. */
  int versions() {
    return spans.span(span).live().size() + 1;
  }

  /**
   * What scores a key at a time; null where nothing does, which only happens in the shadow.
   *
   * @param timeMs event time
   */
  ScoringPlan at(long timeMs, K key) {
    VersionSpans now = catalogue.current();
    if (now != spans) {
      learn(now);
      enter(timeMs);
    } else if (timeMs < fromMs || timeMs >= untilMs) {
      enter(timeMs);
    }
    scoredUpToMs = Math.max(scoredUpToMs, timeMs);
    return whole ? plan : spans.live(span, place(key), catalogue::plan);
  }

  /** Whether something scores at a time; quick where nothing does. */
  boolean hasSome(long timeMs) {
    VersionSpans now = catalogue.current();
    if (now != spans || timeMs < fromMs || timeMs >= untilMs) {
      at(timeMs, null);
    }
    return !shadow || plan != null;
  }

  /**
   * Of what scores in the shadow: whether between this time and the record asked for last there was
   * a time at which it didn't.
   */
  boolean hasChangedSince(long timeMs) {
    if (timeMs >= fromMs) {
      return false;
    }
    for (int i = spans.find(timeMs); i < span; i++) {
      if (!spans.span(i).shadow().equals(spans.span(span).shadow())) {
        return true;
      }
    }
    return false;
  }

  /** Activations learned of too late for some record since this was asked last. */
  int takeLate() {
    int count = late;
    late = 0;
    return count;
  }

  private void learn(VersionSpans now) {
    List<Timeline.Activation> known = spans.timeline().activations();
    List<Timeline.Activation> all = now.timeline().activations();
    boolean grown = all.size() >= known.size() && all.subList(0, known.size()).equals(known);
    for (Timeline.Activation activation : all.subList(grown ? known.size() : 0, all.size())) {
      boolean concerns = shadow == (activation.mode() == Timeline.Mode.SHADOW);
      if (concerns && activation.fromMs() <= scoredUpToMs) {
        late++;
      }
    }
    spans = now;
  }

  private void enter(long timeMs) {
    place.enter(timeMs);
    span = spans.find(timeMs);
    fromMs = spans.span(span).fromMs();
    untilMs = spans.span(span).untilMs();
    whole = shadow || spans.isWhole(span);
    plan = null;
    if (shadow) {
      plan = spans.shadow(span, catalogue::plan);
    } else if (whole) {
      plan = spans.whole(span, catalogue::plan);
      whole = plan != null;
    }
  }

  /** The key's place among all, 0 to 999; says nothing of its partition. */
  private int place(K key) {
    byte[] bytes = keys.serialize(null, key);
    hash.reset();
    hash.update(bytes, 0, bytes.length);
    return place((int) hash.getValue());
  }

  /** Spreads a hash evenly; (MurmurHash3's last mix). */
  static int place(int hash) {
    int mixed = hash;
    mixed ^= mixed >>> 16;
    mixed *= 0x85ebca6b;
    mixed ^= mixed >>> 13;
    mixed *= 0xc2b2ae35;
    mixed ^= mixed >>> 16;
    return (int) ((mixed & 0xffffffffL) * Timeline.ALL >>> 32);
  }
}
