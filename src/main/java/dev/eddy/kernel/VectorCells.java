package dev.eddy.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The element-wise halves of recurrent steps: the vector twin of {@link ScalarCells}, operation by
 * operation.
 *
 * <p>A loop takes the gates of one register's units at a time: an LSTM's first loop makes the cell
 * state, its second the hidden state. What they read of the gates they leave as it is, so the last
 * units, where they don't fill a register, are computed with those before them once more; only of a
 * state that is replaced those before them are kept.
 *
 * <p>Constants lie in a table, a register's width each: a broadcast of each takes two or three
 * instructions, one of them on a port that the arithmetic needs, and a cell of 32 units has two
 * rounds only to make up for it.
 *
 * <p>No method takes or returns a register, and no loop is long: a call that the compiler does not
 * inline allocates its registers. It inlines those of the Vector API whatever the size of the
 * caller, but others only up to a limit; and it stops at both in a method that has become too
 * large, which depends on what it has seen run (one loop with five exponentials allocated nothing
 * in one JVM and 150 kB a step in the next).
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
  private static final int SIGN = 0x80000000;
  private static final int GATE_BOUND = Float.floatToRawIntBits(Functions.GATE_BOUND);
  private static final int TANH_BOUND = Float.floatToRawIntBits(Functions.TANH_BOUND);

  private static final float[] FLOAT_TABLE = // in the order in which they are read
      table(
          1f,
          -Functions.LOG2_E,
          Functions.ROUND,
          Functions.LN2,
          Functions.C2,
          -Functions.C3,
          Functions.C4,
          -Functions.C5,
          Functions.C6,
          Functions.N1,
          Functions.N2,
          Functions.N3,
          Functions.N4,
          Functions.D1,
          Functions.D2,
          Functions.D3,
          Functions.D4);

  private static final int[] INT_TABLE =
      table(new int[] {SIGN, ~SIGN, KEEP_NAN, GATE_BOUND + KEEP_NAN, TANH_BOUND + KEEP_NAN});

  private VectorCells() {}

  private static int[] table(int[] constants) {
    int[] table = new int[constants.length * LANES];
    for (int i = 0; i < table.length; i++) {
      table[i] = constants[i / LANES];
    }
    return table;
  }

  private static float[] table(float... constants) {
    float[] table = new float[constants.length * LANES];
    for (int i = 0; i < table.length; i++) {
      table[i] = constants[i / LANES];
    }
    return table;
  }

  /** See {@link Kernels#lstmCell}. */
  static void lstm(
      float[] gates, int gatesOffset, float[] c, int cOffset, float[] h, int hOffset, int units) {
    if (units < LANES) {
      ScalarCells.lstm(gates, gatesOffset, c, cOffset, h, hOffset, units);
      return;
    }
    lstmCellState(gates, gatesOffset, c, cOffset, units);
    lstmHiddenState(gates, gatesOffset + 2 * units, c, cOffset, h, hOffset, units);
  }

  /** The cell state: from the gates i, f and g. */
  private static void lstmCellState(float[] gates, int offset, float[] c, int cOffset, int units) {
    FloatVector one = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 0);
    FloatVector minusLog2e = FloatVector.fromArray(FLOATS, FLOAT_TABLE, LANES);
    FloatVector round = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 2 * LANES);
    FloatVector ln2 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 3 * LANES);
    FloatVector c2 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 4 * LANES);
    FloatVector c3 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 5 * LANES);
    FloatVector c4 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 6 * LANES);
    FloatVector c5 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 7 * LANES);
    FloatVector c6 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 8 * LANES);
    FloatVector n1 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 9 * LANES);
    FloatVector n2 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 10 * LANES);
    FloatVector n3 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 11 * LANES);
    FloatVector n4 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 12 * LANES);
    FloatVector d1 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 13 * LANES);
    FloatVector d2 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 14 * LANES);
    FloatVector d3 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 15 * LANES);
    FloatVector d4 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 16 * LANES);
    IntVector sign = IntVector.fromArray(INTS, INT_TABLE, 0);
    IntVector magnitude = IntVector.fromArray(INTS, INT_TABLE, LANES);
    IntVector keepNan = IntVector.fromArray(INTS, INT_TABLE, 2 * LANES);
    IntVector gateBound = IntVector.fromArray(INTS, INT_TABLE, 3 * LANES);
    IntVector tanhBound = IntVector.fromArray(INTS, INT_TABLE, 4 * LANES);
    int end = (units + LANES - 1) / LANES * LANES;
    int unit = 0;
    while (unit != end) {
      int from = Math.min(unit, units - LANES);
      int at = offset + from;
      IntVector iBits = FloatVector.fromArray(FLOATS, gates, at).reinterpretAsInts();
      FloatVector i =
          iBits
              .and(magnitude)
              .add(keepNan)
              .min(gateBound)
              .sub(keepNan)
              .or(iBits.and(sign))
              .reinterpretAsFloats();
      FloatVector iShifted = i.fma(minusLog2e, round);
      FloatVector iRest = iShifted.sub(round).fma(ln2, i);
      FloatVector iSquare = iRest.mul(iRest);
      FloatVector iFraction =
          c6.fma(iSquare, c5.fma(iRest, c4))
              .fma(iSquare, c3.fma(iRest, c2))
              .fma(iSquare, one.sub(iRest));
      FloatVector iPower =
          iShifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector input = iPower.mul(iFraction);
      IntVector fBits = FloatVector.fromArray(FLOATS, gates, at + units).reinterpretAsInts();
      FloatVector f =
          fBits
              .and(magnitude)
              .add(keepNan)
              .min(gateBound)
              .sub(keepNan)
              .or(fBits.and(sign))
              .reinterpretAsFloats();
      FloatVector fShifted = f.fma(minusLog2e, round);
      FloatVector fRest = fShifted.sub(round).fma(ln2, f);
      FloatVector fSquare = fRest.mul(fRest);
      FloatVector fFraction =
          c6.fma(fSquare, c5.fma(fRest, c4))
              .fma(fSquare, c3.fma(fRest, c2))
              .fma(fSquare, one.sub(fRest));
      FloatVector fPower =
          fShifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector forget = fPower.mul(fFraction);
      IntVector gBits = FloatVector.fromArray(FLOATS, gates, at + 3 * units).reinterpretAsInts();
      FloatVector g =
          gBits
              .and(magnitude)
              .add(keepNan)
              .min(tanhBound)
              .sub(keepNan)
              .or(gBits.and(sign))
              .reinterpretAsFloats();
      FloatVector g2 = g.mul(g);
      FloatVector g4 = g2.mul(g2);
      FloatVector numerator = n4.fma(g4, n3.fma(g2, n2)).fma(g4, n1.fma(g2, one)).mul(g);
      FloatVector denominator = d4.fma(g4, d3.fma(g2, d2)).fma(g4, d1.fma(g2, one));
      FloatVector below = input.fma(denominator, denominator);
      FloatVector added = forget.fma(numerator, numerator);
      FloatVector last = FloatVector.fromArray(FLOATS, c, cOffset + from);
      FloatVector next = last.fma(below, added).div(forget.fma(below, below));
      if (from < unit) { // the first of these are done
        next = last.blend(next, LANE.compare(VectorOperators.GE, unit - from).cast(FLOATS));
      }
      next.intoArray(c, cOffset + from);
      unit += LANES;
    }
  }

  /** The hidden state: from the gate o, where gates start here, and the cell state. */
  private static void lstmHiddenState(
      float[] gates, int offset, float[] c, int cOffset, float[] h, int hOffset, int units) {
    FloatVector one = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 0);
    FloatVector minusLog2e = FloatVector.fromArray(FLOATS, FLOAT_TABLE, LANES);
    FloatVector round = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 2 * LANES);
    FloatVector ln2 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 3 * LANES);
    FloatVector c2 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 4 * LANES);
    FloatVector c3 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 5 * LANES);
    FloatVector c4 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 6 * LANES);
    FloatVector c5 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 7 * LANES);
    FloatVector c6 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 8 * LANES);
    FloatVector n1 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 9 * LANES);
    FloatVector n2 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 10 * LANES);
    FloatVector n3 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 11 * LANES);
    FloatVector n4 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 12 * LANES);
    FloatVector d1 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 13 * LANES);
    FloatVector d2 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 14 * LANES);
    FloatVector d3 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 15 * LANES);
    FloatVector d4 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 16 * LANES);
    IntVector sign = IntVector.fromArray(INTS, INT_TABLE, 0);
    IntVector magnitude = IntVector.fromArray(INTS, INT_TABLE, LANES);
    IntVector keepNan = IntVector.fromArray(INTS, INT_TABLE, 2 * LANES);
    IntVector gateBound = IntVector.fromArray(INTS, INT_TABLE, 3 * LANES);
    IntVector tanhBound = IntVector.fromArray(INTS, INT_TABLE, 4 * LANES);
    int end = (units + LANES - 1) / LANES * LANES;
    int unit = 0;
    while (unit != end) {
      int from = Math.min(unit, units - LANES);
      int at = offset + from;
      IntVector oBits = FloatVector.fromArray(FLOATS, gates, at).reinterpretAsInts();
      FloatVector o =
          oBits
              .and(magnitude)
              .add(keepNan)
              .min(gateBound)
              .sub(keepNan)
              .or(oBits.and(sign))
              .reinterpretAsFloats();
      FloatVector oShifted = o.fma(minusLog2e, round);
      FloatVector oRest = oShifted.sub(round).fma(ln2, o);
      FloatVector oSquare = oRest.mul(oRest);
      FloatVector oFraction =
          c6.fma(oSquare, c5.fma(oRest, c4))
              .fma(oSquare, c3.fma(oRest, c2))
              .fma(oSquare, one.sub(oRest));
      FloatVector oPower =
          oShifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector output = oPower.mul(oFraction);
      IntVector yBits = FloatVector.fromArray(FLOATS, c, cOffset + from).reinterpretAsInts();
      FloatVector y =
          yBits
              .and(magnitude)
              .add(keepNan)
              .min(tanhBound)
              .sub(keepNan)
              .or(yBits.and(sign))
              .reinterpretAsFloats();
      FloatVector y2 = y.mul(y);
      FloatVector y4 = y2.mul(y2);
      FloatVector numerator = n4.fma(y4, n3.fma(y2, n2)).fma(y4, n1.fma(y2, one)).mul(y);
      FloatVector denominator = d4.fma(y4, d3.fma(y2, d2)).fma(y4, d1.fma(y2, one));
      numerator.div(output.fma(denominator, denominator)).intoArray(h, hOffset + from);
      unit += LANES;
    }
  }

  /** See {@link Kernels#gruCell}. */
  static void gru(float[] gates, int offset, float[] h, int hOffset, int units) {
    if (units < LANES) {
      ScalarCells.gru(gates, offset, h, hOffset, units);
      return;
    }
    FloatVector one = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 0);
    FloatVector minusLog2e = FloatVector.fromArray(FLOATS, FLOAT_TABLE, LANES);
    FloatVector round = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 2 * LANES);
    FloatVector ln2 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 3 * LANES);
    FloatVector c2 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 4 * LANES);
    FloatVector c3 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 5 * LANES);
    FloatVector c4 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 6 * LANES);
    FloatVector c5 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 7 * LANES);
    FloatVector c6 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 8 * LANES);
    FloatVector n1 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 9 * LANES);
    FloatVector n2 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 10 * LANES);
    FloatVector n3 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 11 * LANES);
    FloatVector n4 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 12 * LANES);
    FloatVector d1 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 13 * LANES);
    FloatVector d2 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 14 * LANES);
    FloatVector d3 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 15 * LANES);
    FloatVector d4 = FloatVector.fromArray(FLOATS, FLOAT_TABLE, 16 * LANES);
    IntVector sign = IntVector.fromArray(INTS, INT_TABLE, 0);
    IntVector magnitude = IntVector.fromArray(INTS, INT_TABLE, LANES);
    IntVector keepNan = IntVector.fromArray(INTS, INT_TABLE, 2 * LANES);
    IntVector gateBound = IntVector.fromArray(INTS, INT_TABLE, 3 * LANES);
    IntVector tanhBound = IntVector.fromArray(INTS, INT_TABLE, 4 * LANES);
    int end = (units + LANES - 1) / LANES * LANES;
    int unit = 0;
    while (unit != end) {
      int from = Math.min(unit, units - LANES);
      int at = offset + from;
      IntVector rBits = FloatVector.fromArray(FLOATS, gates, at).reinterpretAsInts();
      FloatVector r =
          rBits
              .and(magnitude)
              .add(keepNan)
              .min(gateBound)
              .sub(keepNan)
              .or(rBits.and(sign))
              .reinterpretAsFloats();
      FloatVector rShifted = r.fma(minusLog2e, round);
      FloatVector rRest = rShifted.sub(round).fma(ln2, r);
      FloatVector rSquare = rRest.mul(rRest);
      FloatVector rFraction =
          c6.fma(rSquare, c5.fma(rRest, c4))
              .fma(rSquare, c3.fma(rRest, c2))
              .fma(rSquare, one.sub(rRest));
      FloatVector rPower =
          rShifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector reset = rPower.mul(rFraction);
      IntVector zBits = FloatVector.fromArray(FLOATS, gates, at + units).reinterpretAsInts();
      FloatVector z =
          zBits
              .and(magnitude)
              .add(keepNan)
              .min(gateBound)
              .sub(keepNan)
              .or(zBits.and(sign))
              .reinterpretAsFloats();
      FloatVector zShifted = z.fma(minusLog2e, round);
      FloatVector zRest = zShifted.sub(round).fma(ln2, z);
      FloatVector zSquare = zRest.mul(zRest);
      FloatVector zFraction =
          c6.fma(zSquare, c5.fma(zRest, c4))
              .fma(zSquare, c3.fma(zRest, c2))
              .fma(zSquare, one.sub(zRest));
      FloatVector zPower =
          zShifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector update = zPower.mul(zFraction);
      FloatVector recurrent = FloatVector.fromArray(FLOATS, gates, at + 3 * units);
      FloatVector x =
          FloatVector.fromArray(FLOATS, gates, at + 2 * units).add(recurrent.div(reset.add(one)));
      IntVector yBits = x.reinterpretAsInts();
      FloatVector y =
          yBits
              .and(magnitude)
              .add(keepNan)
              .min(tanhBound)
              .sub(keepNan)
              .or(yBits.and(sign))
              .reinterpretAsFloats();
      FloatVector y2 = y.mul(y);
      FloatVector y4 = y2.mul(y2);
      FloatVector numerator = n4.fma(y4, n3.fma(y2, n2)).fma(y4, n1.fma(y2, one)).mul(y);
      FloatVector denominator = d4.fma(y4, d3.fma(y2, d2)).fma(y4, d1.fma(y2, one));
      FloatVector last = FloatVector.fromArray(FLOATS, h, hOffset + from);
      FloatVector next =
          last.fma(denominator, update.mul(numerator)).div(update.fma(denominator, denominator));
      if (from < unit) { // the first of these are done
        next = last.blend(next, LANE.compare(VectorOperators.GE, unit - from).cast(FLOATS));
      }
      next.intoArray(h, hOffset + from);
      unit += LANES;
    }
  }
}
