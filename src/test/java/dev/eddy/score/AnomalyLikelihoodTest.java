package dev.eddy.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AnomalyLikelihoodTest {
  private final AnomalyLikelihood likelihood = new AnomalyLikelihood(3, 100, 20);
  private final float[] state = new float[2 + likelihood.stateLength()];

  @Test
  void shouldKnowNothingDuringWarmUp() {
    for (int i = 0; i < 20; i++) {
      assertThat(likelihood.score(i % 2, state, 2)).isEqualTo(AnomalyLikelihood.UNKNOWN);
    }
    assertThat(likelihood.score(0.9f, state, 2)).isNotEqualTo(AnomalyLikelihood.UNKNOWN);
  }

  @Test
  void shouldBeTheNormalTailOfTheShortTermMean() {
    double[] errors = new double[21];
    SplittableRandom random = new SplittableRandom(1);
    double last = 0;
    for (int i = 0; i < errors.length; i++) {
      errors[i] = (float) random.nextDouble();
      last = likelihood.score((float) errors[i], state, 2);
    }
    double mean = 0;
    double squares = 0;
    for (int i = 0; i < 20; i++) {
      mean += errors[i] / 20;
      squares += errors[i] * errors[i] / 20;
    }
    double recent = (errors[18] + errors[19] + errors[20]) / 3;
    double z = (recent - mean) / Math.sqrt(squares - mean * mean);
    assertThat(last).isCloseTo(normalDistribution(z), within(1e-5));
  }

  @Test
  void shouldRiseAboveAnyThresholdWhenErrorsJumpAndFallAgainWhenTheyStay() {
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 200; i++) {
      likelihood.score((float) random.nextDouble(), state, 2);
    }
    double jumped = 0;
    for (int i = 0; i < 3; i++) {
      jumped = likelihood.score(5f, state, 2);
    }
    double settled = 1;
    for (int i = 0; i < 1000; i++) {
      settled = likelihood.score(5f + (float) random.nextDouble(), state, 2);
    }
    assertThat(jumped).isGreaterThan(0.999);
    assertThat(settled).isLessThan(0.99);
  }

  @Test
  void shouldStayFiniteWhenAllErrorsAreEqual() {
    double last = 0;
    for (int i = 0; i < 50; i++) {
      last = likelihood.score(0f, state, 2);
    }
    assertThat(last).isEqualTo(0.5);
  }

  @Test
  void shouldFollowASlowChangeOverMillionsOfErrors() {
    int longTerm = 1_000_000;
    AnomalyLikelihood slow = new AnomalyLikelihood(3, longTerm, 20);
    float[] own = new float[slow.stateLength()];
    for (int i = 0; i < longTerm; i++) {
      slow.score(1f, own, 0);
    }
    for (int i = 0; i < 10 * longTerm; i++) {
      slow.score(i % 2 == 0 ? 1.2f : 1.4f, own, 0);
    }
    double usual = slow.score(1.3f, own, 0);
    assertThat(own[0] + own[1]).isCloseTo(1.3f, within(1e-4f));
    assertThat(usual).isBetween(0.3, 0.7);
  }

  @Test
  void shouldLeaveItsNeighboursAlone() {
    state[0] = 7;
    state[1] = 8;
    for (int i = 0; i < 50; i++) {
      likelihood.score(i, state, 2);
    }
    assertThat(state).startsWith(7f, 8f);
  }

  @Test
  void shouldRefuseWindowsThatMakeNoSense() {
    assertThatThrownBy(() -> new AnomalyLikelihood(0, 10, 10))
        .hasMessage("shortTerm must be 1..1000, got 0");
    assertThatThrownBy(() -> new AnomalyLikelihood(10, 9, 10))
        .hasMessage("longTerm must be shortTerm (10)..10000000, got 9");
    assertThatThrownBy(() -> new AnomalyLikelihood(10, 100, 9))
        .hasMessage("warmUp must be shortTerm (10)..10000000, got 9");
  }

  /** By Simpson's rule, for an opinion of its own. */
  private static double normalDistribution(double z) {
    int steps = 2000;
    double from = -10;
    double width = (z - from) / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double x = from + i * width;
      double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
      sum += weight * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }
    return sum * width / 3;
  }
}
