package dev.eddy.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RateTest {

  @Test
  void shouldBeInLowestTerms() {
    assertThat(new Rate(4, 6)).isEqualTo(new Rate(2, 3)).hasToString("2/3");
    assertThat(new Rate(5, 5)).isEqualTo(Rate.ONE);
  }

  @Test
  void shouldFollowOneAnother() {
    assertThat(new Rate(1, 2).then(new Rate(4, 1)).then(new Rate(1, 3))).hasToString("2/3");
  }

  @Test
  void shouldCancelBeforeItOverflows() {
    Rate half = new Rate(1L << 62, 1);
    assertThat(half.then(new Rate(3, 1L << 62))).hasToString("3/1");
  }

  @Test
  void shouldRoundSpansUp() {
    Rate rate = new Rate(2, 3);
    assertThat(rate.outFrames(3)).isEqualTo(2);
    assertThat(rate.outFrames(4)).isEqualTo(3);
    assertThat(rate.inFrames(2)).isEqualTo(3);
    assertThat(rate.inFrames(1)).isEqualTo(2);
    assertThat(rate.inFrames(0)).isZero();
  }

  @Test
  void shouldStayAtTheEnd() {
    assertThat(Rate.END).hasToString("end").isEqualTo(new Rate(0, 7));
    assertThat(Rate.END.then(new Rate(4, 1))).isEqualTo(Rate.END);
    assertThat(new Rate(3, 2).then(Rate.END)).isEqualTo(Rate.END);
    assertThat(Rate.END.outFrames(1000)).isZero();
    assertThat(Rate.END.inFrames(3)).isZero();
  }

  @Test
  void shouldRefuseWhatIsNegative() {
    assertThatThrownBy(() -> new Rate(-1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a rate is 0 or positive, got -1/1");
    assertThatThrownBy(() -> new Rate(1, -2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a rate is 0 or positive, got 1/-2");
  }
}
