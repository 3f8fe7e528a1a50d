package dev.eddy.model.onnx;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.Activation.Function;
import dev.eddy.layer.CellFunctions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The attributes of a recurrent operator besides its sizes.
 *
 * @param functions f, g and h as far as the operator has them
 */
record CellAttributes(
    List<Activation> functions, float clip, boolean inputForget, boolean linearBeforeReset) {

  static CellAttributes of(OnnxNode node) {
    List<String> usual =
        switch (node.op()) {
          case "LSTM" -> List.of("Sigmoid", "Tanh", "Tanh");
          case "GRU" -> List.of("Sigmoid", "Tanh");
          default -> List.of("Tanh");
        };
    List<String> names = node.strings("activations", usual);
    if (names.size() != usual.size()) {
      throw node.error("activations must name " + usual.size() + " functions, got " + names);
    }
    float[] alphas = node.numbers("activation_alpha", new float[0]);
    float[] betas = node.numbers("activation_beta", new float[0]);
    List<Activation> functions = new ArrayList<>();
    int alpha = 0; // only functions that have one take the next
    int beta = 0;
    for (String name : names) {
      Activation standard = standard(node, name);
      boolean hasAlpha = takesAlpha(standard.function());
      boolean hasBeta = takesBeta(standard.function());
      functions.add(
          new Activation(
              standard.function(),
              hasAlpha && alpha < alphas.length ? alphas[alpha] : standard.alpha(),
              hasBeta && beta < betas.length ? betas[beta] : standard.beta()));
      alpha += hasAlpha ? 1 : 0;
      beta += hasBeta ? 1 : 0;
    }
    return new CellAttributes(
        functions,
        node.number("clip", 0),
        node.integer("input_forget", 0) != 0,
        node.integer("linear_before_reset", 0) != 0);
  }

  private static boolean takesAlpha(Function function) {
    return switch (function) {
      case AFFINE, SCALED_TANH, LEAKY_RELU, THRESHOLDED_RELU, HARD_SIGMOID, ELU -> true;
      default -> false;
    };
  }

  private static boolean takesBeta(Function function) {
    return switch (function) {
      case AFFINE, SCALED_TANH, HARD_SIGMOID -> true;
      default -> false;
    };
  }

  private static Activation standard(OnnxNode node, String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "relu" -> Activation.RELU;
      case "tanh" -> Activation.TANH;
      case "sigmoid" -> Activation.SIGMOID;
      case "affine" -> new Activation(Function.AFFINE, 1f, 0f);
      case "leakyrelu" -> new Activation(Function.LEAKY_RELU, 0.01f, 0f);
      case "thresholdedrelu" -> new Activation(Function.THRESHOLDED_RELU, 1f, 0f);
      case "scaledtanh" -> new Activation(Function.SCALED_TANH, 1f, 1f);
      case "hardsigmoid" -> new Activation(Function.HARD_SIGMOID, 0.2f, 0.5f);
      case "elu" -> new Activation(Function.ELU, 1f, 0f);
      case "softsign" -> Activation.of(Function.SOFTSIGN);
      case "softplus" -> Activation.of(Function.SOFTPLUS);
      default ->
          throw node.error(
              "activation \""
                  + name
                  + "\" is not supported; supported: Relu, Tanh, Sigmoid, Affine,"
                  + " LeakyRelu, ThresholdedRelu, ScaledTanh, HardSigmoid, Elu, Softsign, Softplus");
    };
  }

  Activation activation(int index) {
    return functions.get(index);
  }

  /** Whether nothing but the functions is unusual. */
  boolean isPlain() {
    return clip == 0 && !inputForget;
  }

  CellFunctions cell() {
    Activation output = functions.size() > 2 ? functions.get(2) : Activation.TANH;
    return new CellFunctions(functions.get(0), functions.get(1), output, clip);
  }
}
