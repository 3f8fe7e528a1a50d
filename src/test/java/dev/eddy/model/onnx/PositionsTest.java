package dev.eddy.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PositionsTest {
  @Test
  void shouldTakeForALineWhatIsOneButForRounding() {
    assertThat(Positions.slope(new float[] {0, 1, 2, 3}, 1, 4)).containsExactly(1);
    assertThat(Positions.slope(new float[] {0, 5, 0.1f, 5, 0.2f, 5, 0.3f, 5}, 2, 4))
        .containsExactly(0.1f, 0);
    assertThat(Positions.slope(new float[] {0, 1e-7f, 3e-7f, 1e-6f}, 1, 4)).isNull();
    assertThat(Positions.slope(new float[] {1, 2, 3.00001f, 4}, 1, 4)).isNull();
  }
}
