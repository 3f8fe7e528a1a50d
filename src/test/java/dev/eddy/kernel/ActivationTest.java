package dev.eddy.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.eddy.kernel.Activation.Function;
import org.junit.jupiter.api.Test;

class ActivationTest {

  @Test
  void shouldBeNamedAsDescriptionsNameThem() {
    assertThat(Function.LEAKY_RELU.word()).isEqualTo("leaky-relu");
    assertThat(Function.GELU_TANH.word()).isEqualTo("gelu-tanh");
  }

  @Test
  void shouldStartFromPyTorchsParameters() {
    assertThat(Activation.of(Function.LEAKY_RELU).alpha()).isEqualTo(0.01f);
    assertThat(Activation.of(Function.ELU).alpha()).isEqualTo(1f);
    assertThat(Activation.of(Function.HARD_SIGMOID))
        .isEqualTo(new Activation(Function.HARD_SIGMOID, 1f / 6f, 0.5f));
    assertThat(Activation.of(Function.HARD_TANH))
        .isEqualTo(new Activation(Function.HARD_TANH, -1f, 1f));
    assertThat(Activation.of(Function.RELU)).isEqualTo(Activation.RELU);
  }

  @Test
  void shouldRefuseParametersThatAreNoNumbers() {
    assertThatThrownBy(() -> new Activation(Function.ELU, Float.NaN, 0f))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("elu: parameters must be finite, got NaN and 0.0");
    assertThatThrownBy(() -> new Activation(Function.HARD_SIGMOID, 1f, Float.POSITIVE_INFINITY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("hard-sigmoid: parameters must be finite, got 1.0 and Infinity");
  }

  @Test
  void shouldRefuseACeluWithoutSize() {
    assertThatThrownBy(() -> new Activation(Function.CELU, 0f, 0f))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("celu: alpha must be positive, got 0.0");
  }

  @Test
  void shouldRefuseBoundsTheWrongWayRound() {
    assertThatThrownBy(() -> new Activation(Function.HARD_TANH, 1f, 1f))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("hard-tanh: the lower bound must be below the upper one, got 1.0 and 1.0");
  }
}
