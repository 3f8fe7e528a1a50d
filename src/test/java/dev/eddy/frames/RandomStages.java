package dev.eddy.frames;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Stages for frames of channels "a", "b" and more, that come some milliseconds apart. */
public final class RandomStages {
  private RandomStages() {}

  /** One to three stages that go together. */
  public static FramePlan plan(List<FrameChannel> channels, SplittableRandom random) {
    while (true) {
      List<Stage> stages = new ArrayList<>();
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        stages.add(one(random));
      }
      try {
        return FramePlan.of(channels, stages);
      } catch (IllegalArgumentException e) {
        // such as two that mark gaps
      }
    }
  }

  /** Stages in the order of a config, without a gap that drops windows behind a grid. */
  static FramePlan inOrder(List<FrameChannel> channels, SplittableRandom random) {
    while (true) {
      List<Stage> stages = new ArrayList<>();
      Gap gap = gap(random);
      if (random.nextInt(3) == 0) {
        stages.add(gap);
      }
      int clock = random.nextInt(4);
      if (clock == 0) {
        stages.add(new SinceLast(random.nextInt(1, 10), random.nextBoolean()));
      } else if (clock > 1 && gap.then() != Gap.Then.RESET) {
        stages.add(sampling(random));
      }
      if (random.nextInt(3) > 0) {
        stages.add(random.nextBoolean() ? window(random) : anyStatistics(random));
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        stages.add(
            random.nextBoolean()
                ? new Lags(List.of(1, random.nextInt(2, 5)), List.of(), before(random))
                : new Differences(
                    random.nextInt(1, 4), List.of(), random.nextBoolean(), before(random)));
      }
      try {
        return FramePlan.of(channels, stages);
      } catch (IllegalArgumentException e) {
        // such as features of raw samples
      }
    }
  }

  private static Window anyStatistics(SplittableRandom random) {
    List<Contents.Value> values = new ArrayList<>();
    for (String word : List.of("mean", "min", "sum", "std", "first", "last", "slope", "q0.9")) {
      if (random.nextBoolean()) {
        values.add(new Contents.Value(random.nextBoolean() ? "a" : "b", Statistic.of(word)));
      }
    }
    values.add(new Contents.Value("", Statistic.of("count")));
    Contents contents = new Contents.Summary(values, random.nextInt(1, 20), 3);
    return new Window(span(random), contents, random.nextBoolean());
  }

  private static Stage one(SplittableRandom random) {
    return switch (random.nextInt(6)) {
      case 0 -> gap(random);
      case 1 -> new SinceLast(random.nextInt(1, 10), random.nextBoolean());
      case 2 -> sampling(random);
      case 3 -> new Lags(List.of(1, random.nextInt(1, 5)), List.of(), before(random));
      case 4 ->
          new Differences(random.nextInt(1, 4), List.of(), random.nextBoolean(), before(random));
      default -> window(random);
    };
  }

  private static Before before(SplittableRandom random) {
    return Before.values()[random.nextInt(3)];
  }

  /** Of the channel "a", which is gone behind some stages: then another row is tried. */
  private static Window window(SplittableRandom random) {
    Contents contents =
        random.nextInt(3) == 0
            ? new Contents.Samples(random.nextInt(1, 20), random.nextBoolean())
            : new Contents.Summary(
                List.of(
                    new Contents.Value("a", Statistic.of("slope")),
                    new Contents.Value("a", Statistic.of("q0.3")),
                    new Contents.Value("a", Statistic.of("max"))),
                1_000,
                random.nextInt(1, 100));
    return new Window(span(random), contents, random.nextBoolean());
  }

  static Span span(SplittableRandom random) {
    int hop = random.nextInt(1, 30);
    int size = random.nextBoolean() ? hop : random.nextInt(hop, 120);
    return switch (random.nextInt(3)) {
      case 0 -> new Span.ByTime(size, hop, random.nextInt(hop));
      case 1 -> new Span.ByCount(size, hop);
      default -> new Span.Session(random.nextInt(1, 40), random.nextInt(1, 200));
    };
  }

  private static Gap gap(SplittableRandom random) {
    Gap.Then then = Gap.Then.values()[random.nextInt(4)];
    int over = random.nextInt(1, 60);
    return then == Gap.Then.FILL
        ? new Gap(over, then, random.nextInt(1, over + 1), random.nextBoolean(), 40)
        : Gap.of(over, then);
  }

  private static Sampling sampling(SplittableRandom random) {
    int every = random.nextInt(1, 30);
    return new Sampling(
        every,
        random.nextInt(every),
        Sampling.Fill.values()[random.nextInt(3)],
        random.nextBoolean(),
        random.nextBoolean() ? Optional.of(new SinceLast(3, false)) : Optional.empty(),
        random.nextInt(1, 100));
  }
}
