package dev.eddy.network;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.CellFunctions;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Rnn;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Weights;
import dev.eddy.network.OnnxModel.Attribute;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a stack of recurrent layers means in ONNX's words: an operator for each, in between {@code
 * [time, 1, values]}.
 *
 * <p>ONNX's LSTM has no projection. But {@code U (P h) = (U P) h}, so one whose recurrent weights
 * are {@code U P} does the same, and {@code P} is left for its output; the two agree as long as the
 * state starts from zeros.
 */
final class OnnxRecurrent {
  private static final int[] ONE = {0};
  static final int[] FROM_RESET_UPDATE_NEW = {1, 0, 2}; // ONNX: update, reset, new
  static final int[] FROM_INPUT_FORGET_CELL_OUTPUT = {0, 3, 1, 2}; // ONNX: i, o, f, c
  private static final int[] FROM_INPUT_FORGET_OUTPUT = {0, 2, 1}; // ONNX's P: i, o, f

  private final OnnxModel model;

  OnnxRecurrent(OnnxModel model) {
    this.model = model;
  }

  String layer(Layer layer, Shape input, Weights weights, String x) {
    String sequence = model.node("Transpose", List.of(x), Attribute.ofInts("perm", 2, 0, 1));
    int layers =
        layer instanceof Rnn rnn
            ? rnn.layers()
            : layer instanceof Gru gru ? gru.layers() : ((Lstm) layer).layers();
    for (int i = 0; i < layers; i++) {
      sequence = one(layer, i, input.channels(), weights, sequence);
    }
    return model.node("Transpose", List.of(sequence), Attribute.ofInts("perm", 1, 2, 0));
  }

  private String one(Layer layer, int i, int channels, Weights weights, String x) {
    if (layer instanceof Rnn rnn) {
      return new Node("RNN", ONE, i, channels, rnn.units(), rnn.units(), weights)
          .bias(rnn.bias())
          .hidden(rnn.initialState())
          .functions(rnn.clip(), rnn.activation())
          .of(x);
    }
    if (layer instanceof Gru gru) {
      long linearBeforeReset = gru.reset() == Gru.Reset.AFTER ? 1 : 0;
      CellFunctions functions = gru.functions();
      return new Node("GRU", FROM_RESET_UPDATE_NEW, i, channels, gru.units(), gru.units(), weights)
          .bias(gru.bias())
          .hidden(gru.initialState())
          .functions(functions.clip(), functions.gates(), functions.candidate())
          .of(x, Attribute.of("linear_before_reset", linearBeforeReset));
    }
    return lstm((Lstm) layer, i, channels, weights, x);
  }

  private String lstm(Lstm lstm, int i, int channels, Weights weights, String x) {
    CellFunctions functions = lstm.functions();
    int hidden = lstm.projection() > 0 ? lstm.projection() : lstm.units();
    Node node =
        new Node("LSTM", FROM_INPUT_FORGET_CELL_OUTPUT, i, channels, lstm.units(), hidden, weights);
    node.bias(lstm.bias())
        .hidden(lstm.initialState())
        .cell(lstm.initialState())
        .peepholes(lstm.peepholes())
        .functions(functions.clip(), functions.gates(), functions.candidate(), functions.output());
    Attribute coupled = Attribute.of("input_forget", lstm.coupled() ? 1L : 0L);
    if (!lstm.cellOut() || i < lstm.layers() - 1) {
      return projected(lstm, hidden, i, weights, node.of(x, coupled));
    }
    List<String> both = node.byStep(x, coupled);
    String h = projected(lstm, hidden, i, weights, both.get(0));
    return model.node("Concat", List.of(h, both.get(1)), Attribute.of("axis", 2L));
  }

  private String projected(Lstm lstm, int hidden, int i, Weights weights, String y) {
    if (lstm.projection() == 0) {
      return y;
    }
    float[] projection = weights.tensor("weight_hr_l" + i); // [hidden][units]
    float[] transposed = new float[projection.length];
    for (int row = 0; row < hidden; row++) {
      for (int unit = 0; unit < lstm.units(); unit++) {
        transposed[unit * hidden + row] = projection[row * lstm.units() + unit];
      }
    }
    return model.node("MatMul", List.of(y, model.constant(transposed, lstm.units(), hidden)));
  }

  /** One layer of a stack; {@code order[i]} is the place of ONNX's i-th gate in ours. */
  private final class Node {
    private final String operator;
    private final int[] order;
    private final int layer;
    private final int units;
    private final int hidden;
    private final Weights weights;
    private final String[] inputs = {"", "", "", "", "", "", "", ""};
    private final List<Attribute> attributes = new ArrayList<>();

    Node(
        String operator,
        int[] order,
        int layer,
        int channels,
        int units,
        int hidden,
        Weights weights) {
      this.operator = operator;
      this.order = order;
      this.layer = layer;
      this.units = units;
      this.hidden = hidden;
      this.weights = weights;
      int rows = order.length * units;
      int columns = layer == 0 ? channels : hidden;
      inputs[1] = model.constant(gates("weight_ih_l"), 1, rows, columns);
      float[] recurrent = gates("weight_hh_l");
      inputs[2] =
          model.constant(hidden == units ? recurrent : folded(recurrent, rows), 1, rows, units);
    }

    /** The recurrent weights times the projection. */
    private float[] folded(float[] recurrent, int rows) {
      float[] projection = weights.tensor("weight_hr_l" + layer);
      float[] product = new float[rows * units];
      for (int row = 0; row < rows; row++) {
        for (int unit = 0; unit < units; unit++) {
          double sum = 0;
          for (int i = 0; i < hidden; i++) {
            sum += (double) recurrent[row * hidden + i] * projection[i * units + unit];
          }
          product[row * units + unit] = (float) sum;
        }
      }
      return product;
    }

