package dev.eddy.frames;

import static dev.eddy.frames.FrameRun.all;
import static dev.eddy.frames.FrameRun.channels;
import static dev.eddy.frames.FrameRun.frames;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.eddy.frames.FrameRun.Timed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class WindowTest {
  private static final List<FrameChannel> AB = channels("a", "b");
  private static final List<Statistic> ALL =
      Stream.of(
              "mean", "min", "max", "sum", "std", "first", "last", "slope", "median", "q0.9",
              "count")
          .map(Statistic::of)
          .toList();

  private static List<Timed> someFrames(SplittableRandom random) {
    List<Timed> in = new ArrayList<>();
    long timeMs = 1_700_000_000_000L + random.nextInt(1_000);
    for (int i = 0; i < 150; i++) {
      in.add(Timed.of(timeMs, 1_000 + random.nextDouble(), random.nextInt(-9, 9)));
      timeMs += random.nextInt(8) == 0 ? random.nextInt(150) : random.nextInt(8);
    }
    return in;
  }

  /** What a window is by hand: its stamp and its frames. */
  private record Hand(long startMs, long endMs, List<Timed> frames) {}

  @Property(tries = 150)
  void shouldEqualStatisticsComputedWindowByWindow(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Span span = RandomStages.span(random);
    boolean startStamp = random.nextBoolean();
    FramePlan plan = FramePlan.of(AB, new Window(span, Contents.Summary.of(AB, ALL), startStamp));
    List<Timed> in = someFrames(random);
    List<Timed> out = frames(FrameRun.hurried(plan, in, random));
    List<Hand> hands = byHand(span, in);
    assertThat(out).as("seed %d, %s", seed, span).hasSameSizeAs(hands);
    for (int i = 0; i < hands.size(); i++) {
      Hand hand = hands.get(i);
      assertThat(out.get(i).timeMs()).isEqualTo(startStamp ? hand.startMs : hand.endMs);
      List<Double> expected = new ArrayList<>();
      expected.addAll(statistics(hand.frames, 0));
      expected.addAll(statistics(hand.frames, 1));
      expected.add((double) hand.frames.size());
      for (int j = 0; j < expected.size(); j++) {
        double value = expected.get(j);
        assertThat((double) out.get(i).value(j))
            .as("seed %d, %s, window %d, %s", seed, span, i, plan.channels().get(j).name())
            .isCloseTo(value, within(1e-6 * Math.max(0.1, Math.abs(value))));
      }
    }
  }

  private static List<Hand> byHand(Span span, List<Timed> in) {
    List<Hand> windows = new ArrayList<>();
    if (span instanceof Span.ByTime time) {
      TreeSet<Long> starts = new TreeSet<>();
      for (Timed frame : in) {
        long last = frame.timeMs() - Math.floorMod(frame.timeMs() - time.offsetMs(), time.hopMs());
        for (long start = last; start > frame.timeMs() - time.sizeMs(); start -= time.hopMs()) {
          starts.add(start);
        }
      }
      for (long start : starts) {
        long end = start + time.sizeMs();
        windows.add(
            new Hand(
                start,
                end,
                in.stream().filter(f -> f.timeMs() >= start && f.timeMs() < end).toList()));
      }
    } else if (span instanceof Span.ByCount count) {
      int end = 0;
      for (int start = 0; end < in.size(); start += count.hop()) {
        end = Math.min(in.size(), start + count.count());
        windows.add(hand(in.subList(start, end)));
      }
    } else if (span instanceof Span.Session session) {
      int start = 0;
      for (int i = 1; i <= in.size(); i++) {
        if (i == in.size()
            || in.get(i).timeMs() - in.get(i - 1).timeMs() > session.gapMs()
            || in.get(i).timeMs() - in.get(start).timeMs() >= session.maxMs()) {
          windows.add(hand(in.subList(start, i)));
          start = i;
        }
      }
    }
    return windows;
  }

  private static Hand hand(List<Timed> frames) {
    return new Hand(frames.get(0).timeMs(), frames.get(frames.size() - 1).timeMs(), frames);
  }

  /** As a textbook writes them, in two passes. */
  private static List<Double> statistics(List<Timed> frames, int channel) {
    double[] values = frames.stream().mapToDouble(frame -> frame.value(channel)).toArray();
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double mean = Arrays.stream(values).average().orElseThrow();
    double variance = 0;
    long startMs = frames.get(0).timeMs();
    double meanMs = frames.stream().mapToDouble(f -> f.timeMs() - startMs).average().orElseThrow();
    double products = 0;
    double squaresMs = 0;
    for (int i = 0; i < values.length; i++) {
      double ms = frames.get(i).timeMs() - startMs - meanMs;
      variance += (values[i] - mean) * (values[i] - mean) / values.length;
      products += ms * (values[i] - mean);
      squaresMs += ms * ms;
    }
    return List.of(
        mean,
        sorted[0],
        sorted[sorted.length - 1],
        Arrays.stream(values).sum(),
        Math.sqrt(variance),
        values[0],
        values[values.length - 1],
        squaresMs == 0 ? 0 : products / squaresMs * 1_000,
        quantile(sorted, 0.5),
        quantile(sorted, 0.9));
  }

  private static double quantile(double[] sorted, double quantile) {
    double at = (sorted.length - 1) * quantile;
    int below = (int) Math.floor(at);
    int above = (int) Math.ceil(at);
    return sorted[below] * (above - at)
        + sorted[above] * (at - below)
        + (above == below ? sorted[below] : 0);
  }

  @Property(tries = 100)
  void shouldGiveTheLastRawSamplesOfEachWindow(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Span span = RandomStages.span(random);
    int width = random.nextInt(1, 90);
    boolean edge = random.nextBoolean();
    FramePlan plan = FramePlan.of(AB, Window.of(span, new Contents.Samples(width, edge)));
    List<Timed> in = someFrames(random);
    List<Timed> expected = new ArrayList<>();
    for (Hand hand : byHand(span, in)) {
      double[] frame = new double[2 * width];
      int missing = width - hand.frames.size();
      for (int i = 0; i < frame.length; i++) {
        int sample = i % width - missing;
        if (sample >= 0 || edge) {
          frame[i] = hand.frames.get(Math.max(0, sample)).value(i / width);
        }
      }
      expected.add(Timed.of(hand.endMs, frame));
    }
    assertThat(frames(FrameRun.hurried(plan, in, random)))
        .as("seed %d, %s, width %d", seed, span, width)
        .isEqualTo(expected);
  }

  @Test
  void shouldNameWhatItGives() {
    List<FrameChannel> in = List.of(new FrameChannel("t", 20, 5, true), FrameChannel.of("p"));
    FramePlan plan =
        FramePlan.of(
            in,
            Window.of(
                new Span.ByTime(10, 10, 0),
                Contents.Summary.of(
                    in,
                    List.of(Statistic.of("mean"), Statistic.of("count"), Statistic.of("std")))));
    assertThat(plan.channels())
        .containsExactly(
            new FrameChannel("t_mean", 20, 5, false),
            new FrameChannel("t_std", 0, 5, false),
            FrameChannel.of("p_mean"),
            FrameChannel.of("p_std"),
            FrameChannel.of("count"));
    FramePlan raw =
        FramePlan.of(in, Window.of(new Span.ByCount(2, 1), new Contents.Samples(2, false)));
    assertThat(raw.shape()).hasToString("[2, 2]");
    assertThat(raw.channels())
        .extracting(FrameChannel::name)
        .containsExactly("t_0", "t_1", "p_0", "p_1");
  }

  @Test
  void shouldTakeQuantilesOfTheLastSamplesWhereThereAreMore() {
    Contents.Summary median =
        new Contents.Summary(List.of(new Contents.Value("a", Statistic.of("median"))), 1_000, 3);
    FramePlan plan =
        FramePlan.of(channels("a"), Window.of(new Span.ByTime(1_000, 1_000, 0), median));
    List<Timed> in = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      in.add(Timed.of(i, i));
    }
    assertThat(all(plan, in)).containsExactly(Timed.of(1_000, 498), "end 1000");
  }

  @Test
  void shouldNotReadAndWriteMoreForALongerWindow() {
    FramePlan hour = hopping(3_600_000);
    FramePlan minute = hopping(60_000);
    FrameRun longer = new FrameRun(hour, true);
    FrameRun shorter = new FrameRun(minute, true);
    for (int i = 0; i < 4_000; i++) {
      longer.frame(1_000L * i, i, i % 7);
      shorter.frame(1_000L * i, i, i % 7);
    }
    assertThat(longer.most).isEqualTo(shorter.most);
    assertThat(longer.cellsTouched).isLessThanOrEqualTo(shorter.cellsTouched);
  }

  private static FramePlan hopping(long sizeMs) {
    return FramePlan.of(
        AB,
        Window.of(
            new Span.ByTime(sizeMs, 1_000, 0),
            Contents.Summary.of(AB, List.of(Statistic.of("mean"), Statistic.of("max")))));
  }

  @Test
  void shouldRefuseAFrameOfAWindowThatHasComeOut() {
    FrameRun run = new FrameRun(hopping(5_000), true);
    run.frame(9_500, 1, 2);
    run.advance(9_998);
    assertThat(run.out).isEmpty();
    run.advance(9_999);
    assertThat(run.frames()).extracting(Timed::timeMs).containsExactly(10_000L);
    assertThatThrownBy(() -> run.frame(9_999, 1, 2))
        .isInstanceOfSatisfying(
            LateFrameException.class, late -> assertThat(late.openFromMs()).isEqualTo(10_000));
    run.frame(10_000, 1, 2);
  }

  @Test
  void shouldRefuseWindowsThatAreNone() {
    assertThatThrownBy(() -> new Span.ByTime(10, 11, 0))
        .hasMessage("the hop of windows must be 1..10 ms, got 11");
    assertThatThrownBy(() -> new Span.ByTime(10, 5, 5))
        .hasMessage("the offset of windows must be 0 to less than 5 ms, got 5");
    assertThatThrownBy(() -> new Span.ByTime(86_400_000, 7, 0))
        .hasMessage(
            "a window of 86400000 ms with a hop of 7 has 86400000 panes, the most are 100000;"
                + " choose a longer hop, or one that divides it");
    assertThatThrownBy(() -> new Span.ByCount(0, 1))
        .hasMessage("a window must have 1..1000000 frames, got 0");
    assertThatThrownBy(() -> Statistic.of("range"))
        .hasMessage(
            "\"range\" is not one of mean, min, max, sum, std, first, last, slope, count, median,"
                + " q0.9");
    assertThatThrownBy(() -> Statistic.of("q1.5")).hasMessage("a quantile must be 0..1, got 1.5");
    Window raw = Window.of(new Span.ByCount(2, 1), new Contents.Samples(2, false));
    assertThatThrownBy(() -> FramePlan.of(AB, raw, new SinceLast(1, false)))
        .hasMessage("nothing may follow a window of raw samples");
    Contents.Summary other =
        new Contents.Summary(List.of(new Contents.Value("c", Statistic.of("max"))), 1, 1);
    assertThatThrownBy(() -> FramePlan.of(AB, Window.of(new Span.ByCount(2, 1), other)))
        .hasMessage("there is no channel \"c\"; the channels here are [a, b]");
  }
}
