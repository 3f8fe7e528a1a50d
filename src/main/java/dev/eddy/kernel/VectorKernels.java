package dev.eddy.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The Vector API twin of {@link ScalarKernels}: the same operations in the same order, many outputs
 * at once.
 *
 * <p>Reached by name only, from {@link KernelBackend}, so that a JVM without the module falls back.
 *
 * <p>A product keeps up to eight registers of outputs while it walks over all inputs: each step is
 * one broadcast, eight loads of weights and eight fused multiply-adds, independent of each other,
 * which hides their latency of four cycles on two ports. Outputs are read and written once. The
 * floor is the traffic of the weights: 4 bytes for each multiply-add. What does not fill a register
 * is done by the scalar code.
 *
 * <p>No method here takes or returns a register. The compiler keeps registers out of the heap only
 * where it inlines all that touches them, and it does not inline a method of ours that it has
 * already compiled to a lot of code: handing registers from method to method made an LSTM cell of
 * 64 units allocate 6.5 kB and take four times as long. So each function is one loop over an array,
 * and a cell is a few such loops.
 */
final class VectorKernels implements Kernels {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();

  // Registers full of one constant: made once, so that no step can come to box them.
  private static final FloatVector ONE = FloatVector.broadcast(FLOATS, 1f);
  private static final FloatVector TWO = FloatVector.broadcast(FLOATS, 2f);
  private static final FloatVector LOG2_E = FloatVector.broadcast(FLOATS, Functions.LOG2_E);
  private static final FloatVector ROUND = FloatVector.broadcast(FLOATS, Functions.ROUND);
  private static final FloatVector LN2_HIGH = FloatVector.broadcast(FLOATS, Functions.LN2_HIGH);
  private static final FloatVector LN2_LOW = FloatVector.broadcast(FLOATS, Functions.LN2_LOW);
  private static final FloatVector C2 = FloatVector.broadcast(FLOATS, Functions.C2);
  private static final FloatVector C3 = FloatVector.broadcast(FLOATS, Functions.C3);
  private static final FloatVector C4 = FloatVector.broadcast(FLOATS, Functions.C4);
  private static final FloatVector C5 = FloatVector.broadcast(FLOATS, Functions.C5);
  private static final FloatVector C6 = FloatVector.broadcast(FLOATS, Functions.C6);
  private static final FloatVector C7 = FloatVector.broadcast(FLOATS, Functions.C7);
  private static final FloatVector EXP_MIN = FloatVector.broadcast(FLOATS, Functions.EXP_MIN);
  private static final FloatVector EXP_MAX = FloatVector.broadcast(FLOATS, Functions.EXP_MAX);
  private static final FloatVector TANH_MAX = FloatVector.broadcast(FLOATS, Functions.TANH_MAX);
  private static final FloatVector TANH_MIN = FloatVector.broadcast(FLOATS, -Functions.TANH_MAX);
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, FLOATS.vectorShape());
  private static final IntVector ROUND_BITS = IntVector.broadcast(INTS, Functions.ROUND_BITS);
  private static final IntVector EXPONENT_BIAS = IntVector.broadcast(INTS, 127);

  /** For {@link KernelBackend}, by reflection. */
  VectorKernels() {}

  @Override
  public String name() {
    return "vector (" + FLOATS.vectorBitSize() + " bits)";
  }

  @Override
  public void multiplyAdd(Matrix w, float[] x, int xOffset, float[] y, int yOffset) {
    int rows = w.rows;
    int columns = w.columns;
    float[] packed = w.packed;
    int row = 0;
    for (; row <= rows - 8 * LANES; row += 8 * LANES) {
      multiplyAdd8(packed, rows, columns, row, x, xOffset, y, yOffset + row);
    }
    if (row <= rows - 4 * LANES) {
      multiplyAdd4(packed, rows, columns, row, x, xOffset, y, yOffset + row);
      row += 4 * LANES;
    }
    if (row <= rows - 2 * LANES) {
      multiplyAdd2(packed, rows, columns, row, x, xOffset, y, yOffset + row);
      row += 2 * LANES;
    }
    if (row <= rows - LANES) {
      multiplyAdd1(packed, rows, columns, row, x, xOffset, y, yOffset + row);
      row += LANES;
    }
    if (row < rows) {
      for (int column = 0, at = 0; column < columns; column++, at += rows) {
        float value = x[xOffset + column];
        for (int r = row; r < rows; r++) {
          y[yOffset + r] = Math.fma(packed[at + r], value, y[yOffset + r]);
        }
      }
    }
  }

  private static void multiplyAdd8(
      float[] packed, int rows, int columns, int row, float[] x, int xOffset, float[] y, int at) {
    FloatVector y0 = FloatVector.fromArray(FLOATS, y, at);
    FloatVector y1 = FloatVector.fromArray(FLOATS, y, at + LANES);
    FloatVector y2 = FloatVector.fromArray(FLOATS, y, at + 2 * LANES);
    FloatVector y3 = FloatVector.fromArray(FLOATS, y, at + 3 * LANES);
    FloatVector y4 = FloatVector.fromArray(FLOATS, y, at + 4 * LANES);
    FloatVector y5 = FloatVector.fromArray(FLOATS, y, at + 5 * LANES);
    FloatVector y6 = FloatVector.fromArray(FLOATS, y, at + 6 * LANES);
    FloatVector y7 = FloatVector.fromArray(FLOATS, y, at + 7 * LANES);
    int column = 0;
    int p = row;
    do {
      FloatVector value = FloatVector.broadcast(FLOATS, x[xOffset + column]);
      y0 = FloatVector.fromArray(FLOATS, packed, p).fma(value, y0);
      y1 = FloatVector.fromArray(FLOATS, packed, p + LANES).fma(value, y1);
      y2 = FloatVector.fromArray(FLOATS, packed, p + 2 * LANES).fma(value, y2);
      y3 = FloatVector.fromArray(FLOATS, packed, p + 3 * LANES).fma(value, y3);
      y4 = FloatVector.fromArray(FLOATS, packed, p + 4 * LANES).fma(value, y4);
      y5 = FloatVector.fromArray(FLOATS, packed, p + 5 * LANES).fma(value, y5);
      y6 = FloatVector.fromArray(FLOATS, packed, p + 6 * LANES).fma(value, y6);
      y7 = FloatVector.fromArray(FLOATS, packed, p + 7 * LANES).fma(value, y7);
      p += rows;
    } while (++column < columns);
    y0.intoArray(y, at);
    y1.intoArray(y, at + LANES);
    y2.intoArray(y, at + 2 * LANES);
    y3.intoArray(y, at + 3 * LANES);
    y4.intoArray(y, at + 4 * LANES);
    y5.intoArray(y, at + 5 * LANES);
    y6.intoArray(y, at + 6 * LANES);
    y7.intoArray(y, at + 7 * LANES);
  }

  private static void multiplyAdd4(
      float[] packed, int rows, int columns, int row, float[] x, int xOffset, float[] y, int at) {
    FloatVector y0 = FloatVector.fromArray(FLOATS, y, at);
    FloatVector y1 = FloatVector.fromArray(FLOATS, y, at + LANES);
    FloatVector y2 = FloatVector.fromArray(FLOATS, y, at + 2 * LANES);
    FloatVector y3 = FloatVector.fromArray(FLOATS, y, at + 3 * LANES);
    int column = 0;
    int p = row;
    do {
      FloatVector value = FloatVector.broadcast(FLOATS, x[xOffset + column]);
      y0 = FloatVector.fromArray(FLOATS, packed, p).fma(value, y0);
      y1 = FloatVector.fromArray(FLOATS, packed, p + LANES).fma(value, y1);
      y2 = FloatVector.fromArray(FLOATS, packed, p + 2 * LANES).fma(value, y2);
      y3 = FloatVector.fromArray(FLOATS, packed, p + 3 * LANES).fma(value, y3);
      p += rows;
    } while (++column < columns);
    y0.intoArray(y, at);
    y1.intoArray(y, at + LANES);
    y2.intoArray(y, at + 2 * LANES);
    y3.intoArray(y, at + 3 * LANES);
  }

  private static void multiplyAdd2(
      float[] packed, int rows, int columns, int row, float[] x, int xOffset, float[] y, int at) {
    FloatVector y0 = FloatVector.fromArray(FLOATS, y, at);
    FloatVector y1 = FloatVector.fromArray(FLOATS, y, at + LANES);
    int column = 0;
    int p = row;
    do {
      FloatVector value = FloatVector.broadcast(FLOATS, x[xOffset + column]);
      y0 = FloatVector.fromArray(FLOATS, packed, p).fma(value, y0);
      y1 = FloatVector.fromArray(FLOATS, packed, p + LANES).fma(value, y1);
      p += rows;
    } while (++column < columns);
    y0.intoArray(y, at);
    y1.intoArray(y, at + LANES);
  }

  private static void multiplyAdd1(
      float[] packed, int rows, int columns, int row, float[] x, int xOffset, float[] y, int at) {
    FloatVector y0 = FloatVector.fromArray(FLOATS, y, at);
    int column = 0;
    int p = row;
    do {
      FloatVector value = FloatVector.broadcast(FLOATS, x[xOffset + column]);
      y0 = FloatVector.fromArray(FLOATS, packed, p).fma(value, y0);
      p += rows;
    } while (++column < columns);
    y0.intoArray(y, at);
  }

  @Override
  public void multiplyAdd(
      float[] a, int aOffset, float[] x, int xOffset, float[] y, int yOffset, int length) {
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      FloatVector.fromArray(FLOATS, a, aOffset + i)
          .fma(
              FloatVector.fromArray(FLOATS, x, xOffset + i),
              FloatVector.fromArray(FLOATS, y, yOffset + i))
          .intoArray(y, yOffset + i);
    }
    for (; i < length; i++) {
      y[yOffset + i] = Math.fma(a[aOffset + i], x[xOffset + i], y[yOffset + i]);
    }
  }

  @Override
  public void activateInPlace(Activation activation, float[] values, int offset, int length) {
    int i = 0;
    switch (activation.function()) {
      case RELU -> {
        FloatVector zero = FloatVector.zero(FLOATS);
        for (; i <= length - LANES; i += LANES) {
          FloatVector.fromArray(FLOATS, values, offset + i).max(zero).intoArray(values, offset + i);
        }
      }
      case TANH -> i = tanhInPlace(values, offset, length);
      case SIGMOID -> i = sigmoidInPlace(values, offset, length, false);
      case SILU -> i = sigmoidInPlace(values, offset, length, true);
      case IDENTITY,
          LEAKY_RELU,
          ELU,
          CELU,
          SELU,
          GELU,
          GELU_TANH,
          MISH,
          SOFTPLUS,
          SOFTSIGN,
          LOG_SIGMOID,
          HARD_SIGMOID,
          HARD_TANH,
          HARD_SWISH -> {
        // no twin: a loop over the scalar function
      }
    }
    for (; i < length; i++) {
      values[offset + i] = Functions.apply(activation, values[offset + i]);
    }
  }

  @Override
  public void softmaxInPlace(float[] values, int offset, int length) {
    float max = values[offset];
    for (int i = 1; i < length; i++) {
      max = Math.max(max, values[offset + i]);
    }
    int i = expOfDistanceInPlace(values, offset, length, max);
    for (; i < length; i++) {
      values[offset + i] = Functions.exp(values[offset + i] - max);
    }
    float sum = 0f; // one after the other, as the reference does
    for (i = offset; i < offset + length; i++) {
      sum += values[i];
    }
    for (i = offset; i < offset + length; i++) {
      values[i] /= sum;
    }
  }

  @Override
  public void lstmCell(
      float[] gates, int gatesOffset, float[] c, int cOffset, float[] h, int hOffset, int units) {
    int forget = gatesOffset + units;
    int cell = gatesOffset + 2 * units;
    int output = gatesOffset + 3 * units;
    activateInPlace(Activation.SIGMOID, gates, gatesOffset, 2 * units);
    activateInPlace(Activation.TANH, gates, cell, units);
    activateInPlace(Activation.SIGMOID, gates, output, units);
    int i = 0;
    for (; i <= units - LANES; i += LANES) {
      FloatVector added =
          FloatVector.fromArray(FLOATS, gates, gatesOffset + i)
              .mul(FloatVector.fromArray(FLOATS, gates, cell + i));
      FloatVector next =
          FloatVector.fromArray(FLOATS, gates, forget + i)
              .fma(FloatVector.fromArray(FLOATS, c, cOffset + i), added);
      next.intoArray(c, cOffset + i);
      next.intoArray(h, hOffset + i);
    }
    for (; i < units; i++) {
      float added = gates[gatesOffset + i] * gates[cell + i];
      c[cOffset + i] = Math.fma(gates[forget + i], c[cOffset + i], added);
      h[hOffset + i] = c[cOffset + i];
    }
    activateInPlace(Activation.TANH, h, hOffset, units);
    for (i = 0; i < units; i++) {
      h[hOffset + i] *= gates[output + i];
    }
  }

  @Override
  public void gruCell(
      float[] a, int aOffset, float[] b, int bOffset, float[] h, int hOffset, int units) {
    int update = aOffset + units;
    int fresh = aOffset + 2 * units;
    for (int i = 0; i < 2 * units; i++) {
      a[aOffset + i] += b[bOffset + i];
    }
    activateInPlace(Activation.SIGMOID, a, aOffset, 2 * units);
    multiplyAdd(a, aOffset, b, bOffset + 2 * units, a, fresh, units);
    activateInPlace(Activation.TANH, a, fresh, units);
    int i = 0;
    for (; i <= units - LANES; i += LANES) {
      FloatVector n = FloatVector.fromArray(FLOATS, a, fresh + i);
      FloatVector.fromArray(FLOATS, a, update + i)
          .fma(FloatVector.fromArray(FLOATS, h, hOffset + i).sub(n), n)
          .intoArray(h, hOffset + i);
    }
    for (; i < units; i++) {
      float n = a[fresh + i];
      h[hOffset + i] = Math.fma(a[update + i], h[hOffset + i] - n, n);
    }
  }

  // The loops below repeat Functions, operation by operation, on the values that fill registers;
  // they return how many those are.

  /** {@code e^(x - max)}. */
  private static int expOfDistanceInPlace(float[] values, int offset, int length, float max) {
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, values, offset + i).sub(max);
      FloatVector bounded = x.max(EXP_MIN).min(EXP_MAX);
      FloatVector shifted = bounded.fma(LOG2_E, ROUND);
      IntVector n = shifted.reinterpretAsInts().sub(ROUND_BITS);
      FloatVector minus = ROUND.sub(shifted);
      FloatVector r = minus.fma(LN2_HIGH, bounded);
      r = minus.fma(LN2_LOW, r);
      FloatVector p = C7.fma(r, C6);
      p = p.fma(r, C5);
      p = p.fma(r, C4);
      p = p.fma(r, C3);
      p = p.fma(r, C2);
      p = p.fma(r.mul(r), r).add(ONE);
      IntVector half = n.lanewise(VectorOperators.ASHR, 1);
      p = p.mul(half.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
      p =
          p.mul(
              n.sub(half)
                  .add(EXPONENT_BIAS)
                  .lanewise(VectorOperators.LSHL, 23)
                  .reinterpretAsFloats());
      p.intoArray(values, offset + i);
    }
    return i;
  }

  /** The sigmoid of {@code x}, or {@code x} times it. */
  private static int sigmoidInPlace(float[] values, int offset, int length, boolean timesX) {
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, values, offset + i).neg();
      FloatVector bounded = x.max(EXP_MIN).min(EXP_MAX);
      FloatVector shifted = bounded.fma(LOG2_E, ROUND);
      IntVector n = shifted.reinterpretAsInts().sub(ROUND_BITS);
      FloatVector minus = ROUND.sub(shifted);
      FloatVector r = minus.fma(LN2_HIGH, bounded);
      r = minus.fma(LN2_LOW, r);
      FloatVector p = C7.fma(r, C6);
      p = p.fma(r, C5);
      p = p.fma(r, C4);
      p = p.fma(r, C3);
      p = p.fma(r, C2);
      p = p.fma(r.mul(r), r).add(ONE);
      IntVector half = n.lanewise(VectorOperators.ASHR, 1);
      p = p.mul(half.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
      p =
          p.mul(
              n.sub(half)
                  .add(EXPONENT_BIAS)
                  .lanewise(VectorOperators.LSHL, 23)
                  .reinterpretAsFloats());
      FloatVector sigmoid = ONE.div(p.add(ONE));
      if (timesX) {
        sigmoid = FloatVector.fromArray(FLOATS, values, offset + i).mul(sigmoid);
      }
      sigmoid.intoArray(values, offset + i);
    }
    return i;
  }

  private static int tanhInPlace(float[] values, int offset, int length) {
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      FloatVector x = FloatVector.fromArray(FLOATS, values, offset + i);
      FloatVector bounded = x.max(TANH_MIN).min(TANH_MAX).mul(TWO);
      FloatVector shifted = bounded.fma(LOG2_E, ROUND);
      IntVector n = shifted.reinterpretAsInts().sub(ROUND_BITS);
      FloatVector minus = ROUND.sub(shifted);
      FloatVector r = minus.fma(LN2_HIGH, bounded);
      r = minus.fma(LN2_LOW, r);
      FloatVector p = C7.fma(r, C6);
      p = p.fma(r, C5);
      p = p.fma(r, C4);
      p = p.fma(r, C3);
      p = p.fma(r, C2);
      FloatVector scale =
          n.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector m = p.fma(r.mul(r), r);
      m = scale.fma(m, scale.sub(ONE));
      m.div(m.add(TWO)).intoArray(values, offset + i);
    }
    return i;
  }
}
