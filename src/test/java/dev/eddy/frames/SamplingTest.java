package dev.eddy.frames;

import static dev.eddy.frames.FrameRun.all;
import static dev.eddy.frames.FrameRun.channels;
import static dev.eddy.frames.FrameRun.frames;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.frames.FrameRun.Timed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SamplingTest {
  private static final List<Timed> SOME =
      List.of(Timed.of(7, 1), Timed.of(10, 2), Timed.of(12, 3), Timed.of(18, 4), Timed.of(45, 5));

  private static FramePlan plan(Sampling sampling) {
    return FramePlan.of(channels("a"), sampling);
  }

  @Test
  void shouldHoldTheLastFrameUpToEachPoint() {
    assertThat(all(plan(Sampling.of(10, Sampling.Fill.HOLD)), SOME))
        .containsExactly(
            Timed.of(10, 2),
            Timed.of(20, 4),
            Timed.of(30, 4),
            Timed.of(40, 4),
            Timed.of(50, 5),
            "end 50");
  }

  @Test
  void shouldGiveZerosAndSayWhichPointsAreMissing() {
    Sampling sampling = Sampling.of(10, Sampling.Fill.ZERO).withMask();
    assertThat(plan(sampling).channels())
        .extracting(FrameChannel::name)
        .containsExactly("a", "missing");
    assertThat(all(plan(sampling), SOME))
        .containsExactly(
            Timed.of(10, 2, 0),
            Timed.of(20, 4, 0),
            Timed.of(30, 0, 1),
            Timed.of(40, 0, 1),
            Timed.of(50, 5, 0),
            "end 50");
  }

  @Test
  void shouldLieOnTheLineBetweenFrames() {
    assertThat(all(plan(Sampling.of(10, Sampling.Fill.LINEAR)), SOME))
        .containsExactly(
            Timed.of(10, 2),
            Timed.of(20, 4 + 2.0 / 27),
            Timed.of(30, 4 + 12.0 / 27),
            Timed.of(40, 4 + 22.0 / 27),
            "end 45");
  }

  /** With the next frame the sequence would end anyway, so what it has is known. */
  @Test
  void shouldEndAsSoonAsNoFrameCanFollowWhereAWindowWaits() {
    Sampling sampling = new Sampling(10, 0, Sampling.Fill.HOLD, false, Optional.empty(), 3);
    FramePlan plan =
        FramePlan.of(
            channels("a"),
            sampling,
            Window.of(
                new Span.ByTime(100, 100, 0),
                Contents.Summary.of(channels("a"), List.of(Statistic.of("mean")))));
    FrameRun run = new FrameRun(plan, true);
    run.frame(7, 1);
    run.frame(12, 2);
    run.advance(59);
    assertThat(run.out).isEmpty();
    assertThat(run.dueMs()).isEqualTo(60);
    run.advance(60);
    assertThat(run.out).containsExactly(Timed.of(100, 1.5), "end 100");
    run.frame(61, 3);
    run.end(61);
    assertThat(all(plan, List.of(Timed.of(7, 1), Timed.of(12, 2), Timed.of(61, 3))))
        .isEqualTo(run.out);
  }

  @Test
  void shouldNotEndByTimeWhereNothingWaits() {
    Sampling sampling = new Sampling(10, 0, Sampling.Fill.HOLD, false, Optional.empty(), 3);
    FrameRun run = new FrameRun(plan(sampling), true);
    run.frame(10, 1);
    run.advance(1_000);
    assertThat(run.out).containsExactly(Timed.of(10, 1));
    assertThat(run.dueMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldSayHowOldWhatItHoldsIs() {
    Sampling sampling = Sampling.of(10, Sampling.Fill.HOLD).with(new SinceLast(2, false));
    assertThat(frames(all(plan(sampling), SOME)))
        .extracting(frame -> frame.value(1))
        .containsExactly(0f, 1f, 6f, 11f, 2.5f);
  }

  @Test
  void shouldShiftTheGridByItsOffset() {
    Sampling sampling =
        new Sampling(10, 3, Sampling.Fill.HOLD, false, Optional.empty(), Sampling.MAX_FILL);
    assertThat(all(plan(sampling), SOME.subList(0, 4)))
        .containsExactly(Timed.of(13, 3), Timed.of(23, 4), "end 23");
  }

  @Test
  void shouldTakeTheLastOfFramesOfOneTime() {
    FrameRun run = new FrameRun(plan(Sampling.of(10, Sampling.Fill.LINEAR)), true);
    run.frame(10, 1);
    run.frame(10, 2);
    run.frame(20, 4);
    assertThat(run.frames()).containsExactly(Timed.of(10, 2));
    assertThat(run.dueMs()).isEqualTo(20);
  }

  @Test
  void shouldEndTheSequenceWhereMoreIsMissingThanMayBeFilled() {
    Sampling sampling = new Sampling(10, 0, Sampling.Fill.HOLD, false, Optional.empty(), 2);
    List<Timed> in = List.of(Timed.of(5, 1), Timed.of(35, 2), Timed.of(75, 3));
    assertThat(all(plan(sampling), in))
        .containsExactly(
            Timed.of(10, 1),
            Timed.of(20, 1),
            Timed.of(30, 1),
            Timed.of(40, 2),
            "end 40",
            Timed.of(80, 3),
            "end 80");
  }

  @Test
  void shouldGiveAPointAsSoonAsTimeHasReachedIt() {
    FrameRun run = new FrameRun(plan(Sampling.of(10, Sampling.Fill.HOLD)), true);
    run.frame(12, 1);
    run.advance(19);
    assertThat(run.out).isEmpty();
    run.advance(20);
    assertThat(run.out).containsExactly(Timed.of(20, 1));
    run.advance(Long.MAX_VALUE);
    assertThat(run.out).hasSize(1);
    assertThatThrownBy(() -> run.frame(20, 1))
        .isInstanceOfSatisfying(
            LateFrameException.class, late -> assertThat(late.openFromMs()).isEqualTo(21));
    run.frame(21, 2);
    run.end(21);
    assertThat(run.frames()).containsExactly(Timed.of(20, 1), Timed.of(30, 2));
  }

  @Property(tries = 200)
  void shouldEqualTheFramesLookedUpPointByPoint(
      @ForAll long seed,
      @ForAll Sampling.Fill fill,
      @ForAll @IntRange(min = 1, max = 40) int every) {
    SplittableRandom random = new SplittableRandom(seed);
    Sampling sampling =
        new Sampling(every, random.nextInt(every), fill, true, Optional.empty(), 1_000);
    List<Timed> in = new ArrayList<>();
    long timeMs = random.nextInt(1_000);
    for (int i = 0; i < 60; i++) {
      in.add(Timed.of(timeMs, random.nextInt(-9, 9), random.nextDouble()));
      timeMs += random.nextInt(4) == 0 ? random.nextInt(5 * every) : random.nextInt(every);
    }
    FramePlan plan = FramePlan.of(channels("a", "b"), sampling);
    assertThat(frames(all(plan, in))).as("seed %d", seed).isEqualTo(lookedUp(sampling, in));
  }

  /** Each point for itself, out of all frames. */
  private static List<Timed> lookedUp(Sampling sampling, List<Timed> in) {
    List<Timed> points = new ArrayList<>();
    long lastMs = in.get(in.size() - 1).timeMs();
    long behindMs = sampling.fill() == Sampling.Fill.LINEAR ? 0 : sampling.everyMs() - 1;
    for (long atMs = sampling.offsetMs(); atMs <= lastMs + behindMs; atMs += sampling.everyMs()) {
      long pointMs = atMs;
      List<Timed> before = in.stream().filter(frame -> frame.timeMs() <= pointMs).toList();
      if (before.isEmpty()) {
        continue;
      }
      Timed last = before.get(before.size() - 1);
      boolean missing = last.timeMs() <= pointMs - sampling.everyMs();
      double a = last.value(0);
      double b = last.value(1);
      if (missing && sampling.fill() == Sampling.Fill.ZERO) {
        a = 0;
        b = 0;
      } else if (sampling.fill() == Sampling.Fill.LINEAR && last.timeMs() < pointMs) {
        Timed next = in.get(before.size());
        double share = (double) (pointMs - last.timeMs()) / (next.timeMs() - last.timeMs());
        a += share * ((double) next.value(0) - a);
        b += share * ((double) next.value(1) - b);
      }
      points.add(Timed.of(pointMs, a, b, missing ? 1 : 0));
    }
    return points;
  }

  @Test
  void shouldRefuseAGridThatIsNone() {
    assertThatThrownBy(() -> Sampling.of(0, Sampling.Fill.HOLD))
        .hasMessage("points of a grid must be 1 ms to 3650 days apart, got 0 ms");
    assertThatThrownBy(() -> new Sampling(10, 10, Sampling.Fill.HOLD, false, Optional.empty(), 1))
        .hasMessage("the offset of a grid must be 0 to less than 10 ms, got 10");
    assertThatThrownBy(() -> new Sampling(10, 0, Sampling.Fill.HOLD, false, Optional.empty(), 0))
        .hasMessage("points that may be without a frame must be 1..1000000, got 0");
  }
}
