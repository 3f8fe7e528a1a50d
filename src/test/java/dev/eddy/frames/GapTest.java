package dev.eddy.frames;

import static dev.eddy.frames.FrameRun.all;
import static dev.eddy.frames.FrameRun.channels;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.frames.FrameRun.Timed;
import java.util.List;
import org.junit.jupiter.api.Test;

class GapTest {
  private static final List<Timed> SOME =
      List.of(Timed.of(0, 1), Timed.of(10, 2), Timed.of(45, 9), Timed.of(50, 4));

  private static FramePlan plan(Stage... stages) {
    return FramePlan.of(channels("a"), stages);
  }

  @Test
  void shouldBeginAnewWithoutAWord() {
    assertThat(all(plan(Gap.of(10, Gap.Then.RESET)), SOME))
        .containsExactly(
            Timed.of(0, 1),
            Timed.of(10, 2),
            "restart 10",
            Timed.of(45, 9),
            Timed.of(50, 4),
            "end 50");
  }

  @Test
  void shouldEndTheSequenceWhenTimeHasPassed() {
    assertThat(all(plan(Gap.of(34, Gap.Then.FLUSH)), SOME))
        .containsExactly(
            Timed.of(0, 1), Timed.of(10, 2), "end 10", Timed.of(45, 9), Timed.of(50, 4), "end 50");
    FrameRun run = new FrameRun(plan(Gap.of(10, Gap.Then.FLUSH)), true);
    run.frame(0, 1);
    run.advance(9);
    assertThat(run.out).hasSize(1);
    run.advance(10);
    assertThat(run.out).containsExactly(Timed.of(0, 1), "end 0");
    assertThat(run.save()).isNull();
  }

  @Test
  void shouldFillWithWhatWasThereOrOnALine() {
    assertThat(all(plan(new Gap(10, Gap.Then.FILL, 10, false, 3)), SOME))
        .containsExactly(
            Timed.of(0, 1),
            Timed.of(10, 2),
            Timed.of(20, 2),
            Timed.of(30, 2),
            Timed.of(40, 2),
            Timed.of(45, 9),
            Timed.of(50, 4),
            "end 50");
    assertThat(all(plan(new Gap(30, Gap.Then.FILL, 15, true, 3)), SOME))
        .containsExactly(
            Timed.of(0, 1),
            Timed.of(10, 2),
            Timed.of(25, 5),
            Timed.of(40, 8),
            Timed.of(45, 9),
            Timed.of(50, 4),
            "end 50");
    assertThat(all(plan(new Gap(10, Gap.Then.FILL, 10, false, 2)), SOME))
        .containsExactly(
            Timed.of(0, 1), Timed.of(10, 2), "end 10", Timed.of(45, 9), Timed.of(50, 4), "end 50");
  }

  @Test
  void shouldMarkTheFirstFrameAfterIt() {
    FramePlan plan = plan(Gap.of(34, Gap.Then.MARK));
    assertThat(plan.channels()).extracting(FrameChannel::name).containsExactly("a", "gap");
    assertThat(all(plan, SOME))
        .containsExactly(
            Timed.of(0, 1, 0),
            Timed.of(10, 2, 0),
            Timed.of(45, 9, 1),
            Timed.of(50, 4, 0),
            "end 50");
  }

  @Test
  void shouldSayHowLongAgoTheLastFrameWas() {
    assertThat(all(plan(new SinceLast(5, false)), SOME))
        .containsExactly(
            Timed.of(0, 1, 0),
            Timed.of(10, 2, 2),
            Timed.of(45, 9, 7),
            Timed.of(50, 4, 1),
            "end 50");
    assertThat(all(plan(new SinceLast(5, true)), SOME.subList(0, 2)))
        .containsExactly(Timed.of(0, 1, 0), Timed.of(10, 2, Math.log(3)), "end 10");
  }

  @Test
  void shouldHoldWhatIsMissingOverAGap() {
    List<FrameChannel> held = List.of(new FrameChannel("a", 0, 1, true), FrameChannel.of("b"));
    FramePlan plan = FramePlan.of(held, Gap.of(10, Gap.Then.MARK));
    FrameRun run = new FrameRun(plan, true);
    assertThatThrownBy(() -> run.frame(0, Double.NaN, 1))
        .hasMessage("channel \"a\": no last value to hold");
    run.frame(0, 3, 1);
    run.frame(5, Double.NaN, 2);
    assertThatThrownBy(() -> run.frame(6, 1, Double.NaN))
        .hasMessage("channel \"b\": NaN is not a finite number");
    assertThatThrownBy(() -> run.frame(6, 1)).hasMessage("the frame has 1 values, expected 2");
    assertThat(run.frames()).containsExactly(Timed.of(0, 3, 1, 0), Timed.of(5, 3, 2, 0));
  }

  @Test
  void shouldEndAsSoonAsNoFrameCanFollowWhereAGridWaits() {
    Sampling grid = Sampling.of(10, Sampling.Fill.HOLD);
    for (int most : new int[] {2, 9}) {
      FramePlan plan =
          FramePlan.of(channels("a"), new Gap(30, Gap.Then.FILL, 5, false, most), grid);
      FrameRun run = new FrameRun(plan, true);
      run.frame(12, 1);
      long overMs = 12 + Math.max(30, (most + 1) * 5); // a frame before would go on
      run.advance(overMs - 1);
      assertThat(run.out).isEmpty();
      run.advance(overMs);
      assertThat(run.out).containsExactly(Timed.of(20, 1), "end 20");
      run.frame(overMs + 1, 2);
      run.end(overMs + 1);
      assertThat(all(plan, List.of(Timed.of(12, 1), Timed.of(overMs + 1, 2)))).isEqualTo(run.out);
    }
  }

  @Test
  void shouldRefuseWhatIsNoGap() {
    assertThatThrownBy(() -> Gap.of(0, Gap.Then.MARK))
        .hasMessage("a gap must be over 1 ms to 3650 days, got 0");
    assertThatThrownBy(() -> new Gap(10, Gap.Then.FILL, 11, false, 1))
        .hasMessage("frames that fill a gap must be 1 ms to the gap's 10 ms apart, got 11");
    assertThatThrownBy(() -> new Gap(10, Gap.Then.FILL, 1, false, 0))
        .hasMessage("frames that fill a gap must be 1..1000000, got 0");
    assertThatThrownBy(() -> FramePlan.of(channels("a", "gap"), Gap.of(1, Gap.Then.MARK)))
        .hasMessage("two channels would be named \"gap\"");
  }
}