    Node bias(boolean there) {
      if (there) {
        int rows = order.length * units;
        float[] both = Arrays.copyOf(gates("bias_ih_l"), 2 * rows);
        System.arraycopy(gates("bias_hh_l"), 0, both, rows, rows);
        inputs[3] = model.constant(both, 1, 2L * rows);
      }
      return this;
    }

    Node hidden(boolean there) {
      if (there) {
        inputs[5] = initial("h0");
      }
      return this;
    }

    Node cell(boolean there) {
      if (there) {
        inputs[6] = initial("c0");
      }
      return this;
    }

    private String initial(String tensor) {
      float[] all = weights.tensor(tensor);
      return model.constant(
          Arrays.copyOfRange(all, layer * units, (layer + 1) * units), 1, 1, units);
    }

    Node peepholes(boolean there) {
      if (there) {
        float[] ours = weights.tensor("weight_peephole_l" + layer);
        inputs[7] =
            model.constant(OnnxRecurrent.gates(ours, FROM_INPUT_FORGET_OUTPUT), 1, 3L * units);
      }
      return this;
    }

    /** Said only where they are not the usual ones. */
    Node functions(float clip, Activation... functions) {
      List<Float> alphas = new ArrayList<>();
      List<Float> betas = new ArrayList<>();
      String[] names = new String[functions.length];
      for (int i = 0; i < functions.length; i++) {
        Activation function = functions[i];
        names[i] = onnxName(function);
        switch (function.function()) {
          case AFFINE, SCALED_TANH, HARD_SIGMOID -> {
            alphas.add(function.alpha());
            betas.add(function.beta());
          }
          case LEAKY_RELU, ELU, THRESHOLDED_RELU -> alphas.add(function.alpha());
          default -> {} // has no parameters
        }
      }
      if (operator.equals("RNN")) { // ONNX Runtime's reads both, also where none is used
        alphas.add(0f);
        betas.add(0f);
      }
      attributes.add(Attribute.ofStrings("activations", names));
      attributes.add(Attribute.ofFloats("activation_alpha", array(alphas)));
      attributes.add(Attribute.ofFloats("activation_beta", array(betas)));
      if (clip > 0) {
        attributes.add(Attribute.of("clip", clip));
      }
      return this;
    }

    private float[] array(List<Float> list) {
      float[] values = new float[list.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = list.get(i);
      }
      return values;
    }

    private List<String> given() {
      int count = inputs.length;
      while (inputs[count - 1].isEmpty()) {
        count--;
      }
      return List.of(inputs).subList(0, count);
    }

    private Attribute[] all(Attribute... more) {
      attributes.addAll(List.of(more));
      attributes.add(Attribute.of("hidden_size", units));
      return attributes.toArray(new Attribute[0]);
    }

    String of(String x, Attribute... more) {
      inputs[0] = x;
      String y = model.node(operator, given(), all(more));
      return model.node("Squeeze", List.of(y, model.constant(1L))); // the directions
    }

    /** The hidden and the cell state after each step, by a Scan over one step. */
    List<String> byStep(String x, Attribute... more) {
      String[] start = {inputs[5], inputs[6]};
      for (int i = 0; i < 2; i++) {
        start[i] = start[i].isEmpty() ? model.constant(new float[units], 1, 1, units) : start[i];
      }
      OnnxModel body = model.body();
      inputs[5] = body.input("h_in", 1, 1, units);
      inputs[6] = body.input("c_in", 1, 1, units);
      String step = body.input("x_in", 1, -1);
      inputs[0] = body.node("Unsqueeze", List.of(step, body.constant(0L)));
      List<String> outputs = body.nodes(operator, given(), 3, all(more));
      for (int i = 1; i <= 2; i++) {
        body.node("Identity", List.of(outputs.get(i)), List.of("next" + i));
        body.output("next" + i, 1, 1, units);
      }
      for (int i = 1; i <= 2; i++) {
        body.node("Squeeze", List.of(outputs.get(i), body.constant(0L)), List.of("out" + i));
        body.output("out" + i, 1, units);
      }
      return model
          .nodes(
              "Scan",
              List.of(start[0], start[1], x),
              4,
              Attribute.ofGraph("body", body),
              Attribute.of("num_scan_inputs", 1L))
          .subList(2, 4);
    }

    private float[] gates(String tensor) {
      return OnnxRecurrent.gates(weights.tensor(tensor + layer), order);
    }
  }

  private static String onnxName(Activation activation) {
    return switch (activation.function()) {
      case AFFINE -> "Affine";
      case SCALED_TANH -> "ScaledTanh";
      case RELU -> "Relu";
      case LEAKY_RELU -> "LeakyRelu";
      case ELU -> "Elu";
      case THRESHOLDED_RELU -> "ThresholdedRelu";
      case SOFTPLUS -> "Softplus";
      case SOFTSIGN -> "Softsign";
      case SIGMOID -> "Sigmoid";
      case TANH -> "Tanh";
      case HARD_SIGMOID -> "HardSigmoid";
      default -> throw new AssertionError("ONNX has no recurrent layers of " + activation);
    };
  }

  static float[] gates(float[] ours, int[] order) {
    float[] onnx = new float[ours.length];
    int block = ours.length / order.length;
    for (int gate = 0; gate < order.length; gate++) {
      System.arraycopy(ours, order[gate] * block, onnx, gate * block, block);
    }
    return onnx;
  }
}
