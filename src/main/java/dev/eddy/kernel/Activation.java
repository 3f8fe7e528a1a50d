package dev.eddy.kernel;

import java.util.Locale;
import java.util.Objects;

/**
 * An element-wise function with its parameters; softmax, which looks at a whole frame, is a {@link
 * Kernels} routine of its own.
 *
 * @param function what is applied
 * @param alpha the first parameter, 0 where the function has none: factor of affine and
 *     scaled-tanh, slope of leaky-relu, alpha of elu, celu, selu and swish, slope of hard-sigmoid,
 *     lower bound of hard-tanh and clip, threshold of thresholded-relu and shrink (its lambda)
 * @param beta the second parameter, 0 where the function has none: offset of affine and
 *     hard-sigmoid, factor of what goes into scaled-tanh, upper bound of hard-tanh and clip, scale
 *     of selu (its gamma), bias of shrink
 */
public record Activation(Function function, float alpha, float beta) {

  /** The functions, named as PyTorch and ONNX name them. */
  public enum Function {
    IDENTITY,
    /** {@code alpha x + beta}. */
    AFFINE,
    /** {@code alpha tanh(beta x)}. */
    SCALED_TANH,
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
    HARD_SWISH,
    /** {@code x sigmoid(alpha x)}. */
    SWISH,
    /** x above alpha, else 0. */
    THRESHOLDED_RELU,
    /** {@code x + beta} below -alpha, {@code x - beta} above alpha, else 0. */
    SHRINK,
    /** Between two bounds, which may be infinite or the same. */
    CLIP,
    ABS,
    NEGATE,
    /** -1, 0 or 1. */
    SIGN,
    RECIPROCAL,
    SQRT,
    EXP,
    LOG,
    ERF,
    SIN,
    COS,
    TAN,
    ASIN,
    ACOS,
    ATAN,
    SINH,
    COSH,
    ASINH,
    ACOSH,
    ATANH,
    FLOOR,
    CEIL,
    /** To the nearest whole number, of two the even one. */
    ROUND,
    /** To the next whole number towards 0. */
    TRUNCATE,
    /** 1 for 0, else 0. */
    NOT,
    IS_NAN,
    IS_INF;

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
    if (function == Function.CLIP) {
      if (!(alpha <= beta)) {
        throw new IllegalArgumentException(
            "clip: the lower bound must not be above the upper one, got " + alpha + " and " + beta);
      }
    } else if (!Float.isFinite(alpha) || !Float.isFinite(beta)) {
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
      case AFFINE -> new Activation(function, 1f, 0f);
      case SCALED_TANH -> new Activation(function, 1f, 1f);
      case LEAKY_RELU -> new Activation(function, 0.01f, 0f);
      case ELU, CELU -> new Activation(function, 1f, 0f);
      case HARD_SIGMOID -> new Activation(function, 1f / 6f, 0.5f);
      case HARD_TANH -> new Activation(function, -1f, 1f);
      case SELU -> new Activation(function, Functions.SELU_ALPHA, Functions.SELU_SCALE);
      case SWISH, THRESHOLDED_RELU -> new Activation(function, 1f, 0f);
      case SHRINK -> new Activation(function, 0.5f, 0f);
      case CLIP -> new Activation(function, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
      case IDENTITY,
          RELU,
          GELU,
          GELU_TANH,
          SILU,
          MISH,
          SOFTPLUS,
          SOFTSIGN,
          SIGMOID,
          LOG_SIGMOID,
          TANH,
          HARD_SWISH,
          ABS,
          NEGATE,
          SIGN,
          RECIPROCAL,
          SQRT,
          EXP,
          LOG,
          ERF,
          SIN,
          COS,
          TAN,
          ASIN,
          ACOS,
          ATAN,
          SINH,
          COSH,
          ASINH,
          ACOSH,
          ATANH,
          FLOOR,
          CEIL,
          ROUND,
          TRUNCATE,
          NOT,
          IS_NAN,
          IS_INF ->
          new Activation(function, 0f, 0f);
    };
  }
}
