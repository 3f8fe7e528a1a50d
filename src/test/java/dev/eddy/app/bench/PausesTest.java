package dev.eddy.app.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PausesTest {
  private long nowMs;
  private final Pauses pauses = new Pauses(() -> nowMs * 1_000_000);
  private final Thread one = new Thread(() -> {}, "one");
  private final Thread two = new Thread(() -> {}, "two");

  @Test
  void shouldSeeAThreadThatStandsStillWhileAnotherGoesOn() {
    for (nowMs = 0; nowMs < 1000; nowMs += 10) {
      pauses.scored(one, "m/1");
      if (nowMs < 200 || nowMs >= 500) {
        pauses.scored(two, "m/2");
      }
    }
    ModelBench.Stretch stretch = pauses.take();
    assertThat(stretch.scores()).isEqualTo(100 + 70);
    assertThat(stretch.half()).isBetween(10.0, 10.1); // counted in tenths of a millisecond
    assertThat(stretch.longest()).isEqualTo(310);
    assertThat(stretch.over100()).isEqualTo(1);
    assertThat(pauses.lastModel()).isEqualTo("m/2");
  }

  @Test
  void shouldCountAPauseThatGoesOnBeforeAndAfterItIsAsked() {
    pauses.scored(one, "m/1");
    pauses.scored(two, "m/1");
    nowMs = 150;
    pauses.scored(one, "m/1");
    nowMs = 160;
    assertThat(pauses.take().longest()).isEqualTo(160); // of the second thread
    nowMs = 400;
    pauses.scored(two, "m/1");
    assertThat(pauses.take().longest()).isEqualTo(400);
  }

  @Test
  void shouldTellOfNothingBeforeTheFirstScore() {
    nowMs = 500;
    assertThat(pauses.take()).isEqualTo(new ModelBench.Stretch(0, 0, 0, 0, 0));
  }
}
