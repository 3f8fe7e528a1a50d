package dev.eddy.model.onnx;

import dev.eddy.kernel.Activation;
import dev.eddy.layer.Merge.How;
import dev.eddy.model.onnx.RecurrentOperators.Cell;
import dev.eddy.model.onnx.Value.Frames;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A recurrent operator that does not recur along time: in a graph written for one step, or along an
 * axis of each frame. Its steps are written out, with the state a branch like any other.
 */
final class UnrolledCell {
  private static final int MOST_STEPS = 256;

  private final Cell cell;
  private final Lowering lowering;
  private final CellAttributes attributes;
  private final boolean lstm;
  private final int units;

  UnrolledCell(Cell cell, Lowering lowering) {
    this.cell = cell;
    this.lowering = lowering;
    this.attributes = CellAttributes.of(cell.node());
    this.lstm = cell.node().op().equals("LSTM");
    this.units = cell.units();
  }

  void unroll() {
    OnnxNode node = cell.node();
    Frames x = cell.x();
    int steps = x.dimensions()[cell.sequence()];
    if (steps > MOST_STEPS) {
      throw node.error(
          "recurs along axis "
              + cell.sequence()
              + " of "
              + x.text()
              + ", which is not time, for "
              + steps
              + " steps; supported: up to "
              + MOST_STEPS);
    }
    if (lstm && lowering.has(node, 7) || !attributes.isPlain()) {
      throw node.error(
          "recurs along an axis that is not time; that is supported without peepholes, clip and"
              + " input_forget only");
    }
    Frames h = start(5);
    Frames c = lstm ? start(6) : null;
    List<Frames> all = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      Movement movement = Movement.slice(x.frame(), x.frameAxis(cell.sequence()), step, 1, 1);
      Frames in = lowering.move(x, movement, 0, row(cell.inputs()));
      if (lstm) {
        Frames[] next = lstm(in, h, c);
        h = next[0];
        c = next[1];
      } else {
        h = node.op().equals("GRU") ? gru(in, h) : rnn(in, h);
      }
      all.add(h);
    }
    int[] dimensions =
        cell.sequence() == 0
            ? new int[] {steps, 1, batch(), units}
            : new int[] {batch(), steps, 1, units};
    Frames y = steps == 1 ? h : joined(all);
    lowering.put(node, 0, y.seenAs(dimensions));
    int[] last =
        cell.sequence() == 0 ? new int[] {1, batch(), units} : new int[] {batch(), 1, units};
    lowering.put(node, 1, h.seenAs(last));
    if (lstm) {
      lowering.put(node, 2, c.seenAs(last));
    }
  }

  private Frames joined(List<Frames> all) {
    String side = ShapeOperators.sideBySide(lowering, all);
    Frames first = all.get(0);
    return new Frames(
        side,
        lowering.graph.shape(side),
        first.type(),
        row(lowering.graph.shape(side).size()),
        first.lengths(),
        first.end());
  }

  private int batch() {
    return cell.x().hasTime() ? Frames.TIME : 1;
  }

  /** A row of values at each step: its batch, which may be time, and the values. */
  private int[] row(int values) {
    return new int[] {batch(), values};
  }

  private Frames start(int input) {
    Value value = lowering.find(cell.node(), input);
    if (value instanceof Frames frames) {
      lowering.checkMeet(cell.node(), List.of(cell.x(), frames));
      checkStart(input, frames.shape().size());
      return frames.seenAs(row(units));
    }
    if (value instanceof Value.Start) {
      throw Lowering.startUsed(cell.node(), cell.node().inputs().get(input));
    }
    OnnxTensor constant = lowering.constant(cell.node(), input);
    float[] values = constant == null ? new float[units] : Broadcasting.floats(constant);
    checkStart(input, values.length);
    return lowering.constant(cell.x(), values, row(units));
  }

  private void checkStart(int input, int values) {
    if (values != units) {
      throw cell.node()
          .error(
              "its initial state "
                  + Shown.name(cell.node().inputs().get(input))
                  + " has "
                  + values
                  + " values, expected "
                  + units
                  + ": one for each hidden unit, for a batch of 1");
    }
  }

  private Frames[] lstm(Frames in, Frames h, Frames c) {
    Frames sums = sums(in, h);
    Frames input = act(0, gate(sums, 0));
    Frames forget = act(0, gate(sums, 1));
    Frames fresh = act(1, gate(sums, 2));
    Frames output = act(0, gate(sums, 3));
    Frames next = with(How.ADD, with(How.MULTIPLY, forget, c), with(How.MULTIPLY, input, fresh));
    return new Frames[] {with(How.MULTIPLY, output, act(2, next)), next};
  }

  private Frames rnn(Frames in, Frames h) {
    return act(0, sums(in, h));
  }

  private Frames gru(Frames in, Frames h) {
    Frames ofInput = plus(times(in, cell.gates() * units, cell::inputWeights), cell.inputBias());
    Frames ofState =
        plus(times(h, cell.gates() * units, cell::recurrentWeights), cell.recurrentBias());
    Frames reset = act(0, with(How.ADD, gate(ofInput, 0), gate(ofState, 0)));
    Frames update = act(0, with(How.ADD, gate(ofInput, 1), gate(ofState, 1)));
    Frames recurrent;
    if (attributes.linearBeforeReset()) {
      recurrent = with(How.MULTIPLY, reset, gate(ofState, 2));
    } else {
      Frames kept = with(How.MULTIPLY, reset, h);
      recurrent =
          gate(
              plus(times(kept, cell.gates() * units, cell::recurrentWeights), cell.recurrentBias()),
              2);
    }
    Frames fresh = act(1, with(How.ADD, gate(ofInput, 2), recurrent));
    // h' = (1 - z) n + z h = n + z (h - n)
    return with(How.ADD, fresh, with(How.MULTIPLY, update, with(How.SUBTRACT, h, fresh)));
  }

  /** All gates' {@code W x + R h + b}. */
  private Frames sums(Frames in, Frames h) {
    int rows = cell.gates() * units;
    Frames ofInput = plus(times(in, rows, cell::inputWeights), cell.inputBias());
    Frames ofState = plus(times(h, rows, cell::recurrentWeights), cell.recurrentBias());
    return with(How.ADD, ofInput, ofState);
  }

  private Frames times(Frames x, int rows, Supplier<float[]> weights) {
    return MatrixOperators.along(lowering, x, 1, rows, weights);
  }

  private Frames plus(Frames x, float[] bias) {
    return ElementwiseOperators.arithmetic(lowering, x, How.ADD, bias, false);
  }

  private Frames gate(Frames sums, int gate) {
    if (cell.gates() == 1) {
      return sums;
    }
    Movement movement =
        Movement.slice(sums.frame(), sums.frame().length - 1, gate * units, 1, units);
    return lowering.move(sums, movement, 0, row(units));
  }

  private Frames act(int function, Frames x) {
    Activation activation = attributes.activation(function);
    return lowering.map(x, activation);
  }

  private Frames with(How how, Frames a, Frames b) {
    return ElementwiseOperators.combine(cell.node(), lowering, how, a, b);
  }
}
