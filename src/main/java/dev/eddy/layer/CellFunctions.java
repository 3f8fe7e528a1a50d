package dev.eddy.layer;

import dev.eddy.kernel.Activation;
import java.util.Objects;

/**
 * What the cells of a {@link Gru} or {@link Lstm} are made of where it is not the usual, as ONNX's
 * operators have it.
 *
 * @param gates of the gates (ONNX's f); sigmoid is usual
 * @param candidate of what comes in (ONNX's g); tanh is usual
 * @param output of an LSTM's cell state on its way out (ONNX's h); tanh is usual, and all that a
 *     GRU takes
 * @param clip bound of what goes into the functions of the gates and of what comes in; 0 for none
 */
public record CellFunctions(Activation gates, Activation candidate, Activation output, float clip) {
  public static final CellFunctions STANDARD =
      new CellFunctions(Activation.SIGMOID, Activation.TANH, Activation.TANH, 0f);

  public CellFunctions {
    Objects.requireNonNull(gates, "gates");
    Objects.requireNonNull(candidate, "candidate");
    Objects.requireNonNull(output, "output");
    checkClip(clip);
  }

  static void checkClip(float clip) {
    if (!(clip >= 0) || Float.isInfinite(clip)) {
      throw new IllegalArgumentException("clip must be positive, or 0 for none, got " + clip);
    }
  }

  boolean standard() {
    return equals(STANDARD);
  }

  void clipInPlace(float[] values, int offset, int length) {
    clipInPlace(clip, values, offset, length);
  }

  static void clipInPlace(float clip, float[] values, int offset, int length) {
    if (clip > 0) {
      for (int i = offset; i < offset + length; i++) {
        values[i] = Math.max(-clip, Math.min(clip, values[i]));
      }
    }
  }
}
