package dev.eddy.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MatrixTest {
  private final Kernels kernels = KernelBackend.find().kernels();

  @Test
  void shouldAddTheProductToTheBias() {
    Matrix w = Matrix.ofRows(new float[] {1, 2, 3, 4, 5, 6}, new float[] {100, 200}, 3);
    float[] y = {9, Float.NaN, Float.NaN, 9};
    kernels.affine(w, new float[] {7, 10, 20, 30}, 1, y, 1);
    assertThat(y).containsExactly(9, 100 + 140, 200 + 320, 9);
    assertThat(w.rows()).isEqualTo(2);
    assertThat(w.columns()).isEqualTo(3);
  }

  @Test
  void shouldNotFollowTheArrayItWasMadeOf() {
    float[] rows = {2};
    float[] bias = {5};
    Matrix w = Matrix.ofRows(rows, bias, 1);
    rows[0] = 3;
    bias[0] = 4;
    float[] y = {0};
    kernels.affine(w, new float[] {1}, 0, y, 0);
    assertThat(y).containsExactly(7);
  }

  @Test
  void shouldRefuseAnotherLength() {
    assertThatThrownBy(() -> Matrix.ofRows(new float[5], new float[2], 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("matrix of 2 x 3 can't hold 5 values");
    assertThatThrownBy(() -> Matrix.ofRows(new float[0], new float[1 << 16], 1 << 16))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("matrix of 65536 x 65536 can't hold 0 values");
  }
}
