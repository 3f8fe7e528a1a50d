package dev.eddy.model.onnx;

import dev.eddy.layer.Gru;
import dev.eddy.layer.Layer;
import dev.eddy.layer.Lstm;
import dev.eddy.layer.Rnn;
import dev.eddy.model.onnx.GraphBuilder.Weights;
import dev.eddy.model.onnx.Operators.Operator;
import dev.eddy.model.onnx.Value.Frames;
import dev.eddy.model.onnx.Value.Known;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** RNN, GRU and LSTM: recurrent layers along time; unrolled where time is another axis. */
final class RecurrentOperators {
  private static final int[] LSTM_ORDER = {0, 2, 3, 1}; // ours: i, f, c, o; ONNX: i, o, f, c
  private static final int[] GRU_ORDER = {1, 0, 2}; // ours: reset, update, new; ONNX: z, r, h
  private static final int[] RNN_ORDER = {0};
  private static final int[] PEEPHOLE_ORDER = {0, 2, 1}; // ours: i, f, o; ONNX: i, o, f

  private RecurrentOperators() {}

  static Map<String, Operator> all() {
    Map<String, Operator> all = new LinkedHashMap<>();
    all.put("RNN", (node, lowering) -> lower(node, lowering, RNN_ORDER));
    all.put("GRU", (node, lowering) -> lower(node, lowering, GRU_ORDER));
    all.put("LSTM", (node, lowering) -> lower(node, lowering, LSTM_ORDER));
    return all;
  }

  /**
   * What a recurrent node holds, checked.
   *
   * @param sequence the axis along which it recurs
   * @param order of our gates among ONNX's
   */
  record Cell(
      OnnxNode node,
      Frames x,
      int sequence,
      int inputs,
      int units,
      int[] order,
      OnnxTensor w,
      OnnxTensor r,
      OnnxTensor b) {

    int gates() {
      return order.length;
    }

    /** The input's weights, {@code [gates * units][inputs]}, our order. */
    float[] inputWeights() {
      return blocks(w.floats(), order, units * inputs);
    }

    /** The hidden state's weights, {@code [gates * units][units]}, our order. */
    float[] recurrentWeights() {
      return blocks(r.floats(), order, units * units);
    }

    float[] inputBias() {
      return bias(0);
    }

    float[] recurrentBias() {
      return bias(gates() * units);
    }

    private float[] bias(int start) {
      int length = gates() * units;
      return b == null
          ? new float[length]
          : blocks(Arrays.copyOfRange(b.floats(), start, start + length), order, units);
    }

    private static float[] blocks(float[] values, int[] order, int length) {
      float[] made = new float[order.length * length];
      for (int i = 0; i < order.length; i++) {
        System.arraycopy(values, order[i] * length, made, i * length, length);
      }
      return made;
    }
  }

  private static void lower(OnnxNode node, Lowering lowering, int[] order) {
    String direction = node.string("direction", "forward");
    if (!direction.equals("forward")) {
      throw node.error(
          "direction="
              + direction
              + " ("
              + node.op()
              + ") reads the sequence from its end, so it can't"
              + " stream; train it with direction=forward");
    }
    Frames x = lowering.frames(node, 0);
    if (x.rank() != 3) {
      throw node.error("takes [time, batch, channels], got " + x.text());
    }
    boolean batchFirst = node.integer("layout", 0) != 0;
    int sequence = batchFirst ? 1 : 0;
    int batch = 1 - sequence;
    if (x.time() == 2) {
      throw node.error(
          "time stands where the channels are, in "
              + x.text()
              + "; a stream has no fixed number of"
              + " frames to have weights for");
    }
    if (x.dimensions()[batch] != 1 && x.time() != batch) {
      throw node.error(
          "takes a batch of 1 on axis "
              + batch
              + " (layout="
              + (batchFirst ? 1 : 0)
              + "), got "
              + x.text());
    }
    int gates = order.length;
    int inputs = x.dimensions()[2];
    OnnxTensor r = lowering.weights(node, 2, 1, -1, -1);
    int units = r.dimensions()[2];
    if (node.has("hidden_size") && node.integer("hidden_size", 0) != units) {
      throw node.error(
          "hidden_size is "
              + node.integer("hidden_size", 0)
              + ", its recurrent weights have shape "
              + Arrays.toString(r.dimensions())
              + ", expected "
              + Arrays.toString(new int[] {1, gates * units, units})
              + " for "
              + units
              + " units");
    }
    lowering.weights(node, 2, 1, gates * units, units);
    OnnxTensor w = lowering.weights(node, 1, 1, gates * units, inputs);
    OnnxTensor b = lowering.has(node, 3) ? lowering.weights(node, 3, 1, 2 * gates * units) : null;
    checkLengths(node, lowering, x, sequence);
    Cell cell = new Cell(node, x, sequence, inputs, units, order, w, r, b);
    if (x.time() == sequence) {
      lowering.sawTime();
      alongTime(cell, lowering);
    } else {
      new UnrolledCell(cell, lowering).unroll();
    }
  }

