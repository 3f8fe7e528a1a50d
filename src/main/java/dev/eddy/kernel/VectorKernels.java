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
 */
final class VectorKernels implements Kernels {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, FLOATS.vectorShape());
  private static final int LANES = FLOATS.length();

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
    for (int column = 0, p = row; column < columns; column++, p += rows) {
      FloatVector value = FloatVector.broadcast(FLOATS, x[xOffset + column]);
      y0 = FloatVector.fromArray(FLOATS, packed, p).fma(value, y0);
      y1 = FloatVector.fromArray(FLOATS, packed, p + LANES).fma(value, y1);
      y2 = FloatVector.fromArray(FLOATS, packed, p + 2 * LANES).fma(value, y2);
      y3 = FloatVector.fromArray(FLOATS, packed, p + 3 * LANES).fma(value, y3);
      y4 = FloatVector.fromArray(FLOATS, packed, p + 4 * LANES).fma(value, y4);
      y5 = FloatVector.fromArray(FLOATS, packed, p + 5 * LANES).fma(value, y5);
      y6 = FloatVector.fromArray(FLOATS, packed, p + 6 * LANES).fma(value, y6);
      y7 = FloatVector.fromArray(FLOATS, packed, p + 7 * LANES).fma(value, y7);
    }
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
    for (int column = 0, p = row; column < columns; column++, p += rows) {
      FloatVector value = FloatVector.broadcast(FLOATS, x[xOffset + column]);
      y0 = FloatVector.fromArray(FLOATS, packed, p).fma(value, y0);
      y1 = FloatVector.fromArray(FLOATS, packed, p + LANES).fma(value, y1);
      y2 = FloatVector.fromArray(FLOATS, packed, p + 2 * LANES).fma(value, y2);
      y3 = FloatVector.fromArray(FLOATS, packed, p + 3 * LANES).fma(value, y3);
    }
    y0.intoArray(y, at);
    y1.intoArray(y, at + LANES);
    y2.intoArray(y, at + 2 * LANES);
    y3.intoArray(y, at + 3 * LANES);
  }

  private static void multiplyAdd2(
      float[] packed, int rows, int columns, int row, float[] x, int xOffset, float[] y, int at) {
    FloatVector y0 = FloatVector.fromArray(FLOATS, y, at);
    FloatVector y1 = FloatVector.fromArray(FLOATS, y, at + LANES);
    for (int column = 0, p = row; column < columns; column++, p += rows) {
      FloatVector value = FloatVector.broadcast(FLOATS, x[xOffset + column]);
      y0 = FloatVector.fromArray(FLOATS, packed, p).fma(value, y0);
      y1 = FloatVector.fromArray(FLOATS, packed, p + LANES).fma(value, y1);
    }
    y0.intoArray(y, at);
    y1.intoArray(y, at + LANES);
  }

  private static void multiplyAdd1(
      float[] packed, int rows, int columns, int row, float[] x, int xOffset, float[] y, int at) {
    FloatVector y0 = FloatVector.fromArray(FLOATS, y, at);
    for (int column = 0, p = row; column < columns; column++, p += rows) {
      FloatVector value = FloatVector.broadcast(FLOATS, x[xOffset + column]);
      y0 = FloatVector.fromArray(FLOATS, packed, p).fma(value, y0);
    }
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
      case TANH -> {
        for (; i <= length - LANES; i += LANES) {
          tanh(FloatVector.fromArray(FLOATS, values, offset + i)).intoArray(values, offset + i);
        }
      }
      case SIGMOID -> {
        for (; i <= length - LANES; i += LANES) {
          sigmoid(FloatVector.fromArray(FLOATS, values, offset + i)).intoArray(values, offset + i);
        }
      }
      case SILU -> {
        for (; i <= length - LANES; i += LANES) {
          FloatVector x = FloatVector.fromArray(FLOATS, values, offset + i);
          x.mul(sigmoid(x)).intoArray(values, offset + i);
        }
      }
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
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      exp(FloatVector.fromArray(FLOATS, values, offset + i).sub(max)).intoArray(values, offset + i);
    }
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
    int unit = 0;
    for (; unit <= units - LANES; unit += LANES) {
      int at = gatesOffset + unit;
      FloatVector input = sigmoid(FloatVector.fromArray(FLOATS, gates, at));
      FloatVector forget = sigmoid(FloatVector.fromArray(FLOATS, gates, at + units));
      FloatVector cell = tanh(FloatVector.fromArray(FLOATS, gates, at + 2 * units));
      FloatVector output = sigmoid(FloatVector.fromArray(FLOATS, gates, at + 3 * units));
      FloatVector next =
          forget.fma(FloatVector.fromArray(FLOATS, c, cOffset + unit), input.mul(cell));
      next.intoArray(c, cOffset + unit);
      output.mul(tanh(next)).intoArray(h, hOffset + unit);
    }
    ScalarKernels.lstmCell(gates, gatesOffset, c, cOffset, h, hOffset, units, unit);
  }

  @Override
  public void gruCell(
      float[] a, int aOffset, float[] b, int bOffset, float[] h, int hOffset, int units) {
    int unit = 0;
    for (; unit <= units - LANES; unit += LANES) {
      int atA = aOffset + unit;
      int atB = bOffset + unit;
      FloatVector reset =
          sigmoid(FloatVector.fromArray(FLOATS, a, atA).add(FloatVector.fromArray(FLOATS, b, atB)));
      FloatVector update =
          sigmoid(
              FloatVector.fromArray(FLOATS, a, atA + units)
                  .add(FloatVector.fromArray(FLOATS, b, atB + units)));
      FloatVector fresh =
          tanh(
              reset.fma(
                  FloatVector.fromArray(FLOATS, b, atB + 2 * units),
                  FloatVector.fromArray(FLOATS, a, atA + 2 * units)));
      FloatVector last = FloatVector.fromArray(FLOATS, h, hOffset + unit);
      update.fma(last.sub(fresh), fresh).intoArray(h, hOffset + unit);
    }
    ScalarKernels.gruCell(a, aOffset, b, bOffset, h, hOffset, units, unit);
  }

  // The functions below repeat Functions, operation by operation.

  private static FloatVector expm1Reduced(FloatVector r) {
    FloatVector p = FloatVector.broadcast(FLOATS, Functions.C7).fma(r, constant(Functions.C6));
    p = p.fma(r, constant(Functions.C5));
    p = p.fma(r, constant(Functions.C4));
    p = p.fma(r, constant(Functions.C3));
    p = p.fma(r, constant(Functions.C2));
    return p.fma(r.mul(r), r);
  }

  private static FloatVector constant(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  private static FloatVector powerOfTwo(IntVector n) {
    return n.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  private static IntVector wholeBits(FloatVector shifted) {
    return ((IntVector) shifted.reinterpretShape(INTS, 0)).sub(Functions.ROUND_BITS);
  }

  private static FloatVector exp(FloatVector x) {
    FloatVector bounded = x.max(Functions.EXP_MIN).min(Functions.EXP_MAX);
    FloatVector shifted = bounded.fma(constant(Functions.LOG2_E), constant(Functions.ROUND));
    IntVector n = wholeBits(shifted);
    FloatVector minus = constant(Functions.ROUND).sub(shifted);
    FloatVector r = minus.fma(constant(Functions.LN2_HIGH), bounded);
    r = minus.fma(constant(Functions.LN2_LOW), r);
    FloatVector p = expm1Reduced(r).add(1f);
    IntVector half = n.lanewise(VectorOperators.ASHR, 1);
    return p.mul(powerOfTwo(half)).mul(powerOfTwo(n.sub(half)));
  }

  private static FloatVector tanh(FloatVector x) {
    FloatVector twice = x.max(-Functions.TANH_MAX).min(Functions.TANH_MAX).mul(2f);
    FloatVector shifted = twice.fma(constant(Functions.LOG2_E), constant(Functions.ROUND));
    IntVector n = wholeBits(shifted);
    FloatVector minus = constant(Functions.ROUND).sub(shifted);
    FloatVector r = minus.fma(constant(Functions.LN2_HIGH), twice);
    r = minus.fma(constant(Functions.LN2_LOW), r);
    FloatVector scale = powerOfTwo(n);
    FloatVector m = scale.fma(expm1Reduced(r), scale.sub(1f));
    return m.div(m.add(2f));
  }

  private static FloatVector sigmoid(FloatVector x) {
    return constant(1f).div(exp(x.neg()).add(1f));
  }
}
