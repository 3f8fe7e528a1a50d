package dev.eddy.streams.time;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SilenceTest {
  @Test
  void shouldCountFromTheLastArrival() {
    Silence silence = new Silence(60_000);
    assertThat(silence.tickMs()).isEqualTo(500);
    silence.ended(1_000);
    assertThat(silence.at(1_400)).isZero();
    assertThat(silence.at(1_900)).isEqualTo(900);
    silence.ended(2_000);
    assertThat(silence.at(2_300)).isZero();
    assertThat(silence.at(2_800)).isEqualTo(800);
  }

  @Test
  void shouldCountTicksAndNotWhatWasMissed() {
    Silence silence = new Silence(2_000);
    silence.ended(0);
    assertThat(silence.at(1_000_000)).isZero();
    assertThat(silence.at(1_000_500)).isEqualTo(1_000);
    assertThat(silence.at(900_000)).isEqualTo(1_000); // a clock that was set back
    assertThat(silence.at(900_500)).isEqualTo(1_500);
  }

  @Test
  void shouldTakeNoBlockForASilenceOfASecond() {
    Silence silence = new Silence(1_000);
    assertThat(silence.tickMs()).isEqualTo(125);
    silence.ended(0);
    assertThat(silence.at(60_000)).isZero();
    for (int tick = 1; tick < 6; tick++) {
      assertThat(silence.at(60_000 + tick * 125)).isLessThan(1_000);
    }
    assertThat(silence.at(60_750)).isEqualTo(1_000);
  }

  @Test
  void shouldTakeTwoTicksForTheShortestTime() {
    Silence silence = new Silence(1);
    assertThat(silence.tickMs()).isEqualTo(1);
    silence.ended(0);
    assertThat(silence.at(100)).isZero();
    assertThat(silence.at(200)).isEqualTo(200);
  }
}
