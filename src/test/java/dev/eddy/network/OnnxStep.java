package dev.eddy.network;

import dev.eddy.layer.Conv;
import dev.eddy.layer.Dense;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Weights;
import dev.eddy.network.OnnxModel.Attribute;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One step of one layer as an ONNX model, as people run ONNX Runtime on a stream: "x" and the state
 * go in, "y" and each state's ".next" come out.
 *
 * @param states the shape of each state, by name
 */
public record OnnxStep(
    OnnxModel model, List<Long> input, List<Long> output, Map<String, long[]> states) {

  public byte[] bytes() {
    return model.bytes();
  }

  public long[] inputShape() {
    return input.stream().mapToLong(Long::longValue).toArray();
  }

  public long[] outputShape() {
    return output.stream().mapToLong(Long::longValue).toArray();
  }

  /** For an lstm or gru of one layer, a dense, or a causal conv without stride or groups. */
  public static OnnxStep of(Layer layer, int channels, Weights weights) {
    if (layer instanceof Lstm lstm) {
      int[] order = OnnxRecurrent.FROM_INPUT_FORGET_CELL_OUTPUT;
      return recurrent("LSTM", lstm.units(), channels, order, weights, List.of("h", "c"));
    } else if (layer instanceof Gru gru) {
      int[] order = OnnxRecurrent.FROM_RESET_UPDATE_NEW;
      return recurrent(
          "GRU",
          gru.units(),
          channels,
          order,
          weights,
          List.of("h"),
          Attribute.of("linear_before_reset", gru.reset() == Gru.Reset.AFTER ? 1L : 0L));
    } else if (layer instanceof Dense dense) {
      return dense(dense, channels, weights);
    } else if (layer instanceof Conv conv) {
      return conv(conv, channels, weights);
    }
    throw new IllegalArgumentException("no step for " + layer);
  }

  private static OnnxStep dense(Dense dense, int channels, Weights weights) {
    OnnxModel model = new OnnxModel();
    String x = model.input("x", 1, channels);
    String w = model.constant(weights.tensor("weight"), dense.units(), channels);
    String b = model.constant(weights.tensor("bias"), dense.units());
    model.node("Gemm", List.of(x, w, b), List.of("y"), Attribute.of("transB", 1L));
    model.output("y", 1, dense.units());
    return new OnnxStep(
        model, List.of(1L, (long) channels), List.of(1L, (long) dense.units()), Map.of());
  }

  private static OnnxStep conv(Conv conv, int channels, Weights weights) {
    OnnxModel model = new OnnxModel();
    int kernel = conv.axes().get(0).kernel();
    long past = kernel - 1L;
    String history = model.input("history", 1, channels, past);
    String x = model.input("x", 1, channels, 1);
    String w = model.constant(weights.tensor("weight"), conv.filters(), channels, kernel);
    String b = model.constant(weights.tensor("bias"), conv.filters());
    String window = model.node("Concat", List.of(history, x), Attribute.of("axis", 2L));
    model.node("Conv", List.of(window, w, b), List.of("y"));
    model.node(
        "Slice",
        List.of(window, model.constant(1L), model.constant((long) kernel), model.constant(2L)),
        List.of("history.next"));
    model.output("y", 1, conv.filters(), 1);
    model.output("history.next", 1, channels, past);
    return new OnnxStep(
        model,
        List.of(1L, (long) channels, 1L),
        List.of(1L, (long) conv.filters(), 1L),
        Map.of("history", new long[] {1, channels, past}));
  }

  /** "y" is the hidden state, so what comes out twice is "h.next". */
  private static OnnxStep recurrent(
      String operator,
      int units,
      int inputs,
      int[] order,
      Weights weights,
      List<String> states,
      Attribute... attributes) {
    OnnxModel model = new OnnxModel();
    int rows = order.length * units;
    float[] both = new float[2 * rows];
    System.arraycopy(OnnxRecurrent.gates(weights.tensor("bias_ih_l0"), order), 0, both, 0, rows);
    System.arraycopy(OnnxRecurrent.gates(weights.tensor("bias_hh_l0"), order), 0, both, rows, rows);
    String x = model.input("x", 1, 1, inputs);
    List<String> in = new java.util.ArrayList<>();
    in.add(x);
    in.add(
        model.constant(
            OnnxRecurrent.gates(weights.tensor("weight_ih_l0"), order), 1, rows, inputs));
    in.add(
        model.constant(OnnxRecurrent.gates(weights.tensor("weight_hh_l0"), order), 1, rows, units));
    in.add(model.constant(both, 1, 2L * rows));
    in.add(""); // lengths of sequences
    List<String> out = new java.util.ArrayList<>();
    out.add("y");
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (String state : states) {
      in.add(model.input(state, 1, 1, units));
      out.add(state + ".next");
      shapes.put(state, new long[] {1, 1, units});
    }
    Attribute[] all = java.util.Arrays.copyOf(attributes, attributes.length + 1);
    all[attributes.length] = Attribute.of("hidden_size", units);
    model.node(operator, in, out, all);
    model.output("y", 1, 1, 1, units);
    for (String state : states) {
      model.output(state + ".next", 1, 1, units);
    }
    return new OnnxStep(
        model, List.of(1L, 1L, (long) inputs), List.of(1L, 1L, 1L, (long) units), shapes);
  }
}
