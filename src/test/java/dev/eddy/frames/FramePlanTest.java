package dev.eddy.frames;

import static dev.eddy.frames.FrameRun.channels;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.frames.FrameRun.Timed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What holds for all stages, and any of them in a row. */
class FramePlanTest {

  @Property(tries = 600)
  void shouldGiveTheSameHoweverTimePassesAndWhereverItIsCut(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FrameChannel held = new FrameChannel("b", 0, 1, true);
    FramePlan plan = RandomStages.plan(List.of(FrameChannel.of("a"), held), random);
    List<Timed> in = new ArrayList<>();
    long timeMs = random.nextInt(100);
    for (int i = 0; i < 80; i++) {
      double b = i > 0 && random.nextInt(4) == 0 ? Double.NaN : random.nextDouble();
      in.add(Timed.of(timeMs, random.nextInt(-9, 9), b));
      timeMs += random.nextInt(5) == 0 ? random.nextInt(120) : random.nextInt(10);
    }
    List<Object> hurried = FrameRun.hurried(plan, in, random);
    assertThat(hurried).as("seed %d, plan %s", seed, plan).isEqualTo(FrameRun.all(plan, in));
    long lastMs =
        0; // of the sequence; the windows of the next one may begin before its first record
    for (Object one : hurried) {
      if (one instanceof Timed frame) {
        assertThat(frame.values()).hasSize(plan.shape().size());
        assertThat(frame.timeMs()).as("seed %d", seed).isGreaterThanOrEqualTo(lastMs);
        lastMs = frame.timeMs();
      } else {
        lastMs = 0;
      }
    }
    assertThat(plan.channels()).hasSize(plan.shape().size());
  }

  @Property(tries = 300)
  void shouldGiveTheSameWhetherTimePassesAtOnceOrStepByStep(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FramePlan plan = RandomStages.plan(channels("a", "b"), random);
    FrameRun atOnce = new FrameRun(plan, false);
    FrameRun byStep = new FrameRun(plan, false);
    long timeMs = random.nextInt(100);
    for (int i = 0; i < 40; i++) {
      Timed frame = Timed.of(timeMs, random.nextInt(-9, 9), random.nextDouble());
      atOnce.frame(frame);
      byStep.frame(frame);
      long untilMs = timeMs + random.nextInt(random.nextInt(5) == 0 ? 4_000 : 20);
      for (long ms = timeMs; ms < untilMs; ms += random.nextInt(1, 60)) {
        byStep.advance(ms);
      }
      byStep.advance(untilMs);
      atOnce.advance(untilMs);
      assertThat(byStep.out).as("seed %d, plan %s", seed, plan).isEqualTo(atOnce.out);
      assertThat(byStep.dueMs()).as("seed %d, plan %s", seed, plan).isEqualTo(atOnce.dueMs());
      timeMs = untilMs + 1 + random.nextInt(10);
    }
  }

  @Test
  void shouldRefuseAStateThatIsNotItsOwn() {
    FramePlan plan = FramePlan.of(channels("a"), Sampling.of(10, Sampling.Fill.HOLD));
    FrameRun run = new FrameRun(plan, false);
    run.frame(5, 1);
    byte[] state = run.save();
    FrameTask other = FramePlan.of(channels("a"), Sampling.of(11, Sampling.Fill.HOLD)).newTask();
    assertThatThrownBy(() -> other.begin(state, 0, run))
        .isInstanceOf(FrameStateException.class)
        .hasMessageContaining("written with other settings");
    FrameTask task = plan.newTask();
    for (int length = 0; length < state.length; length++) {
      byte[] cut = Arrays.copyOf(state, length);
      assertThatThrownBy(() -> task.begin(cut, 0, run)).isInstanceOf(FrameStateException.class);
    }
    assertThatThrownBy(() -> task.begin(Arrays.copyOf(state, state.length + 1), 0, run))
        .hasMessage("1 bytes are left over after the last stage");
    state[4] = 9;
    assertThatThrownBy(() -> task.begin(state, 0, run))
        .hasMessage("the state's byte layout has version 9, known: 2");
  }

  @Test
  void shouldRefuseWhatIsOlderThanTheLastFrame() {
    FramePlan plan = FramePlan.of(channels("a"), new SinceLast(1, false));
    FrameTask task = plan.newTask();
    FrameRun run = new FrameRun(plan, false);
    run.frame(10, 1);
    assertThatThrownBy(() -> run.frame(9, 1)).isInstanceOf(LateFrameException.class);
    task.begin(run.save(), 0, run);
    List<Long> times = new ArrayList<>();
    task.frame(
        8,
        2,
        new float[] {5},
        new TimedFrameSink() {
          @Override
          public void frame(long timeMs, float[] values) {
            times.add(timeMs);
          }

          @Override
          public void end(long timeMs) {}

          @Override
          public void restart(long timeMs) {}
        });
    assertThat(times).containsExactly(10L);
  }

  @Test
  void shouldKeepScalingOfWhatPassesThrough() {
    FrameChannel scaled = new FrameChannel("t", 20, 5, true);
    FramePlan plan =
        FramePlan.of(
            List.of(scaled),
            new Sampling(
                10,
                0,
                Sampling.Fill.HOLD,
                true,
                Optional.of(new SinceLast(1, false)),
                Sampling.STANDARD_FILL));
    assertThat(plan.channels())
        .containsExactly(
            new FrameChannel("t", 20, 5, false),
            FrameChannel.of("missing"),
            FrameChannel.of("since_last"));
    assertThat(FramePlan.none(List.of(scaled)).channels()).containsExactly(scaled);
  }
}
