package dev.eddy.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RunningScaleTest {
  @Test
  void shouldFollowMeanAndDeviationOfLargeNumbersThatHardlyMove() {
    SplittableRandom random = new SplittableRandom(3);
    RunningScale scale = new RunningScale(0, new int[] {0}, 1);
    float[] state = new float[scale.stateLength()];
    int count = 200_000;
    double[] values = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      float value = (float) (100_000 + random.nextInt(17));
      values[i] = value;
      sum += value;
      scale.learn(new float[] {value}, state, 0);
    }
    double mean = sum / count;
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double[] means = new double[1];
    double[] deviations = new double[1];
    scale.read(state, 0, means, deviations);
    assertThat(means[0]).isCloseTo(mean, within(1e-4));
    assertThat(deviations[0]).isCloseTo(Math.sqrt(squares / count), within(1e-4));
  }

  @Test
  void shouldTakeThePositionsOfAChannelTogetherAndLeaveOthersAlone() {
    RunningScale scale = new RunningScale(2, new int[] {1}, 2);
    float[] state = new float[scale.stateLength()];
    scale.learn(new float[] {7, 8, 1, 2}, state, 0);
    scale.learn(new float[] {9, 10, 3, 6}, state, 0);
    assertThat(scale.isFrozen(state, 0)).isTrue();
    scale.learn(new float[] {100, 100, 100, 100}, state, 0);
    double[] means = {0, 0, 0, 0};
    double[] deviations = {1, 1, 1, 1};
    scale.read(state, 0, means, deviations);
    assertThat(means).containsExactly(0, 0, 3, 3);
    assertThat(deviations[0]).isEqualTo(1);
    assertThat(deviations[2]).isCloseTo(Math.sqrt(14 / 4.0), within(1e-7));
    assertThat(deviations[3]).isEqualTo(deviations[2]);
  }

  @Test
  void shouldHaveADeviationOfOneWhereNothingMoves() {
    RunningScale scale = new RunningScale(0, new int[] {0}, 1);
    float[] state = new float[scale.stateLength()];
    double[] means = new double[1];
    double[] deviations = new double[1];
    for (int i = 0; i < 100; i++) {
      scale.learn(new float[] {0.1f}, state, 0);
      scale.read(state, 0, means, deviations);
      assertThat(means[0]).isEqualTo(0.1f);
      assertThat(deviations[0]).isEqualTo(1);
    }
  }
}
