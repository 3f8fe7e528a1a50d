package dev.eddy.layer;

import dev.eddy.kernel.Kernels;
import java.util.List;

/**
 * Long short-term memory with forget gate (Gers et al. 2000), gates stored in the order input,
 * forget, cell, output; the output is the hidden state. PyTorch's LSTM, ONNX LSTM (whose own order
 * is input, output, forget, cell).
 *
 * @param units hidden units, 1..65536
 * @param layers stacked layers, each reading the one below, 1..64
 * @param bias whether there are biases
 */
public record Lstm(int units, int layers, boolean bias) implements Layer {
  public Lstm {
    Checks.inRange("units", units, 1, Checks.MAX_UNITS);
    Checks.inRange("layers", layers, 1, 64);
  }

  @Override
  public String kind() {
    return "lstm";
  }

  @Override
  public Shape output(Shape input) {
    Checks.channelsOnly(kind(), input);
    return Shape.of(units);
  }

  @Override
  public Reach reach(Shape input) {
    return Reach.ALL;
  }

  @Override
  public List<TensorSpec> tensors(Shape input) {
    return RecurrentWeights.tensors(4, units, layers, bias, input.channels());
  }

  @Override
  public double multiplyAdds(Shape input) {
    return RecurrentWeights.multiplyAdds(4, units, layers, input.channels());
  }

  @Override
  public Step step(Shape input, Weights weights, Kernels kernels) {
    RecurrentWeights[] stack =
        RecurrentWeights.stack(4, units, layers, bias, input.channels(), weights);
    return new LstmStep(this, stack, kernels);
  }
}
