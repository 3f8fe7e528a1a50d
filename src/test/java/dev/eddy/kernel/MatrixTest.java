package dev.eddy.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MatrixTest {
  private final Kernels kernels = KernelBackend.find().kernels();

  @Test
  void shouldAddTheProductToWhatIsThere() {
    Matrix w = Matrix.ofRows(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    float[] y = {9, 100, 200, 9};
    kernels.multiplyAdd(w, new float[] {7, 10, 20, 30}, 1, y, 1);
    assertThat(y).containsExactly(9, 100 + 140, 200 + 320, 9);
    assertThat(w.rows()).isEqualTo(2);
    assertThat(w.columns()).isEqualTo(3);
  }

  @Test
  void shouldNotFollowTheArrayItWasMadeOf() {
    float[] rows = {2};
    Matrix w = Matrix.ofRows(rows, 1, 1);
    rows[0] = 3;
    float[] y = {0};
    kernels.multiplyAdd(w, new float[] {1}, 0, y, 0);
    assertThat(y).containsExactly(2);
  }

  @Test
  void shouldRefuseAnotherLength() {
    assertThatThrownBy(() -> Matrix.ofRows(new float[5], 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("matrix of 2 x 3 can't hold 5 values");
    assertThatThrownBy(() -> Matrix.ofRows(new float[0], 1 << 16, 1 << 16))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("matrix of 65536 x 65536 can't hold 0 values");
  }
}
