package dev.eddy.frames;

import static dev.eddy.frames.FrameRun.all;
import static dev.eddy.frames.FrameRun.channels;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.frames.FrameRun.Timed;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeaturesTest {
  private static final List<Timed> SOME =
      List.of(Timed.of(0, 1, 10), Timed.of(1, 2, 20), Timed.of(2, 4, 30), Timed.of(3, 8, 40));

  private static FramePlan plan(Stage stage) {
    return FramePlan.of(channels("a", "b"), stage);
  }

  @Test
  void shouldLookBack() {
    FramePlan plan = plan(new Lags(List.of(1, 2), List.of("a"), Before.FIRST));
    assertThat(plan.channels())
        .extracting(FrameChannel::name)
        .containsExactly("a", "b", "a_lag1", "a_lag2");
    assertThat(all(plan, SOME))
        .containsExactly(
            Timed.of(0, 1, 10, 1, 1),
            Timed.of(1, 2, 20, 1, 1),
            Timed.of(2, 4, 30, 2, 1),
            Timed.of(3, 8, 40, 4, 2),
            "end 3");
    assertThat(all(plan(new Lags(List.of(3), List.of(), Before.ZERO)), SOME))
        .containsExactly(
            Timed.of(0, 1, 10, 0, 0),
            Timed.of(1, 2, 20, 0, 0),
            Timed.of(2, 4, 30, 0, 0),
            Timed.of(3, 8, 40, 1, 10),
            "end 3");
    assertThat(all(plan(new Lags(List.of(2), List.of("b"), Before.SKIP)), SOME))
        .containsExactly(Timed.of(2, 4, 30, 10), Timed.of(3, 8, 40, 20), "end 3");
  }

  @Test
  void shouldGiveDifferences() {
    FramePlan plan = plan(new Differences(1, List.of("a"), false, Before.FIRST));
    assertThat(plan.channels()).extracting(FrameChannel::name).containsExactly("a", "b", "a_diff");
    assertThat(all(plan, SOME))
        .containsExactly(
            Timed.of(0, 1, 10, 0),
            Timed.of(1, 2, 20, 1),
            Timed.of(2, 4, 30, 2),
            Timed.of(3, 8, 40, 4),
            "end 3");
    FramePlan replaced = plan(new Differences(2, List.of(), true, Before.SKIP));
    assertThat(replaced.channels())
        .extracting(FrameChannel::name)
        .containsExactly("a_diff2", "b_diff2");
    assertThat(all(replaced, SOME))
        .containsExactly(Timed.of(2, 3, 20), Timed.of(3, 6, 20), "end 3");
  }

  @Test
  void shouldKeepTheScaleOfADifferenceAndNotItsMean() {
    List<FrameChannel> in = List.of(new FrameChannel("t", 20, 5, false));
    assertThat(new Differences(1, List.of(), true, Before.ZERO).channels(in))
        .containsExactly(new FrameChannel("t_diff", 0, 5, false));
    assertThat(new Lags(List.of(1), List.of(), Before.ZERO).channels(in).get(1))
        .isEqualTo(new FrameChannel("t_lag1", 20, 5, false));
  }

  @Test
  void shouldRefuseWhatCantBeLookedBackAt() {
    assertThatThrownBy(() -> new Lags(List.of(0), List.of(), Before.ZERO))
        .hasMessage("a lag must be 1..1000 frames, got 0");
    assertThatThrownBy(() -> plan(new Differences(1, List.of("c"), true, Before.ZERO)))
        .hasMessage("there is no channel \"c\"; the channels here are [a, b]");
  }
}
