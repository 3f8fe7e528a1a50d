package dev.eddy.layer;

import dev.eddy.kernel.Activation;
import dev.eddy.kernel.Kernels;
import java.util.List;
import java.util.Objects;

/**
 * One half of the channels, each times the sigmoid of its fellow in the other half: {@code [2
 * channels, ...]} becomes {@code [channels, ...]}.
 *
 * @param form what becomes of the first half
 */
public record Gate(Form form) implements Layer {

  /** What becomes of the first half. */
  public enum Form {
    /** {@code tanh(first) sigmoid(second)}: WaveNet (van den Oord et al. 2016). */
    TANH("gate", Activation.TANH),
    /** {@code first sigmoid(second)}: PyTorch's GLU over channels (Dauphin et al. 2017). */
    LINEAR("glu", Activation.IDENTITY);

    private final String word;
    private final Activation activation;

    Form(String word, Activation activation) {
      this.word = word;
      this.activation = activation;
    }
  }

  public Gate {
    Objects.requireNonNull(form, "form");
  }

  @Override
  public String kind() {
    return form.word;
  }

  @Override
  public Shape output(Shape input) {
    if (input.channels() % 2 != 0) {
      throw new IllegalArgumentException(
          kind() + " takes an even number of channels, got " + input);
    }
    return input.withDimension(0, input.channels() / 2);
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    int half = input.size() / 2;
    return new Step() {
      @Override
      public List<StatePart> stateParts() {
        return List.of();
      }

      @Override
      public int scratchLength() {
        return half;
      }

      @Override
      public int step(
          float[] in,
          int inOffset,
          float[] state,
          int stateOffset,
          float[] out,
          int outOffset,
          float[] gates) {
        System.arraycopy(in, inOffset, out, outOffset, half);
        System.arraycopy(in, inOffset + half, gates, 0, half);
        kernels.activateInPlace(form.activation, out, outOffset, half);
        kernels.activateInPlace(Activation.SIGMOID, gates, 0, half);
        for (int i = 0; i < half; i++) {
          out[outOffset + i] *= gates[i];
        }
        return 1;
      }
    };
  }
}
