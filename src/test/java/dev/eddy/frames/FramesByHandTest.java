package dev.eddy.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.eddy.frames.FrameRun.Timed;
import dev.eddy.frames.FramesByHand.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What stages give record by record is what their definitions give for the whole history. */
class FramesByHandTest {
  @Property(tries = 200)
  void shouldGiveWhatIsWorkedOutByHand(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FramePlan plan = RandomStages.inOrder(FrameRun.channels("a", "b"), random);
    FrameRun run = new FrameRun(plan, true);
    List<Event> in = new ArrayList<>();
    long timeMs = random.nextInt(3) * 1_000_003L;
    for (int i = 0; i < 80; i++) {
      timeMs += random.nextInt(7) == 0 ? random.nextInt(150) : random.nextInt(6);
      if (random.nextInt(25) == 0) {
        run.end(timeMs);
        in.add(Event.end());
      }
      double[] values = {random.nextInt(-16, 16) / 8.0, random.nextInt(9)};
      run.frame(timeMs, values);
      in.add(Event.of(timeMs, values));
    }
    run.end(timeMs);
    in.add(Event.end());
    List<Event> byHand = FramesByHand.of(plan, in).stream().filter(event -> !event.ends()).toList();
    List<Timed> frames = run.frames();
    String why = "seed %d, %s".formatted(seed, plan);
    assertThat(frames).as(why).extracting(Timed::timeMs).isEqualTo(times(byHand));
    for (int i = 0; i < frames.size(); i++) {
      for (int c = 0; c < plan.shape().size(); c++) {
        double expected = byHand.get(i).values()[c];
        assertThat((double) frames.get(i).value(c))
            .as("frame %d, channel %d, %s", i, c, why)
            .isCloseTo(expected, within(1e-4 * Math.max(1, Math.abs(expected))));
      }
    }
  }

  private static List<Long> times(List<Event> frames) {
    return frames.stream().map(Event::timeMs).toList();
  }
}
