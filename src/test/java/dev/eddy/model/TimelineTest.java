package dev.eddy.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.model.Timeline.Activation;
import dev.eddy.model.Timeline.Mode;
import dev.eddy.model.Timeline.Share;
import dev.eddy.model.Timeline.Span;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private static Activation live(long version, long fromMs) {
    return new Activation(version, fromMs, Mode.LIVE, Timeline.ALL, 0, "me");
  }

  private static Activation of(Mode mode, long version, long fromMs) {
    return new Activation(version, fromMs, mode, Timeline.ALL, 0, "me");
  }

  private static Activation share(long version, long fromMs, int permille) {
    return new Activation(version, fromMs, Mode.LIVE, permille, 0, "me");
  }

  private static Timeline timeline(Activation... activations) {
    return new Timeline(List.of(activations));
  }

  private static List<Share> all(long version) {
    return List.of(new Share(version, Timeline.ALL));
  }

  @Test
  void shouldScoreWithTheVersionWhoseActivationCoversTheTime() {
    Timeline timeline = timeline(live(6, Timeline.ALWAYS), live(7, 1000));
    assertThat(timeline.at(Timeline.ALWAYS).live()).isEqualTo(all(6));
    assertThat(timeline.at(999).live()).isEqualTo(all(6));
    assertThat(timeline.at(1000).live()).isEqualTo(all(7));
    assertThat(timeline.at(Long.MAX_VALUE).live()).isEqualTo(all(7));
    assertThat(Timeline.EMPTY.at(5).live()).isEmpty();
    assertThat(timeline(live(7, 10)).at(9).live()).isEmpty();
  }

  @Test
  void shouldLetTheActivationHoldThatWasMadeLaterWhereTimesAreEqual() {
    assertThat(timeline(live(7, 5), live(6, 5)).at(5).live()).isEqualTo(all(6));
    // one of an earlier time, made later, holds only up to the one of a later time
    Timeline timeline = timeline(live(7, 50), live(6, 20));
    assertThat(timeline.at(49).live()).isEqualTo(all(6));
    assertThat(timeline.at(50).live()).isEqualTo(all(7));
  }

  @Test
  void shouldTakeSharesFromWhatIsBehindThem() {
    Timeline timeline =
        timeline(live(6, 0), share(7, 10, 100), share(8, 20, 50), share(9, 30, 100));
    assertThat(timeline.at(10).live()).containsExactly(new Share(7, 100), new Share(6, 1000));
    assertThat(timeline.at(20).live())
        .containsExactly(new Share(8, 50), new Share(7, 100), new Share(6, 1000));
    assertThat(timeline.at(30).live()).containsExactly(new Share(9, 100), new Share(6, 1000));
  }

  @Test
  void shouldGiveItsKeysBackToTheShareBeforeWhenAShareIsRetired() {
    Timeline timeline = timeline(live(6, 0), share(7, 10, 100), share(8, 20, 500));
    assertThat(timeline.at(20).live()).containsExactly(new Share(8, 500), new Share(6, 1000));
    assertThat(timeline.plus(of(Mode.RETIRED, 8, 30)).at(30).live())
        .containsExactly(new Share(7, 100), new Share(6, 1000));
    assertThat(timeline.plus(of(Mode.RETIRED, 7, 30)).plus(of(Mode.RETIRED, 8, 30)).at(30).live())
        .isEqualTo(all(6));
  }

  @Test
  void shouldEndAShadowWhenItsVersionGoesLiveOrIsRetired() {
    Timeline shadow = timeline(live(6, 0), of(Mode.SHADOW, 7, 10));
    assertThat(shadow.at(9).shadow()).isEmpty();
    assertThat(shadow.at(10).shadow()).hasValue(7);
    assertThat(shadow.plus(live(7, 20)).at(20).shadow()).isEmpty();
    assertThat(shadow.plus(live(8, 20)).at(20).shadow()).hasValue(7);
    assertThat(shadow.plus(of(Mode.RETIRED, 7, 20)).at(20).shadow()).isEmpty();
    assertThat(shadow.plus(of(Mode.RETIRED, 7, 20)).isRetired(7)).isTrue();
    assertThat(shadow.plus(of(Mode.RETIRED, 7, 20)).names(7, 20)).isFalse();
    assertThat(shadow.plus(of(Mode.RETIRED, 7, 20)).names(7, 19)).isTrue();
  }

  @Test
  void shouldRollBackStepByStep() {
    Timeline timeline = timeline(live(5, 0), live(6, 10), live(7, 20));
    assertThat(timeline.before(25)).hasValue(6);
    assertThat(timeline.before(15)).hasValue(5);
    assertThat(timeline.before(5)).isEmpty();
    Timeline once = timeline.plus(of(Mode.ROLLBACK, 6, 30));
    assertThat(once.at(30).live()).isEqualTo(all(6));
    assertThat(once.before(30)).hasValue(5);
    assertThat(once.plus(of(Mode.ROLLBACK, 5, 40)).before(40)).isEmpty();
    assertThat(once.plus(live(7, 40)).before(40)).hasValue(6);
    // a share is undone too
    assertThat(timeline(live(6, 0), share(7, 10, 100)).before(10)).hasValue(6);
    assertThat(timeline(live(6, 0), share(7, 10, 100), live(7, 20)).before(20)).hasValue(6);
  }

  @Test
  void shouldRefuseSharesThatAreNone() {
    assertThatThrownBy(() -> share(7, 0, 1001)).hasMessageContaining("0.1% to 100%");
    assertThatThrownBy(() -> share(7, 0, 0)).hasMessageContaining("0.1% to 100%");
    assertThatThrownBy(() -> new Activation(7, 0, Mode.SHADOW, 100, 0, "me"))
        .hasMessageContaining("in mode SHADOW");
    assertThatThrownBy(() -> live(0, 0)).hasMessage("a version is at least 1, got 0");
  }

  @Provide
  Arbitrary<List<Activation>> activations() {
    return Combinators.combine(
            Arbitraries.longs().between(1, 4),
            Arbitraries.longs().between(-3, 12),
            Arbitraries.of(Mode.class),
            Arbitraries.of(1, 100, 500, 1000))
        .as(
            (version, from, mode, permille) ->
                new Activation(version, from, mode, mode == Mode.LIVE ? permille : 1000, 0, "me"))
        .list()
        .ofMaxSize(12);
  }

  /** Against the sentence in DESIGN.md: the newest activation that covers time and key scores. */
  @Property
  void shouldScoreAKeyWithTheNewestActivationThatCoversTimeAndKey(
      @ForAll("activations") List<Activation> activations,
      @ForAll @LongRange(min = -4, max = 13) long timeMs,
      @ForAll @LongRange(min = 0, max = 999) long key) {
    long expected = 0;
    List<Activation> newestFirst =
        new java.util.ArrayList<>(
            activations.stream()
                .filter(a -> a.fromMs() <= timeMs)
                .sorted(Comparator.comparingLong(Activation::fromMs))
                .toList());
    java.util.Collections.reverse(newestFirst);
    List<Activation> since = new java.util.ArrayList<>();
    for (Activation a : newestFirst) {
      boolean retired =
          since.stream()
              .anyMatch(
                  s ->
                      s.mode() == Mode.RETIRED
                          && s.version() == a.version()
                          && a.sharePermille() < Timeline.ALL);
      boolean lives = a.mode() == Mode.LIVE || a.mode() == Mode.ROLLBACK;
      if (lives && !retired && key < a.sharePermille()) {
        expected = a.version();
        break;
      }
      since.add(a);
    }
    Span span = new Timeline(activations).at(timeMs);
    long found =
        span.live().stream()
            .filter(share -> key < share.permille())
            .mapToLong(Share::version)
            .findFirst()
            .orElse(0);
    assertThat(found).isEqualTo(expected);
  }

  @Property
  void shouldCoverEveryTimeOnce(
      @ForAll("activations") List<Activation> activations, @ForAll long timeMs) {
    List<Span> spans = new Timeline(activations).spans();
    assertThat(spans.stream().filter(span -> span.covers(timeMs))).hasSize(1);
    assertThat(spans.get(0).fromMs()).isEqualTo(Timeline.ALWAYS);
    assertThat(spans.get(spans.size() - 1).untilMs()).isEqualTo(Long.MAX_VALUE);
  }

  /** What was scored once is scored the same again, whatever is planned for later. */
  @Property
  void shouldLeaveThePastAloneWhenALaterActivationIsAdded(
      @ForAll("activations") List<Activation> activations,
      @ForAll @LongRange(min = -4, max = 13) long timeMs) {
    Timeline timeline = new Timeline(activations);
    Span before = timeline.at(timeMs);
    Span after = timeline.plus(live(9, timeMs + 1)).at(timeMs);
    assertThat(after.live()).isEqualTo(before.live());
    assertThat(after.shadow()).isEqualTo(before.shadow());
  }
}
