package dev.eddy.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The element-wise halves of recurrent steps: the vector twin of {@link ScalarCells}, operation by
 * operation.
 *
 * <p>A cell is a few loops, each with one exponential. The last units, where they don't fill a
 * register, are computed with those before them once more, and only the missing ones are stored.
 *
 * <p>No method takes or returns a register, and no loop is long: a call that the compiler does not
 * inline allocates its registers. It inlines those of the Vector API whatever the size of the
 * caller, but others only up to a limit; and it stops at both in a method that has become too
 * large, which depends on what it has seen run (one loop with all five exponentials of an LSTM
 * allocated nothing in one JVM and 150 kB a step in the next).
 *
 * <p>A bound is taken on the integers that the floats' magnitudes are, in one instruction where
 * {@code FloatVector.min} needs seven; adding {@link #KEEP_NAN} turns the NaNs, and only those,
 * into negative integers, which a minimum keeps.
 */
final class VectorCells {
  private static final VectorSpecies<Float> FLOATS = VectorRegisters.FLOATS;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, FLOATS.vectorShape());
  private static final int LANES = FLOATS.length();
  private static final IntVector LANE = IntVector.zero(INTS).addIndex(1);

  private static final int KEEP_NAN = 0x007fffff; // infinity plus this is the largest integer
  private static final int LOGISTIC_BOUND = Float.floatToRawIntBits(Functions.LOGISTIC_BOUND);
  private static final int EXPM1_BOUND = Float.floatToRawIntBits(Functions.EXPM1_BOUND);

  private VectorCells() {}

  /** See {@link Kernels#lstmCell}. */
  static void lstm(
      float[] gates, int gatesOffset, float[] c, int cOffset, float[] h, int hOffset, int units) {
    if (units < LANES) {
      ScalarCells.lstm(gates, gatesOffset, c, cOffset, h, hOffset, units);
      return;
    }
    onePlusExpMinusInPlace(gates, gatesOffset, 3 * units);
    lstmCellState(gates, gatesOffset, c, cOffset, units);
    lstmHiddenState(gates, gatesOffset + 2 * units, c, cOffset, h, hOffset, units);
  }

  /** See {@link Kernels#gruCell}. */
  static void gru(float[] gates, int gatesOffset, float[] h, int hOffset, int units) {
    if (units < LANES) {
      ScalarCells.gru(gates, gatesOffset, h, hOffset, units);
      return;
    }
    onePlusExpMinusInPlace(gates, gatesOffset, 2 * units);
    gruHiddenState(gates, gatesOffset, h, hOffset, units);
  }

  private static void onePlusExpMinusInPlace(float[] values, int offset, int length) {
    FloatVector log2e = FloatVector.broadcast(FLOATS, Functions.LOG2_E);
    FloatVector round = FloatVector.broadcast(FLOATS, Functions.ROUND);
    FloatVector ln2High = FloatVector.broadcast(FLOATS, Functions.LN2_HIGH);
    FloatVector ln2Low = FloatVector.broadcast(FLOATS, Functions.LN2_LOW);
    FloatVector c2 = FloatVector.broadcast(FLOATS, Functions.C2);
    FloatVector c3 = FloatVector.broadcast(FLOATS, Functions.C3);
    FloatVector c4 = FloatVector.broadcast(FLOATS, Functions.C4);
    FloatVector c5 = FloatVector.broadcast(FLOATS, Functions.C5);
    FloatVector c6 = FloatVector.broadcast(FLOATS, Functions.C6);
    IntVector sign = IntVector.broadcast(INTS, 0x80000000);
    IntVector magnitude = IntVector.broadcast(INTS, 0x7fffffff);
    IntVector keepNan = IntVector.broadcast(INTS, KEEP_NAN);
    IntVector bound = IntVector.broadcast(INTS, LOGISTIC_BOUND + KEEP_NAN);
    for (int i = 0; i < length; i += LANES) {
      int from = Math.min(i, length - LANES);
      FloatVector x = FloatVector.fromArray(FLOATS, values, offset + from);
      IntVector bits = x.neg().reinterpretAsInts();
      FloatVector y =
          bits.and(magnitude)
              .add(keepNan)
              .min(bound)
              .sub(keepNan)
              .or(bits.and(sign))
              .reinterpretAsFloats();
      FloatVector shifted = y.fma(log2e, round);
      FloatVector minus = round.sub(shifted);
      FloatVector r = minus.fma(ln2Low, minus.fma(ln2High, y));
      FloatVector r2 = r.mul(r);
      FloatVector p = c6.fma(r2, c5.fma(r, c4)).fma(r2, c3.fma(r, c2)).fma(r2, r);
      FloatVector scale =
          shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector d = scale.fma(p, scale).add(1f);
      if (from < i) { // the first of these are done
        d = x.blend(d, LANE.compare(VectorOperators.GE, i - from).cast(FLOATS));
      }
      d.intoArray(values, offset + from);
    }
  }

  /** {@code c / d_f + m / (d_i (m + 2))}, where the gates i and f hold their d. */
  private static void lstmCellState(float[] gates, int offset, float[] c, int cOffset, int units) {
    FloatVector log2e = FloatVector.broadcast(FLOATS, Functions.LOG2_E);
    FloatVector round = FloatVector.broadcast(FLOATS, Functions.ROUND);
    FloatVector ln2 = FloatVector.broadcast(FLOATS, Functions.LN2);
    FloatVector c2 = FloatVector.broadcast(FLOATS, Functions.C2);
    FloatVector c3 = FloatVector.broadcast(FLOATS, Functions.C3);
    FloatVector c4 = FloatVector.broadcast(FLOATS, Functions.C4);
    FloatVector c5 = FloatVector.broadcast(FLOATS, Functions.C5);
    FloatVector c6 = FloatVector.broadcast(FLOATS, Functions.C6);
    IntVector sign = IntVector.broadcast(INTS, 0x80000000);
    IntVector magnitude = IntVector.broadcast(INTS, 0x7fffffff);
    IntVector keepNan = IntVector.broadcast(INTS, KEEP_NAN);
    IntVector bound = IntVector.broadcast(INTS, EXPM1_BOUND + KEEP_NAN);
    for (int unit = 0; unit < units; unit += LANES) {
      int from = Math.min(unit, units - LANES);
      int at = offset + from;
      FloatVector x = FloatVector.fromArray(FLOATS, gates, at + 3 * units).mul(2f);
      IntVector bits = x.reinterpretAsInts();
      FloatVector y =
          bits.and(magnitude)
              .add(keepNan)
              .min(bound)
              .sub(keepNan)
              .or(bits.and(sign))
              .reinterpretAsFloats();
      FloatVector shifted = y.fma(log2e, round);
      FloatVector r = round.sub(shifted).fma(ln2, y);
      FloatVector r2 = r.mul(r);
      FloatVector p = c6.fma(r2, c5.fma(r, c4)).fma(r2, c3.fma(r, c2)).fma(r2, r);
      FloatVector scale =
          shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector m = scale.fma(p, scale.sub(1f));
      FloatVector input = FloatVector.fromArray(FLOATS, gates, at);
      FloatVector forget = FloatVector.fromArray(FLOATS, gates, at + units);
      FloatVector last = FloatVector.fromArray(FLOATS, c, cOffset + from);
      FloatVector next = last.div(forget).add(m.div(input.mul(m.add(2f))));
      if (from < unit) { // the first of these are done
        next = last.blend(next, LANE.compare(VectorOperators.GE, unit - from).cast(FLOATS));
      }
      next.intoArray(c, cOffset + from);
    }
  }

  /** {@code m / (d_o (m + 2))}, with m of the cell state. */
  private static void lstmHiddenState(
      float[] gates, int offset, float[] c, int cOffset, float[] h, int hOffset, int units) {
    FloatVector log2e = FloatVector.broadcast(FLOATS, Functions.LOG2_E);
    FloatVector round = FloatVector.broadcast(FLOATS, Functions.ROUND);
    FloatVector ln2 = FloatVector.broadcast(FLOATS, Functions.LN2);
    FloatVector c2 = FloatVector.broadcast(FLOATS, Functions.C2);
    FloatVector c3 = FloatVector.broadcast(FLOATS, Functions.C3);
    FloatVector c4 = FloatVector.broadcast(FLOATS, Functions.C4);
    FloatVector c5 = FloatVector.broadcast(FLOATS, Functions.C5);
    FloatVector c6 = FloatVector.broadcast(FLOATS, Functions.C6);
    IntVector sign = IntVector.broadcast(INTS, 0x80000000);
    IntVector magnitude = IntVector.broadcast(INTS, 0x7fffffff);
    IntVector keepNan = IntVector.broadcast(INTS, KEEP_NAN);
    IntVector bound = IntVector.broadcast(INTS, EXPM1_BOUND + KEEP_NAN);
    for (int unit = 0; unit < units; unit += LANES) {
      int from = Math.min(unit, units - LANES);
      FloatVector x = FloatVector.fromArray(FLOATS, c, cOffset + from).mul(2f);
      IntVector bits = x.reinterpretAsInts();
      FloatVector y =
          bits.and(magnitude)
              .add(keepNan)
              .min(bound)
              .sub(keepNan)
              .or(bits.and(sign))
              .reinterpretAsFloats();
      FloatVector shifted = y.fma(log2e, round);
      FloatVector r = round.sub(shifted).fma(ln2, y);
      FloatVector r2 = r.mul(r);
      FloatVector p = c6.fma(r2, c5.fma(r, c4)).fma(r2, c3.fma(r, c2)).fma(r2, r);
      FloatVector scale =
          shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector m = scale.fma(p, scale.sub(1f));
      FloatVector output = FloatVector.fromArray(FLOATS, gates, offset + from);
      m.div(output.mul(m.add(2f))).intoArray(h, hOffset + from);
    }
  }

  /** {@code n + (h - n) / d_z}, where the gates r and z hold their d. */
  private static void gruHiddenState(float[] gates, int offset, float[] h, int hOffset, int units) {
    FloatVector log2e = FloatVector.broadcast(FLOATS, Functions.LOG2_E);
    FloatVector round = FloatVector.broadcast(FLOATS, Functions.ROUND);
    FloatVector ln2 = FloatVector.broadcast(FLOATS, Functions.LN2);
    FloatVector c2 = FloatVector.broadcast(FLOATS, Functions.C2);
    FloatVector c3 = FloatVector.broadcast(FLOATS, Functions.C3);
    FloatVector c4 = FloatVector.broadcast(FLOATS, Functions.C4);
    FloatVector c5 = FloatVector.broadcast(FLOATS, Functions.C5);
    FloatVector c6 = FloatVector.broadcast(FLOATS, Functions.C6);
    IntVector sign = IntVector.broadcast(INTS, 0x80000000);
    IntVector magnitude = IntVector.broadcast(INTS, 0x7fffffff);
    IntVector keepNan = IntVector.broadcast(INTS, KEEP_NAN);
    IntVector bound = IntVector.broadcast(INTS, EXPM1_BOUND + KEEP_NAN);
    for (int unit = 0; unit < units; unit += LANES) {
      int from = Math.min(unit, units - LANES);
      int at = offset + from;
      FloatVector reset = FloatVector.fromArray(FLOATS, gates, at);
      FloatVector recurrent = FloatVector.fromArray(FLOATS, gates, at + 3 * units).div(reset);
      FloatVector x = FloatVector.fromArray(FLOATS, gates, at + 2 * units).add(recurrent).mul(2f);
      IntVector bits = x.reinterpretAsInts();
      FloatVector y =
          bits.and(magnitude)
              .add(keepNan)
              .min(bound)
              .sub(keepNan)
              .or(bits.and(sign))
              .reinterpretAsFloats();
      FloatVector shifted = y.fma(log2e, round);
      FloatVector r = round.sub(shifted).fma(ln2, y);
      FloatVector r2 = r.mul(r);
      FloatVector p = c6.fma(r2, c5.fma(r, c4)).fma(r2, c3.fma(r, c2)).fma(r2, r);
      FloatVector scale =
          shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector m = scale.fma(p, scale.sub(1f));
      FloatVector fresh = m.div(m.add(2f));
      FloatVector update = FloatVector.fromArray(FLOATS, gates, at + units);
      FloatVector last = FloatVector.fromArray(FLOATS, h, hOffset + from);
      FloatVector next = fresh.add(last.sub(fresh).div(update));
      if (from < unit) { // the first of these are done
        next = last.blend(next, LANE.compare(VectorOperators.GE, unit - from).cast(FLOATS));
      }
      next.intoArray(h, hOffset + from);
    }
  }
}
