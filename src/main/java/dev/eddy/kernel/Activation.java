package dev.eddy.kernel;

import java.util.Locale;
import java.util.Objects;

/**
 * An element-wise function with its parameters; softmax, which looks at a whole frame, is a {@link
 * Kernels} routine of its own.
 *
 * @param function what is applied
 * @param alpha the first parameter, 0 where the function has none: slope of leaky-relu, alpha of
 *     elu and celu, slope of hard-sigmoid, lower bound of hard-tanh
 * @param beta the second parameter, 0 where the function has none: offset of hard-sigmoid, upper
 *     bound of hard-tanh
 */
public record Activation(Function function, float alpha, float beta) {

  /** The functions, named as PyTorch and ONNX name them. */
  public enum Function {
    IDENTITY,
    RELU,
    LEAKY_RELU,
    ELU,
    CELU,
    SELU,
    GELU,
    GELU_TANH,
    SILU,
    MISH,
    SOFTPLUS,
    SOFTSIGN,
    SIGMOID,
    LOG_SIGMOID,
    TANH,
    HARD_SIGMOID,
    HARD_TANH,
    HARD_SWISH;

    /** The word that a description uses, such as {@code leaky-relu}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public static final Activation IDENTITY = of(Function.IDENTITY);
  public static final Activation RELU = of(Function.RELU);
  public static final Activation SIGMOID = of(Function.SIGMOID);
  public static final Activation TANH = of(Function.TANH);

  public Activation {
    Objects.requireNonNull(function, "function");
    if (!Float.isFinite(alpha) || !Float.isFinite(beta)) {
      throw new IllegalArgumentException(
          function.word() + ": parameters must be finite, got " + alpha + " and " + beta);
    }
    if (function == Function.CELU && !(alpha > 0)) {
      throw new IllegalArgumentException("celu: alpha must be positive, got " + alpha);
    }
    if (function == Function.HARD_TANH && !(alpha < beta)) {
      throw new IllegalArgumentException(
          "hard-tanh: the lower bound must be below the upper one, got " + alpha + " and " + beta);
    }
  }

  /** The function with PyTorch's default parameters. */
  public static Activation of(Function function) {
    return switch (function) {
      case LEAKY_RELU -> new Activation(function, 0.01f, 0f);
      case ELU, CELU -> new Activation(function, 1f, 0f);
      case HARD_SIGMOID -> new Activation(function, 1f / 6f, 0.5f);
      case HARD_TANH -> new Activation(function, -1f, 1f);
      case IDENTITY,
          RELU,
          SELU,
          GELU,
          GELU_TANH,
          SILU,
          MISH,
          SOFTPLUS,
          SOFTSIGN,
          SIGMOID,
          LOG_SIGMOID,
          TANH,
          HARD_SWISH ->
          new Activation(function, 0f, 0f);
    };
  }
}
