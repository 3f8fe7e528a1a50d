package dev.eddy.network;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.Gru;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Rnn;
import dev.eddy.layer.Shape;
import dev.eddy.layer.Weights;
import dev.eddy.network.OnnxModel.Attribute;
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
      String f = rnn.activation().equals(Activation.RELU) ? "Relu" : "Tanh";
      return new Node("RNN", ONE, i, channels, rnn.units(), rnn.units(), weights)
          .bias(rnn.bias())
          .hidden(rnn.initialState())
          .of(x, Attribute.ofStrings("activations", f));
    }
    if (layer instanceof Gru gru) {
      long linearBeforeReset = gru.reset() == Gru.Reset.AFTER ? 1 : 0;
      return new Node("GRU", FROM_RESET_UPDATE_NEW, i, channels, gru.units(), gru.units(), weights)
          .bias(gru.bias())
          .hidden(gru.initialState())
          .of(x, Attribute.of("linear_before_reset", linearBeforeReset));
    }
    Lstm lstm = (Lstm) layer;
    int hidden = lstm.projection() > 0 ? lstm.projection() : lstm.units();
    Node node =
        new Node("LSTM", FROM_INPUT_FORGET_CELL_OUTPUT, i, channels, lstm.units(), hidden, weights);
    String y =
        node.bias(lstm.bias())
            .hidden(lstm.initialState())
            .cell(lstm.initialState())
            .peepholes(lstm.peepholes())
            .of(x);
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

    String of(String x, Attribute... attributes) {
      inputs[0] = x;
      int count = inputs.length;
      while (inputs[count - 1].isEmpty()) {
        count--;
      }
      Attribute[] all = Arrays.copyOf(attributes, attributes.length + 1);
      all[attributes.length] = Attribute.of("hidden_size", units);
      String y = model.node(operator, List.of(inputs).subList(0, count), all);
      return model.node("Squeeze", List.of(y, model.constant(1L))); // the directions
    }

    private float[] gates(String tensor) {
      return OnnxRecurrent.gates(weights.tensor(tensor + layer), order);
    }
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
