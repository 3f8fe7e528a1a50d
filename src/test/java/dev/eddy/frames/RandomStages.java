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

  private static Stage one(SplittableRandom random) {
    return switch (random.nextInt(3)) {
      case 0 -> gap(random);
      case 1 -> new SinceLast(random.nextInt(1, 10), random.nextBoolean());
      default -> sampling(random);
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
