package dev.eddy.model;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.ActivationLayer;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Element-wise functions: a word for each, options where it has parameters. */
final class ActivationWords {
  private ActivationWords() {}

  static Map<String, Function<LayerOptions, Layer>> readers() {
    Map<String, Function<LayerOptions, Layer>> readers = new LinkedHashMap<>();
    for (Activation.Function function : Activation.Function.values()) {
      readers.put(function.word(), options -> new ActivationLayer(read(function, options)));
    }
    return readers;
  }

  /** A word, or a word with its options. */
  static Activation read(YamlValue value, Shape input) {
    if (value.isScalar()) {
      return Activation.of(value.asEnum(Activation.Function.class));
    }
    Map<String, YamlValue> words = value.asMap().all();
    if (words.size() != 1) {
      throw value.error(
          "a function is one word with its options behind it, got the words " + words.keySet());
    }
    String word = words.keySet().iterator().next();
    YamlValue behind = words.get(word);
    YamlMap options = behind.asMap();
    Activation activation = read(find(word, behind), new LayerOptions(behind, options, input));
    options.refuseOthers();
    return activation;
  }

  private static Activation.Function find(String word, YamlValue behind) {
    return Arrays.stream(Activation.Function.values())
        .filter(function -> function.word().equals(word))
        .findAny()
        .orElseThrow(
            () ->
                behind.error(
                    "there is no such function; accepted: "
                        + Arrays.stream(Activation.Function.values())
                            .map(Activation.Function::word)
                            .collect(Collectors.joining(", "))));
  }

  private static Activation read(Activation.Function function, LayerOptions options) {
    Activation plain = Activation.of(function);
    List<String> names = parameters(function);
    if (names.isEmpty()) {
      return plain;
    }
    float alpha = options.numberOrInfinity(names.get(0), plain.alpha());
    float beta =
        names.size() == 1 ? plain.beta() : options.numberOrInfinity(names.get(1), plain.beta());
    return new Activation(function, alpha, beta);
  }

  /** What a function's parameters are called, alpha first. */
  static List<String> parameters(Activation.Function function) {
    return switch (function) {
      case AFFINE, SCALED_TANH -> List.of("alpha", "beta");
      case LEAKY_RELU -> List.of("slope");
      case ELU, CELU, SWISH, THRESHOLDED_RELU -> List.of("alpha");
      case HARD_SIGMOID -> List.of("alpha", "beta");
      case HARD_TANH, CLIP -> List.of("min", "max");
      case SELU -> List.of("alpha", "scale");
      case SHRINK -> List.of("lambda", "bias");
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
          List.of();
    };
  }
}