  /** Sequences of a length of their own are supported where it is the whole length. */
  private static void checkLengths(OnnxNode node, Lowering lowering, Frames x, int sequence) {
    if (!lowering.has(node, 4)) {
      return;
    }
    Known lengths = lowering.known(node, 4);
    for (int i = 0; i < lowering.lengths; i++) {
      long whole = lowering.dimensions(x, i)[sequence];
      if (Arrays.stream(lengths.sample(i).integers()).anyMatch(length -> length != whole)) {
        throw node.error(
            "sequence_lens ends the sequence somewhere else than where it ends; supported: the whole"
                + " length, or none");
      }
    }
  }

  private static void alongTime(Cell cell, Lowering lowering) {
    OnnxNode node = cell.node;
    Weights weights =
        Weights.NONE
            .with("weight_ih_l0", cell::inputWeights)
            .with("weight_hh_l0", cell::recurrentWeights)
            .with("bias_ih_l0", cell::inputBias)
            .with("bias_hh_l0", cell::recurrentBias);
    boolean lstm = node.op().equals("LSTM");
    OnnxTensor h0 = start(cell, lowering, 5);
    OnnxTensor c0 = lstm ? start(cell, lowering, 6) : null;
    boolean learnt = h0 != null || c0 != null;
    if (learnt) {
      weights = weights.with("h0", () -> orZeros(h0, cell.units));
      weights = lstm ? weights.with("c0", () -> orZeros(c0, cell.units)) : weights;
    }
    boolean peepholes = lstm && lowering.has(node, 7);
    if (peepholes) {
      OnnxTensor p = lowering.weights(node, 7, 1, 3 * cell.units);
      weights =
          weights.with(
              "weight_peephole_l0", () -> Cell.blocks(p.floats(), PEEPHOLE_ORDER, cell.units));
    }
    boolean cellToo =
        lstm && lowering.hasOutput(node, 2) && !(lowering.find(node, 6) instanceof Value.Start);
    Layer layer = layer(cell, learnt, peepholes, cellToo);
    Frames x = cell.x;
    String made = lowering.graph.add(layer, lowering.flat(x), weights);
    int[] dimensions = new int[] {1, 1, 1, cell.units};
    dimensions[cell.sequence] = Frames.TIME;
    Frames both =
        new Frames(
            made,
            lowering.graph.shape(made),
            x.type(),
            new int[] {Frames.TIME, lowering.graph.shape(made).size()},
            x.lengths(),
            x.end());
    Frames y = cellToo ? part(lowering, both, 0, cell.units) : both;
    lowering.put(node, 0, y.seenAs(dimensions));
    end(cell, lowering, 1, 5, y);
    if (lstm) {
      end(cell, lowering, 2, 6, cellToo ? part(lowering, both, cell.units, cell.units) : y);
    }
  }

  private static Frames part(Lowering lowering, Frames both, int start, int count) {
    Movement movement = Movement.slice(both.frame(), 0, start, 1, count);
    return lowering.move(both, movement, 0, Frames.TIME, count);
  }

  /** What it ends in: a state of the key, or a single frame at the end of the sequence. */
  private static void end(Cell cell, Lowering lowering, int output, int input, Frames frames) {
    if (!lowering.hasOutput(cell.node, output)) {
      return;
    }
    if (lowering.find(cell.node, input) instanceof Value.Start start) {
      lowering.put(cell.node, output, new Value.Rest(start.name(), start.type()));
      return;
    }
    Frames last = TimeAxis.fromTheEnd(lowering, cell.node, frames, 0);
    lowering.put(cell.node, output, last.seenAs(1, 1, cell.units));
  }

  private static float[] orZeros(OnnxTensor tensor, int units) {
    return tensor == null ? new float[units] : tensor.floats();
  }

  /** A learnt start; null where it is zeros, or a state that comes from outside. */
  private static OnnxTensor start(Cell cell, Lowering lowering, int input) {
    Value value = lowering.find(cell.node, input);
    if (value == null || value instanceof Value.Start) {
      return null;
    }
    if (value instanceof Frames frames) {
      throw cell.node.error(
          "its initial state \""
              + cell.node.inputs().get(input)
              + "\" comes from "
              + (frames.end() == null ? "the records" : frames.end())
              + ", which a stream knows "
              + (frames.end() == null ? "anew with each of them" : "at the end of a sequence only")
              + "; supported: none, constants, or graph inputs");
    }
    OnnxTensor tensor = lowering.constant(cell.node, input);
    if (tensor.size() != cell.units) {
      throw cell.node.error(
          "its initial state has shape "
              + Arrays.toString(tensor.dimensions())
              + ", expected "
              + Arrays.toString(new int[] {1, 1, cell.units}));
    }
    for (float v : tensor.floats()) {
      if (v != 0) {
        return tensor;
      }
    }
    return null;
  }

  private static Layer layer(Cell cell, boolean learnt, boolean peepholes, boolean cellToo) {
    CellAttributes attributes = CellAttributes.of(cell.node);
    return switch (cell.node.op()) {
      case "LSTM" ->
          new Lstm(
              cell.units,
              1,
              true,
              peepholes,
              0,
              learnt,
              attributes.cell(),
              attributes.inputForget(),
              cellToo);
      case "GRU" ->
          new Gru(
              cell.units,
              1,
              attributes.linearBeforeReset() ? Gru.Reset.AFTER : Gru.Reset.BEFORE,
              true,
              learnt,
              attributes.cell());
      default -> new Rnn(cell.units, 1, attributes.activation(0), true, learnt, attributes.clip());
    };
  }
}
